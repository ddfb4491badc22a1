//! Kills the desktop's core while it applies and writes.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use tokio::process::Command;

use super::{Dice, SECRET, Survived};
use crate::checker::Reader;
use crate::load::Line;
use crate::power::Recorder;
use crate::sales::{Batch, PROVIDER};
use crate::service::{Service, program};

/// Kills the desktop's core so many times while it applies the feed and writes notes; then its cache equals one filled anew, and
/// each note it was sure of is in the feed once.
///
/// # Errors
/// When caches differ, or a note was lost or doubled.
pub async fn desk(
    programs: &Programs,
    folder: &Path,
    rounds: usize,
    seed: u64,
) -> anyhow::Result<Survived> {
    let served = folder.join("service");
    std::fs::create_dir_all(&served)?;
    let service = Service::start(&programs.service, &served).await?;
    let path = service.source(PROVIDER, SECRET).await?;
    let desk = Desk::at(&programs.desk, &folder.join("desk"))
        .join(&service)
        .await?;
    let stop = Arc::new(AtomicBool::new(false));
    let batch = Batch {
        path,
        secret: SECRET.to_owned(),
        name: "desk".to_owned(),
        honest: true,
    };
    let load = send_gently(&service, batch, &stop);
    let mut dice = Dice(seed);
    let mut notes = Vec::new();
    for round in 0..rounds {
        let wait = Duration::from_millis(60 + dice.below(400));
        notes.extend(
            desk.work_and_die(wait)
                .await
                .with_context(|| format!("round {round}"))?,
        );
    }
    stop.store(true, Ordering::Relaxed);
    load.await??;
    desk.run("settle").await?;
    let grown = desk.run("look").await?;
    desk.forget_cache()?;
    desk.run("settle").await?;
    let fresh = desk.run("look").await?;
    anyhow::ensure!(
        grown == fresh,
        "the cache that was killed is not the one filled anew: {grown} and {fresh}"
    );
    let mut reader = Reader::default();
    reader.catch_up(&service).await?;
    check_notes(&notes, &reader)?;
    Ok(Survived {
        rounds,
        promised: notes.len(),
        entries: reader.seq(),
    })
}

/// Names the programs under torture.
#[derive(Debug, Clone)]
pub struct Programs {
    /// The service.
    pub service: PathBuf,
    /// The desktop's core.
    pub desk: PathBuf,
}

impl Programs {
    /// Finds both next to the running program.
    ///
    /// # Errors
    /// When one is not built.
    pub fn find() -> anyhow::Result<Self> {
        Ok(Self {
            service: program("balcao-ingest")?,
            desk: program("desk")?,
        })
    }
}

/// A desk's folder, and the program that works on it.
pub(crate) struct Desk {
    program: PathBuf,
    folder: PathBuf,
    recorder: Option<Recorder>,
}

impl Desk {
    /// Takes the folder of a desk that has joined.
    pub(crate) fn at(program: &Path, folder: &Path) -> Self {
        Self {
            program: program.to_owned(),
            folder: folder.to_owned(),
            recorder: None,
        }
    }

    /// Has everything written down that the program does to its folder.
    pub(crate) fn recorded(self, recorder: &Recorder) -> Self {
        Self {
            recorder: Some(recorder.clone()),
            ..self
        }
    }

    /// Joins the service's workspace as an agent.
    pub(crate) async fn join(self, service: &Service) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&self.folder)?;
        let invite = service
            .post("/api/v1/invites", &serde_json::json!({ "role": "agent" }))
            .await?;
        let code = invite
            .get("code")
            .and_then(serde_json::Value::as_str)
            .context("the invite has no code")?;
        let output = self
            .command("join")?
            .args(["--server", &service.url(""), "--invite", code])
            .output()
            .await?;
        printed(&output)?;
        Ok(self)
    }

    fn command(&self, task: &str) -> anyhow::Result<Command> {
        let mut command = match &self.recorder {
            Some(recorder) => recorder.command(&self.program)?,
            None => Command::new(&self.program),
        };
        command
            .arg("--folder")
            .arg(&self.folder)
            .arg(task)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        Ok(command)
    }

    /// Runs a task to its end and returns what it printed.
    pub(crate) async fn run(&self, task: &str) -> anyhow::Result<String> {
        printed(&self.command(task)?.output().await?).with_context(|| format!("desk {task}"))
    }

    /// Returns the notes it was sure of when it was killed.
    pub(crate) async fn work_and_die(&self, after: Duration) -> anyhow::Result<Vec<String>> {
        let mut child = self
            .command("work")?
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        tokio::time::sleep(after).await;
        if let Some(status) = child.try_wait()? {
            let output = child.wait_with_output().await?;
            anyhow::bail!(
                "the desk ended by itself ({status}): {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        child.start_kill()?;
        let output = child.wait_with_output().await?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text
            .lines()
            .filter_map(|line| line.strip_prefix("made "))
            .map(str::to_owned)
            .collect())
    }

    /// Removes the cache, so that the next task fills it anew.
    pub(crate) fn forget_cache(&self) -> anyhow::Result<()> {
        for name in ["cache.db", "cache.db-wal", "cache.db-shm"] {
            match std::fs::remove_file(self.folder.join(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error.into());
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn printed(output: &std::process::Output) -> anyhow::Result<String> {
    anyhow::ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Compares the notes a desk was sure of with those in the feed.
pub(crate) fn check_notes(notes: &[String], reader: &Reader) -> anyhow::Result<()> {
    let seen = reader.commands();
    let lost: Vec<_> = notes.iter().filter(|id| !seen.contains_key(*id)).collect();
    let doubled: Vec<_> = seen.iter().filter(|(_, times)| **times > 1).collect();
    anyhow::ensure!(
        lost.is_empty() && doubled.is_empty(),
        "notes lost {lost:?}, doubled {doubled:?}"
    );
    Ok(())
}

/// Posts a few hundred deliveries a second until told to stop.
pub(crate) fn send_gently(
    service: &Service,
    batch: Batch,
    stop: &Arc<AtomicBool>,
) -> tokio::task::JoinHandle<anyhow::Result<()>> {
    let (to, stop) = (service.address, Arc::clone(stop));
    tokio::spawn(async move {
        let mut line = Line::open(to).await?;
        let mut number = 0;
        while !stop.load(Ordering::Relaxed) {
            let status = line.ask(&batch.request(number)).await?;
            anyhow::ensure!(status == 200, "a delivery was answered {status}");
            number += 1;
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        Ok(())
    })
}
