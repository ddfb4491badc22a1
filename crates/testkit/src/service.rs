//! The real service as a process of its own: to be posted to, killed and started again.

mod asking;

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use chrono::Utc;
use providers::Secret;
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;

use crate::{app::free_port, process::Owned, wait::until};

const PROGRAM: &str = "balcao-ingest";

/// The same invented sales every time.
const SEED: &str = "7";

/// A running service on a database of its own; it ends when dropped.
#[derive(Debug)]
pub struct Service {
    process: Option<Owned>,
    program: PathBuf,
    folder: TempDir,
    port: u16,
    token: String,
    agent: Agent,
    reaches_this_machine: bool,
}

/// A source of sales at a service.
#[derive(Clone, Debug)]
pub struct Source {
    provider: String,
    secret: String,
    url: String,
}

/// Sample sales on their way; they end when it is dropped.
#[derive(Debug)]
pub struct Samples(#[expect(dead_code, reason = "held for its end")] Owned);

impl Service {
    /// Starts a service with a workspace called `workspace` and waits until it is ready.
    ///
    /// # Panics
    /// When it is not built or does not come up.
    #[track_caller]
    pub fn start(workspace: &str) -> Self {
        Self::open(workspace, false)
    }

    /// Starts one that may ask platforms on this machine, which stand in for the real ones.
    ///
    /// # Panics
    /// When it is not built or does not come up.
    #[track_caller]
    pub fn start_beside_platforms(workspace: &str) -> Self {
        Self::open(workspace, true)
    }

    #[track_caller]
    fn open(workspace: &str, reaches_this_machine: bool) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let program = program();
        let token = admin_token(&program, folder.path(), workspace);
        let mut service = Self {
            process: None,
            program,
            folder,
            port: free_port(),
            token,
            agent: agent(),
            reaches_this_machine,
        };
        service.start_again();
        service
    }

    /// Returns the service's address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns the token of the workspace's first admin.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Ends the process at once, as a power cut would.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Halts the process: it is reached and answers nothing, until it is killed.
    ///
    /// # Panics
    /// When it does not run.
    #[track_caller]
    pub fn halt(&self) {
        self.process.as_ref().expect("the service runs").halt();
    }

    /// Starts it again on the same database and address.
    ///
    /// # Panics
    /// When it does not come up.
    #[track_caller]
    pub fn start_again(&mut self) {
        let log = self.folder.path().join("service.log");
        let log = File::options().create(true).append(true).open(log);
        let mut command = command(&self.program, self.folder.path());
        command
            .arg("serve")
            .env("BALCAO_BIND", format!("127.0.0.1:{}", self.port))
            .env(
                "BALCAO_ALLOW_PRIVATE_HOSTS",
                self.reaches_this_machine.to_string(),
            )
            .stdout(Stdio::null())
            .stderr(log.expect("a log file"));
        self.process = Some(Owned::start(&mut command));
        until("the service", || {
            self.ask("GET", "/readyz", "", None).map(|_| ())
        });
    }

    /// Lets `what` happen while the service has another address, where nobody looks for it.
    ///
    /// # Panics
    /// When it does not come up.
    #[track_caller]
    pub fn elsewhere(&mut self, what: impl FnOnce(&Self)) {
        let here = self.port;
        self.kill();
        self.port = free_port();
        self.start_again();
        what(self);
        self.kill();
        self.port = here;
        self.start_again();
    }

    /// Returns an invite's code.
    ///
    /// # Panics
    /// When the service refuses.
    #[track_caller]
    pub fn invite(&self, role: &str) -> String {
        let invite = self.post("/api/v1/invites", &self.token, &json!({"role": role}));
        text(&invite, "/code")
    }

    /// Makes a source of Kiwify's sales.
    ///
    /// # Panics
    /// When the service refuses.
    #[track_caller]
    pub fn kiwify(&self) -> Source {
        let (provider, secret) = ("kiwify".to_owned(), "segredo-de-teste".to_owned());
        let made = self.integrate(&json!({
            "slug": provider, "provider": provider, "name": "Kiwify", "secrets": [secret], "active": true,
        }));
        let path = format!("/api/v1/webhooks/kiwify/{}", text(&made, "/key"));
        Source {
            provider,
            secret,
            url: path,
        }
    }

    /// Sends a body signed as the platform signs, and expects it to be taken.
    ///
    /// # Panics
    /// When the service does not take it.
    #[track_caller]
    pub fn tell(&self, source: &Source, body: &str) {
        let answer = post_signed(&self.agent, &self.url(), source, body);
        assert_eq!(text(&answer, "/result"), "accepted", "{answer}");
    }

    /// Sends `opening` invented sales at once and then `rate` a minute, until what is returned is dropped.
    ///
    /// # Panics
    /// When the program is not there.
    #[track_caller]
    pub fn sample_sales(&self, opening: u32, rate: u32) -> Samples {
        let mut command = command(&self.program, self.folder.path());
        command
            .args(["sample-sales", "--to", &self.url(), "--seed", SEED])
            .args([
                "--opening",
                &opening.to_string(),
                "--rate",
                &rate.to_string(),
            ])
            .env("BALCAO_ADMIN_TOKEN", &self.token)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Samples(Owned::start(&mut command))
    }
}

impl Source {
    /// Makes a source of Kiwify's sales at an address that an app shows.
    pub fn at(url: &str, secret: &str) -> Self {
        Self {
            provider: "kiwify".to_owned(),
            secret: secret.to_owned(),
            url: url.to_owned(),
        }
    }

    /// Sends a body signed as the platform signs, and expects it to be taken.
    ///
    /// # Panics
    /// When the service does not take it.
    #[track_caller]
    pub fn tell(&self, body: &str) {
        let answer = self.post(body);
        assert_eq!(text(&answer, "/result"), "accepted", "{answer}");
    }

    /// Sends a body signed as the platform signs, and returns the answer, whatever it is.
    ///
    /// # Panics
    /// When nobody answers.
    #[track_caller]
    pub fn post(&self, body: &str) -> Value {
        post_signed(&agent(), "", self, body)
    }
}

/// Sends a body as it is to an address that an app shows, and returns the answer, whatever it is.
///
/// # Panics
/// When nobody answers.
#[track_caller]
pub fn post(url: &str, body: &str) -> Value {
    let asked = agent().post(url).header("Content-Type", "application/json");
    let mut answer = asked.send(body).expect("the service answers");
    let text = answer.body_mut().read_to_string().unwrap_or_default();
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

#[track_caller]
fn post_signed(agent: &Agent, base: &str, source: &Source, body: &str) -> Value {
    let secret = Secret::new(source.secret.as_str());
    let nonce = format!("nonce-{}", Utc::now().timestamp_nanos_opt().unwrap_or(0));
    let signed = providers::sign::sign(
        &source.provider,
        &secret,
        body.as_bytes(),
        Utc::now(),
        &nonce,
    );
    let signed = signed.expect("the platform is known");
    let mut url = format!("{base}{}", source.url);
    if !signed.query.is_empty() {
        url = format!("{url}?{}", signed.query);
    }
    let mut request = agent.post(&url).header("Content-Type", "application/json");
    for (name, value) in signed.headers {
        request = request.header(name, value);
    }
    let mut answer = request.send(body).expect("the service answers");
    let text = answer.body_mut().read_to_string().unwrap_or_default();
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

#[track_caller]
fn text(value: &Value, pointer: &str) -> String {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found
        .unwrap_or_else(|| panic!("no {pointer} in {value}"))
        .to_owned()
}

fn agent() -> Agent {
    let config = Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(20)))
        .http_status_as_error(false)
        .proxy(None)
        .build();
    config.into()
}

fn command(program: &Path, folder: &Path) -> Command {
    let database = format!("sqlite://{}", folder.join("balcao.db").display());
    let mut command = Command::new(program);
    command
        .env("BALCAO_DATABASE", database)
        .env("BALCAO_RATE_PER_SECOND", "0")
        .env("BALCAO_ADDRESS_RATE_PER_SECOND", "0")
        .env("BALCAO_LOG", "warn")
        .stdin(Stdio::null());
    command
}

#[track_caller]
fn admin_token(program: &Path, folder: &Path, workspace: &str) -> String {
    let output = command(program, folder)
        .args(["admin-token", "--workspace", workspace])
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let last = printed.lines().rfind(|line| !line.trim().is_empty());
    last.expect("a token is printed").trim().to_owned()
}

/// Finds the program beside the one that runs, as cargo lays them out.
#[track_caller]
fn program() -> PathBuf {
    let here = std::env::current_exe().expect("the running program has a path");
    let found = here
        .ancestors()
        .skip(1)
        .map(|folder| folder.join(PROGRAM))
        .find(|path| path.is_file());
    found.expect("the service is built by `cargo build --package ingest`")
}
