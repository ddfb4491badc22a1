//! The real service as a process of its own, with a workspace, an admin and sources.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use contract::MemberId;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::power::Recorder;
use crate::torture::Dice;

/// How often a busy service is asked again, and how long to wait before.
const TRIES: u32 = 600;
const PAUSE: Duration = Duration::from_millis(50);

/// A running service; killed when dropped.
pub struct Service {
    child: Child,
    launch: Launch,
    /// Where it listens; kept over restarts.
    pub address: SocketAddr,
    /// An admin's token.
    pub token: String,
}

impl Service {
    /// Starts the service on a folder of its own and waits until it is ready.
    ///
    /// # Errors
    /// When the program is missing or does not become ready.
    pub async fn start(program: &Path, folder: &Path) -> anyhow::Result<Self> {
        let launch = Launch {
            program: program.to_owned(),
            folder: folder.to_owned(),
            log: folder.join("service.log"),
            recorder: None,
        };
        let token = launch.admin_token().await?;
        Self::launched(launch, free_address()?, token).await
    }

    /// Does the same with everything written down that the service does to its folder; its log lies beside the folder.
    ///
    /// # Errors
    /// As [`Service::start`].
    pub async fn start_recorded(
        program: &Path,
        folder: &Path,
        recorder: &Recorder,
    ) -> anyhow::Result<Self> {
        let launch = Launch {
            recorder: Some(recorder.clone()),
            ..Launch::on(program, folder)
        };
        let token = launch.admin_token().await?;
        Self::launched(launch, lasting_address()?, token).await
    }

    /// Starts the service on a folder that has a past, with the token of an admin where one is known; its log lies beside the
    /// folder.
    ///
    /// # Errors
    /// As [`Service::start`], with what the service had to say.
    pub async fn open(
        program: &Path,
        folder: &Path,
        address: Option<SocketAddr>,
        token: Option<&str>,
    ) -> anyhow::Result<Self> {
        let launch = Launch::on(program, folder);
        let token = match token {
            Some(token) => token.to_owned(),
            None => launch.admin_token().await?,
        };
        let address = address.map_or_else(free_address, Ok)?;
        Self::launched(launch, address, token).await
    }

    async fn launched(launch: Launch, address: SocketAddr, token: String) -> anyhow::Result<Self> {
        let child = launch.serve(address)?;
        let mut service = Self {
            child,
            launch,
            address,
            token,
        };
        service.wait_until_ready().await?;
        Ok(service)
    }

    /// Starts another process on the same folder, as while a new version takes over from an old one.
    ///
    /// # Errors
    /// As [`Service::start`].
    pub async fn beside(&self) -> anyhow::Result<Self> {
        let launch = Launch {
            program: self.launch.program.clone(),
            folder: self.launch.folder.clone(),
            log: self.launch.log.with_extension("beside.log"),
            recorder: None,
        };
        Self::launched(launch, free_address()?, self.token.clone()).await
    }

    /// Asks the process to end and waits until it has.
    ///
    /// # Errors
    /// When it does not end well within half a minute.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        let pid = self.child.id().context("the service has ended already")?;
        let asked = Command::new("kill").arg(pid.to_string()).status().await?;
        anyhow::ensure!(asked.success(), "the service cannot be asked to end");
        let ended = tokio::time::timeout(Duration::from_secs(30), self.child.wait()).await??;
        anyhow::ensure!(ended.success(), "the service ended with {ended}");
        Ok(())
    }

    /// Has the program do another task on the service's folder, while the service does not run.
    ///
    /// # Errors
    /// When it fails.
    pub async fn task(&self, task: &str) -> anyhow::Result<()> {
        let output = self.launch.command()?.arg(task).output().await?;
        anyhow::ensure!(
            output.status.success(),
            "{task} failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    }

    /// Returns what the service complained about since it was started first.
    ///
    /// # Errors
    /// When its log cannot be read.
    pub fn complaints(&self) -> anyhow::Result<String> {
        Ok(std::fs::read_to_string(&self.launch.log)?)
    }

    /// Returns its database.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.launch.database()
    }

    /// Kills the process without a word, as a power button would, and waits until it is gone.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("killing the service")
    }

    /// Starts it again on the same folder and address.
    ///
    /// # Errors
    /// As [`Service::start`].
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        self.child = self.launch.serve(self.address)?;
        self.wait_until_ready().await
    }

    /// Returns the process' number.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Creates or updates a source and returns its webhook path.
    ///
    /// # Errors
    /// When the service refuses it.
    pub async fn source(&self, provider: &str, secret: &str) -> anyhow::Result<String> {
        let body = json!({
            "slug": format!("{}-bench", provider.replace('_', "-")), "provider": provider, "name": provider, "secrets": [secret], "active": true,
        });
        let answer = self.post("/api/v1/integrations", &body).await?;
        let key = answer
            .get("key")
            .and_then(Value::as_str)
            .context("the answer has no key")?;
        Ok(format!("/api/v1/webhooks/{provider}/{key}"))
    }

    /// Posts JSON as the admin, again and again while the service is too busy to keep anything.
    ///
    /// # Errors
    /// When the answer is not a success.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let client = reqwest::Client::new();
        for _ in 0..TRIES {
            let request = client.post(self.url(path)).bearer_auth(&self.token);
            let answer = request.json(body).send().await?;
            let status = answer.status();
            let text = answer.text().await?;
            if status.is_success() {
                return Ok(serde_json::from_str(&text)?);
            }
            if status != StatusCode::SERVICE_UNAVAILABLE {
                bail!("{path} answered {status}: {text}");
            }
            // Nothing was done; under a storm an administrator has to ask again like everybody.
            tokio::time::sleep(PAUSE).await;
        }
        bail!("{path} was never answered but with 503")
    }

    /// Makes an invite and returns its code.
    ///
    /// # Errors
    /// When the service refuses it.
    pub async fn invite(&self, role: &str) -> anyhow::Result<String> {
        let invite = self
            .post("/api/v1/invites", &json!({ "role": role }))
            .await?;
        let code = invite.get("code").and_then(Value::as_str);
        Ok(code.context("the invite has no code")?.to_owned())
    }

    /// Returns the id of the member of that name.
    ///
    /// # Errors
    /// When there is none.
    pub async fn member(&self, name: &str) -> anyhow::Result<MemberId> {
        let request = reqwest::Client::new()
            .get(self.url("/api/v1/members"))
            .bearer_auth(&self.token);
        let text = request.send().await?.error_for_status()?.text().await?;
        let answer: Value = serde_json::from_str(&text)?;
        let members = answer
            .get("members")
            .or(Some(&answer))
            .and_then(Value::as_array);
        let named = |member: &&Value| member.get("name").and_then(Value::as_str) == Some(name);
        let member = members.and_then(|members| members.iter().find(named));
        let id = member
            .and_then(|member| member.get("id"))
            .and_then(Value::as_str);
        Ok(id
            .with_context(|| format!("nobody is called {name}"))?
            .parse()?)
    }

    /// Has the service run at another address while `work` is done, as when only the way to it was cut; ends when it is back.
    ///
    /// # Errors
    /// As [`Service::start`], and those of `work`.
    pub async fn elsewhere<T>(
        &mut self,
        work: impl AsyncFnOnce(&Self) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        self.kill().await?;
        let address = self.address;
        self.address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        self.restart().await?;
        let done = work(self).await?;
        self.kill().await?;
        self.address = address;
        self.restart().await?;
        Ok(done)
    }

    /// Returns a full address.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let client = reqwest::Client::new();
        for _ in 0..600 {
            if let Some(status) = self.child.try_wait()? {
                bail!(
                    "the service ended with {status}: {}",
                    self.complaints().unwrap_or_default()
                );
            }
            let answer = client
                .get(self.url("/readyz"))
                .timeout(Duration::from_secs(1))
                .send()
                .await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        bail!("the service did not become ready within 15 s")
    }
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Returns an address that stays free while nobody listens on it: its port is none that systems give to outgoing connections.
fn lasting_address() -> anyhow::Result<SocketAddr> {
    let mut dice = Dice(u64::from(std::process::id()));
    let free = (0..1_000).find_map(|_| {
        let port = u16::try_from(20_000 + dice.below(10_000)).ok()?;
        TcpListener::bind(("127.0.0.1", port))
            .and_then(|listener| listener.local_addr())
            .ok()
    });
    free.context("no port is free between 20,000 and 30,000")
}

/// Says how the service is run.
struct Launch {
    program: PathBuf,
    folder: PathBuf,
    log: PathBuf,
    recorder: Option<Recorder>,
}

impl Launch {
    fn on(program: &Path, folder: &Path) -> Self {
        Self {
            program: program.to_owned(),
            folder: folder.to_owned(),
            log: folder.with_extension("log"),
            recorder: None,
        }
    }

    fn database(&self) -> PathBuf {
        self.folder.join("balcao.db")
    }

    fn command(&self) -> anyhow::Result<Command> {
        let mut command = match &self.recorder {
            Some(recorder) => recorder.command(&self.program)?,
            None => Command::new(&self.program),
        };
        command
            .env(
                "BALCAO_DATABASE",
                format!("sqlite://{}", self.database().display()),
            )
            .env("BALCAO_RATE_PER_SECOND", "0")
            .env("BALCAO_ADDRESS_RATE_PER_SECOND", "0")
            .env("BALCAO_LOG", "warn")
            .stdin(Stdio::null())
            .kill_on_drop(true);
        Ok(command)
    }

    fn serve(&self, address: SocketAddr) -> anyhow::Result<Child> {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.log)?;
        self.command()?
            .arg("serve")
            .env("BALCAO_BIND", address.to_string())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .with_context(|| format!("starting {}", self.program.display()))
    }

    async fn admin_token(&self) -> anyhow::Result<String> {
        let output = self
            .command()?
            .args(["admin-token", "--workspace", "Bench"])
            .output()
            .await?;
        if !output.status.success() {
            bail!(
                "admin-token failed: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        let text = String::from_utf8(output.stdout)?;
        let token = text
            .lines()
            .rev()
            .find(|line| !line.trim().is_empty())
            .context("no token was printed")?;
        Ok(token.trim().to_owned())
    }
}

/// Finds a program of this workspace next to the running one, as Cargo lays them out.
///
/// # Errors
/// When it has not been built.
pub fn program(name: &str) -> anyhow::Result<PathBuf> {
    let here = std::env::current_exe()?;
    let found = here
        .ancestors()
        .skip(1)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    found
        .with_context(|| format!("{name} is not built; `cargo build -p ingest -p bench` builds it"))
}
