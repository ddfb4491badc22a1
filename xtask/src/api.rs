//! Trying the service against the description of its interface, with requests that fit it and requests that do not.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, bail};

use crate::{program::Program, repository::Repository, setup};

/// Builds the service, runs it on a port and a database of its own, and lets schemathesis loose on it.
///
/// # Errors
/// When something was answered otherwise than described.
pub(crate) fn check(repository: &Repository) -> anyhow::Result<()> {
    Program::cargo(repository, "build --package ingest --bins --locked").run()?;
    let folder = tempfile::tempdir()?;
    let name = format!("balcao-ingest{}", std::env::consts::EXE_SUFFIX);
    let program = repository.target().join("debug").join(name);
    let token = token(&program, folder.path())?;
    let service = Service::start(&program, folder.path())?;
    let description = repository.root().join("crates/ingest");
    Program::new(repository, setup::schemathesis(repository))
        .arg("--config-file")
        .arg(description.join("schemathesis.toml"))
        .arg("run")
        .arg(description.join("src/openapi.json"))
        .arg("--url")
        .arg(&service.url)
        .words("--continue-on-failure --warnings off")
        .within(folder.path())
        .env("BALCAO_TOKEN", &token)
        .run()
}

fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    let database = format!("sqlite://{}", folder.join("balcao.db").display());
    command
        .env("BALCAO_DATABASE", database)
        .env("BALCAO_BIND", "127.0.0.1:0")
        .env("BALCAO_LOG", "info")
        .env("BALCAO_LOG_FORMAT", "json")
        .env("BALCAO_RATE_PER_SECOND", "0")
        .env("BALCAO_ADDRESS_RATE_PER_SECOND", "0")
        .env("BALCAO_SIGN_INS_PER_MINUTE", "0");
    command
}

fn token(program: &Path, folder: &Path) -> anyhow::Result<String> {
    let output = command(program, folder)
        .args(["admin-token", "--workspace", "api"])
        .stderr(Stdio::inherit())
        .output()
        .context("the service could not be started")?;
    if !output.status.success() {
        bail!("no admin's token was made");
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// A running service, stopped when dropped.
struct Service {
    child: Child,
    url: String,
}

impl Service {
    fn start(program: &Path, folder: &Path) -> anyhow::Result<Self> {
        let mut child = command(program, folder)
            .arg("serve")
            .stderr(Stdio::piped())
            .spawn()
            .context("the service could not be started")?;
        let log = child.stderr.take().context("the log is piped")?;
        let mut service = Self {
            child,
            url: String::new(),
        };
        let mut lines = BufReader::new(log).lines();
        for line in lines.by_ref() {
            let line = line?;
            if let Some((_, address)) = line.split_once("listening on ") {
                let address = address.split(['"', ' ']).next().unwrap_or_default();
                service.url = format!("http://{address}");
                break;
            }
        }
        if service.url.is_empty() {
            bail!("the service did not say where it listens");
        }
        // Else the pipe fills and the service waits for it.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(service)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It is a throw-away: nothing it wrote is needed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
