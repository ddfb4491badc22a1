//! The real service as a process of its own, with a workspace, an admin and sources.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use contract::MemberId;
use serde_json::{Value, json};
use tokio::process::{Child, Command};

/// A running service; killed when dropped.
pub struct Service {
    child: Child,
    program: PathBuf,
    folder: PathBuf,
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
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let token = admin_token(program, folder).await?;
        let child = spawn(program, folder, address)?;
        let service = Self {
            child,
            program: program.to_owned(),
            folder: folder.to_owned(),
            address,
            token,
        };
        service.wait_until_ready().await?;
        Ok(service)
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
        self.child = spawn(&self.program, &self.folder, self.address)?;
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

    /// Posts JSON as the admin.
    ///
    /// # Errors
    /// When the answer is not a success.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = reqwest::Client::new()
            .post(self.url(path))
            .bearer_auth(&self.token)
            .json(body);
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            bail!("{path} answered {status}: {text}");
        }
        Ok(serde_json::from_str(&text)?)
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

    async fn wait_until_ready(&self) -> anyhow::Result<()> {
        let client = reqwest::Client::new();
        for _ in 0..600 {
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

fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env(
            "BALCAO_DATABASE",
            format!("sqlite://{}", folder.join("balcao.db").display()),
        )
        .env("BALCAO_RATE_PER_SECOND", "0")
        .env("BALCAO_ADDRESS_RATE_PER_SECOND", "0")
        .env("BALCAO_LOG", "warn")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

fn spawn(program: &Path, folder: &Path, address: SocketAddr) -> anyhow::Result<Child> {
    let log = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join("service.log"))?;
    command(program, folder)
        .arg("serve")
        .env("BALCAO_BIND", address.to_string())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .with_context(|| format!("starting {}", program.display()))
}

async fn admin_token(program: &Path, folder: &Path) -> anyhow::Result<String> {
    let output = command(program, folder)
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
