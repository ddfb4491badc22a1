//! Everything that is open while the app runs: the desk, the place of its token, the service inside the app.
//!
//! It decides nothing of the trade; it brings the parts together, and says in a [`Boot`] how things stand.

mod boot;
mod opening;

use std::{path::PathBuf, sync::Arc, time::Duration};

use inbox::{Inbox, Session, Setup, Token, asking::Mode, asking::Settings, clock::SystemClock};
use tauri::AppHandle;
use tokio::{sync::Mutex, task::spawn_blocking, time::timeout};

pub(crate) use boot::{Boot, Phase};
pub(crate) use opening::Opening;

use crate::{
    failure::{Code, Failure},
    keychain::TokenPlace,
    notices,
    service::{LocalService, ServiceError},
    window,
};

/// The longest name of a person or a workspace, in characters.
const NAME_MOST: usize = 80;

/// The workspace of sample sales.
const SAMPLE_WORKSPACE: &str = "Loja de exemplo";

/// How long closing may take before the process ends all the same; what matters is on disk already.
const CLOSING: Duration = Duration::from_secs(5);

/// What is open.
pub(crate) struct Shop {
    app: AppHandle,
    inbox: Inbox,
    folder: PathBuf,
    tokens: TokenPlace,
    // Held while doors open and close, so that they do so one after another.
    local: Mutex<Option<LocalService>>,
}

impl Shop {
    /// Opens the data folder and, behind the caller's back, whatever the last session needs.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub(crate) async fn open(app: AppHandle, folder: PathBuf) -> Result<Arc<Self>, Failure> {
        let setup = Setup {
            folder: folder.clone(),
            clock: Arc::new(SystemClock),
            pace: inbox::Pace::default(),
        };
        let inbox = Inbox::open(setup).await.map_err(|error| {
            tracing::error!(error = %error, "the data folder could not be opened");
            Failure::from(&error)
        })?;
        let mended = inbox.mended();
        if mended.cache_refilled || mended.user_set_aside.is_some() {
            let set_aside = mended.user_set_aside.is_some();
            tracing::warn!(mended.user_set_aside = set_aside, "files were mended");
        }
        let shop = Arc::new(Self {
            app,
            tokens: TokenPlace::new(&folder),
            inbox,
            folder,
            local: Mutex::new(None),
        });
        if let Some(session) = shop.inbox.session() {
            tauri::async_runtime::spawn(Arc::clone(&shop).resume(session));
        }
        Ok(shop)
    }

    pub(crate) fn inbox(&self) -> &Inbox {
        &self.inbox
    }

    /// Says how things stand.
    pub(crate) fn boot(&self) -> Boot {
        let session = self.inbox.session();
        // The page asks how things stand whenever it starts, and each start of it forgets the size.
        let settings = self.inbox.settings();
        window::zoom(&self.app, settings.zoom);
        Boot {
            phase: if session.is_some() {
                Phase::Ready
            } else {
                Phase::FirstRun
            },
            desk: self.inbox.desk(),
            mode: session.as_ref().map(|session| session.mode),
            keychain: session.map(|_| self.tokens.kind()),
            settings,
            version: self.app.package_info().version.to_string(),
        }
    }

    /// Joins a team at its service.
    ///
    /// # Errors
    /// `bad_address`, `unreachable`, `bad_invite`, `bad_name`.
    pub(crate) async fn join(
        &self,
        server: &str,
        invite: &str,
        name: &str,
    ) -> Result<Boot, Failure> {
        let mut local = self.local.lock().await;
        let token = self
            .inbox
            .join(server, invite, name.trim(), &self.device())
            .await?;
        self.keep_token(token).await?;
        close(local.take()).await;
        Ok(self.boot())
    }

    /// Starts a service inside the app and sits down at its desk.
    ///
    /// # Errors
    /// `bad_name`, `service_failed`.
    pub(crate) async fn start_here(&self, workspace: &str, name: &str) -> Result<Boot, Failure> {
        self.start(Mode::Here, checked(workspace)?, checked(name)?)
            .await
    }

    /// The same with sample sales, in a database of their own.
    ///
    /// # Errors
    /// `bad_name`, `service_failed`.
    pub(crate) async fn start_sample(&self, name: &str) -> Result<Boot, Failure> {
        self.start(Mode::Sample, SAMPLE_WORKSPACE, checked(name)?)
            .await
    }

    async fn start(&self, mode: Mode, workspace: &str, name: &str) -> Result<Boot, Failure> {
        let mut local = self.local.lock().await;
        // The database of the service before must be closed before it can be opened again.
        close(local.take()).await;
        let mut service = LocalService::start(&self.service_folder(mode)).await?;
        let seated = self.sit_down_at(&service, mode, workspace, name).await;
        let token = match seated {
            Ok(token) => token,
            Err(failure) => {
                service.stop().await;
                return Err(failure);
            }
        };
        if mode == Mode::Sample {
            service.send_samples(&token, true);
        }
        *local = Some(service);
        Ok(self.boot())
    }

    /// Takes up the session of last time: starts the service inside the app where it is that one, and follows the feed.
    async fn resume(self: Arc<Self>, session: Session) {
        let mut local = self.local.lock().await;
        let mode = session.mode;
        let resumed = match mode {
            Mode::Team => self.resume_team(&session).await,
            Mode::Here | Mode::Sample => {
                let resumed = self.resume_local(session).await;
                resumed.map(|resumed| *local = Some(resumed))
            }
        };
        if let Err(failure) = resumed {
            tracing::warn!(
                failure.code = failure.code(),
                "the session of last time was not taken up"
            );
        }
    }

    async fn resume_team(&self, session: &Session) -> Result<(), Failure> {
        let Some(token) = self.token_of(session).await else {
            // Without its token the session is over; what was written stays for the next time.
            self.inbox.sign_out().await?;
            opening::boot_again(&self.app);
            return Ok(());
        };
        Ok(self.inbox.resume(token).await?)
    }

    async fn resume_local(&self, last: Session) -> Result<LocalService, Failure> {
        let mode = last.mode;
        let mut service = LocalService::start(&self.service_folder(last.mode)).await?;
        if service.moved() {
            notices::say_moved(&self.app, &self.inbox.settings());
        }
        let token = match self.token_of(&last).await {
            Some(token) if last.server == service.url()? => {
                self.inbox.resume(token.clone()).await?;
                token
            }
            Some(token) => {
                let server = service.url()?;
                let moved = Session { server, ..last };
                self.inbox.sit_down(moved, token.clone()).await?;
                token
            }
            // The token was lost, but the database is here: whoever has the folder may make another.
            None => {
                let me = &last.me;
                self.sit_down_at(&service, last.mode, &me.workspace_name, &me.member_name)
                    .await?
            }
        };
        if mode == Mode::Sample {
            service.send_samples(&token, false);
        }
        Ok(service)
    }

    /// Sits down with a new session at a service inside the app.
    async fn sit_down_at(
        &self,
        service: &LocalService,
        mode: Mode,
        workspace: &str,
        name: &str,
    ) -> Result<Token, Failure> {
        let enrolled = service.enrol(mode, workspace, name, &self.device()).await;
        let (session, token) = enrolled?;
        self.inbox.sit_down(session, token.clone()).await?;
        self.keep_token(token.clone()).await?;
        Ok(token)
    }

    /// Ends the session here and, where it can be reached, at the service.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub(crate) async fn sign_out(&self) -> Result<Boot, Failure> {
        let mut local = self.local.lock().await;
        if let Some(session) = self.inbox.session() {
            let (tokens, account) = (self.tokens.clone(), account(&session));
            self.inbox.sign_out().await?;
            notices::take_all_away(&self.app);
            let forgotten = spawn_blocking(move || tokens.forget(&account)).await;
            if !matches!(forgotten, Ok(Ok(()))) {
                tracing::warn!("the token of an ended session is left on this computer");
            }
        }
        close(local.take()).await;
        Ok(self.boot())
    }

    /// Keeps the member's choices.
    ///
    /// # Errors
    /// When they cannot be written down.
    pub(crate) async fn settings_put(&self, settings: Settings) -> Result<Settings, Failure> {
        let settings = self.inbox.settings_put(settings).await?;
        window::zoom(&self.app, settings.zoom);
        Ok(settings)
    }

    /// Finishes what runs and closes the files.
    pub(crate) async fn close(&self) {
        let closing = async {
            let mut local = self.local.lock().await;
            self.inbox.close().await;
            close(local.take()).await;
        };
        if timeout(CLOSING, closing).await.is_err() {
            tracing::warn!("closing took too long and was cut off");
        }
    }

    async fn keep_token(&self, token: Token) -> Result<(), Failure> {
        let Some(session) = self.inbox.session() else {
            return Ok(());
        };
        let tokens = self.tokens.clone();
        let kept = spawn_blocking(move || tokens.keep(&account(&session), &token)).await;
        match kept {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(Failure::new(
                Code::FolderUnusable,
                format!("the session was not kept: {error}"),
            )),
            Err(_) => Err(Failure::new(
                Code::FolderUnusable,
                "the session was not kept",
            )),
        }
    }

    async fn token_of(&self, session: &Session) -> Option<Token> {
        let (tokens, account) = (self.tokens.clone(), account(session));
        spawn_blocking(move || tokens.find(&account))
            .await
            .ok()
            .flatten()
    }

    fn service_folder(&self, mode: Mode) -> PathBuf {
        self.folder.join(match mode {
            Mode::Sample => "sample",
            Mode::Here | Mode::Team => "service",
        })
    }

    /// What the service calls this computer in the list of sessions.
    fn device(&self) -> String {
        format!(
            "Balcão {} ({})",
            self.app.package_info().version,
            std::env::consts::OS
        )
    }
}

/// Whose token it is: a desk's, so that an older one never answers for another.
fn account(session: &Session) -> String {
    format!("{}/{}", session.me.workspace_id, session.me.member_id)
}

async fn close(local: Option<LocalService>) {
    if let Some(service) = local {
        service.stop().await;
    }
}

fn checked(name: &str) -> Result<&str, Failure> {
    let name = name.trim();
    if (1..=NAME_MOST).contains(&name.chars().count()) {
        return Ok(name);
    }
    Err(Failure::new(Code::BadName, "a name has 1 to 80 characters"))
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        tracing::error!(error = %error, "the service inside the app did not start");
        Self::new(Code::ServiceFailed, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_1_to_80_characters() {
        let long = "ã".repeat(81);
        for (name, expected) in [
            (" Ana ", Some("Ana")),
            ("", None),
            ("   ", None),
            (long.as_str(), None),
        ] {
            assert_eq!(checked(name).ok(), expected, "{name}");
        }
    }
}
