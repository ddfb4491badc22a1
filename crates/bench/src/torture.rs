//! Kills programs at random moments under load, and lets the checker look at what is left.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use tokio::process::Command;
use tokio::task::JoinSet;

use crate::checker::{Promises, Reader};
use crate::load::Line;
use crate::sales::{Batch, PROVIDER};
use crate::service::{Service, program};

const SENDERS: usize = 8;
const SECRET: &str = "torture-secret-torture-secret";

/// Tells what a torture amounted to.
#[derive(Debug, Default, Clone, Copy)]
pub struct Survived {
    /// Kills.
    pub rounds: usize,
    /// Deliveries answered 2xx.
    pub promised: usize,
    /// Entries read back.
    pub entries: u64,
}

/// Kills the service so many times while senders post, and checks after each restart that every promise was kept.
///
/// # Errors
/// When anything was lost, doubled, swapped, or appeared from nowhere.
pub async fn service(
    program: &Path,
    folder: &Path,
    rounds: usize,
    seed: u64,
) -> anyhow::Result<Survived> {
    let mut service = Service::start(program, folder).await?;
    let path = service.source(PROVIDER, SECRET).await?;
    let mut promises = Promises::default();
    let mut reader = Reader::default();
    let mut dice = Dice(seed);
    for round in 0..rounds {
        let batch = Batch {
            path: path.clone(),
            secret: SECRET.to_owned(),
            name: format!("round{round}"),
            honest: true,
        };
        let stop = Arc::new(AtomicBool::new(false));
        let senders = send(&service, &batch, &stop);
        tokio::time::sleep(Duration::from_millis(10 + dice.below(240))).await;
        service.kill().await?;
        stop.store(true, Ordering::Relaxed);
        let told = senders.join_all().await;
        service.restart().await?;
        let unanswered = keep(&mut promises, told);
        resend(&service, &batch, unanswered, &mut promises).await?;
        reader
            .catch_up(&service)
            .await
            .with_context(|| format!("round {round}"))?;
        reader
            .compare(&promises)
            .with_context(|| format!("round {round}, seed {seed}"))?;
    }
    Ok(Survived {
        rounds,
        promised: promises.kept.len(),
        entries: reader.seq(),
    })
}

struct Told {
    promises: Promises,
    unanswered: Option<usize>,
}

fn send(service: &Service, batch: &Batch, stop: &Arc<AtomicBool>) -> JoinSet<Told> {
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let (to, batch, stop) = (service.address, batch.clone(), Arc::clone(stop));
        senders.spawn(async move {
            let mut told = Told {
                promises: Promises::default(),
                unanswered: None,
            };
            let Ok(mut line) = Line::open(to).await else {
                return told;
            };
            let mut number = sender;
            while !stop.load(Ordering::Relaxed) {
                told.promises.sent.insert(batch.order(number));
                match line.ask(&batch.request(number)).await {
                    Ok(200) => drop(told.promises.kept.insert(batch.order(number))),
                    Ok(_) => {}
                    Err(_) => {
                        told.unanswered = Some(number);
                        return told;
                    }
                }
                number += SENDERS;
            }
            told
        });
    }
    senders
}

fn keep(promises: &mut Promises, told: Vec<Told>) -> Vec<usize> {
    let mut unanswered = Vec::new();
    for one in told {
        promises.join(one.promises);
        unanswered.extend(one.unanswered);
    }
    unanswered
}

/// How often a busy service is asked again, and how long that waits each time.
const REPEATS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(100);

/// Platforms send again what was not answered; it must end up there exactly once, whether or not it was stored before.
async fn resend(
    service: &Service,
    batch: &Batch,
    unanswered: Vec<usize>,
    promises: &mut Promises,
) -> anyhow::Result<()> {
    let mut line = Line::open(service.address).await?;
    for number in unanswered {
        let mut status = line.ask(&batch.request_again(number, 0)).await?;
        // 503 is no refusal: a service that is busy asks for the same again, and a platform sends it.
        for time in 1..REPEATS {
            if status != 503 {
                break;
            }
            tokio::time::sleep(PAUSE).await;
            status = line.ask(&batch.request_again(number, time)).await?;
        }
        anyhow::ensure!(status == 200, "a repeat was answered {status}");
        promises.kept.insert(batch.order(number));
    }
    Ok(())
}

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
    let desk = Desk::join(&programs.desk, &folder.join("desk"), &service).await?;
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

struct Desk {
    program: PathBuf,
    folder: PathBuf,
}

impl Desk {
    async fn join(program: &Path, folder: &Path, service: &Service) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let invite = service
            .post("/api/v1/invites", &serde_json::json!({ "role": "agent" }))
            .await?;
        let code = invite
            .get("code")
            .and_then(serde_json::Value::as_str)
            .context("the invite has no code")?;
        let desk = Self {
            program: program.to_owned(),
            folder: folder.to_owned(),
        };
        let output = desk
            .command("join")
            .args(["--server", &service.url(""), "--invite", code])
            .output()
            .await?;
        printed(&output)?;
        Ok(desk)
    }

    fn command(&self, task: &str) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg("--folder")
            .arg(&self.folder)
            .arg(task)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    async fn run(&self, task: &str) -> anyhow::Result<String> {
        printed(&self.command(task).output().await?).with_context(|| format!("desk {task}"))
    }

    /// Returns the notes it was sure of when it was killed.
    async fn work_and_die(&self, after: Duration) -> anyhow::Result<Vec<String>> {
        let mut child = self
            .command("work")
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

    fn forget_cache(&self) -> anyhow::Result<()> {
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

fn check_notes(notes: &[String], reader: &Reader) -> anyhow::Result<()> {
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
fn send_gently(
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

/// A small generator of chance: the same seed kills at the same moments.
pub struct Dice(pub u64);

impl Dice {
    /// Returns a number below the bound.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }
}
