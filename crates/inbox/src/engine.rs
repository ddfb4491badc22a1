//! The desk's engine and the one door to it: [`Inbox`] answers the page, keeps what agents do, and follows the feed.
//!
//! It does not know Tauri, and never waits for a disk on an async thread.

mod acting;
mod announcing;
mod asking_service;
mod bulk;
mod changes;
mod checking;
pub(crate) mod core;
mod editing;
mod folder;
mod keeper;
mod link;
mod presence;
mod pulse;
mod reading;
mod saved;
pub(crate) mod seat;
mod sequencing;
mod setup;
mod templating;
mod tending;
mod undoing;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use contract::SignIn;
use url::Url;

use self::announcing::Announcer;
use self::core::Core;
use self::folder::{CACHE_FILE, USER_FILE, open_files, remove_cache};
use self::keeper::{Keeper, blocking};
use self::link::{Link, everything};
use self::seat::Seat;
use crate::asking::{Mode, Session, Settings};
use crate::cache::{Holder, Refill};
use crate::clock::Clock;
use crate::error::{OpenError, Refusal};
use crate::feed::{self, Fault, Line, Token};
use crate::outbox::{self, Sender};
use crate::user::UserError;
use crate::view::{Desk, Freshness, FreshnessState, Trouble};

pub use announcing::Notices;
pub use changes::Changes;
pub use setup::{Mended, Pace, Setup};

/// How long signing out waits for the service.
const FAREWELL: Duration = Duration::from_secs(3);

/// One desk; cheap to clone, safe to share.
#[derive(Clone)]
pub struct Inbox {
    inner: Arc<Inner>,
}

struct Inner {
    core: Arc<Core>,
    folder: PathBuf,
    seat: RwLock<Option<Arc<Seat>>>,
    /// Sitting down and getting up, one at a time.
    moving: tokio::sync::Mutex<()>,
    mended: Mutex<Mended>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        let seat = self.seat.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(seat) = seat.take() {
            seat.abort();
        }
    }
}

impl Inbox {
    /// Opens the data folder, alone, with its two files; connects nowhere yet. Needs a running tokio runtime.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(setup: Setup) -> Result<Self, OpenError> {
        let Setup {
            folder,
            clock,
            pace,
        } = setup;
        let now = clock.now_millis();
        let place = folder.clone();
        let (lock, opened) = blocking(move || open_files(&place, now)).await?;
        let unusable = |error: UserError| OpenError::Unusable {
            path: folder.join(USER_FILE),
            reason: error.to_string(),
        };
        let settings = opened.db.settings().map_err(unusable)?;
        let session = opened.db.session().map_err(unusable)?;
        let mended = Mended {
            cache_refilled: false,
            user_set_aside: opened.set_aside,
        };
        let inbox = Self {
            inner: Arc::new(Inner {
                core: Arc::new(Core::new(clock, pace, opened.db, settings, lock)),
                folder: folder.clone(),
                seat: RwLock::new(None),
                moving: tokio::sync::Mutex::new(()),
                mended: Mutex::new(mended),
            }),
        };
        if let Some(session) = session {
            let taken = inbox.take_seat(session).await;
            taken.map_err(|error| OpenError::Unusable {
                path: folder.join(CACHE_FILE),
                reason: error.to_string(),
            })?;
        }
        Ok(inbox)
    }

    /// Tells what had to be mended when the folder was opened.
    #[must_use]
    pub fn mended(&self) -> Mended {
        lock(&self.inner.mended).clone()
    }

    /// Tells who sits at this desk; the token is elsewhere.
    #[must_use]
    pub fn session(&self) -> Option<Session> {
        self.seat().ok().map(|seat| seat.session.clone())
    }

    /// Takes an invite at a team's service and follows its feed; the token goes to the keychain and is shown this once.
    ///
    /// # Errors
    /// `BadAddress`, `Unreachable`, `BadInvite`, `BadName`.
    pub async fn join(
        &self,
        server: &str,
        invite: &str,
        name: &str,
        device: &str,
    ) -> Result<Token, Refusal> {
        let server = feed::address(server)?;
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if !(1..=80).contains(&name.chars().count()) {
            return Err(Refusal::BadName);
        }
        let sign_in = SignIn {
            invite: invite.trim().to_owned(),
            name,
            device: device.to_owned(),
        };
        let line = self.line(&server, None)?;
        let signed_in = line.sign_in(&sign_in).await.map_err(not_joined)?;
        let token = Token::new(signed_in.token);
        let session = Session {
            server,
            mode: Mode::Team,
            me: signed_in.me,
        };
        self.sit_down(session, token.clone()).await?;
        Ok(token)
    }

    /// Sits down with a session made elsewhere (a service inside the app) and follows its feed.
    ///
    /// What is kept of another workspace stays out of sight.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub async fn sit_down(&self, session: Session, token: Token) -> Result<(), Refusal> {
        let _turn = self.inner.moving.lock().await;
        let line = self.line(&session.server, Some(token))?;
        if let Ok(seat) = self.seat()
            && seat.session == session
            && seat.line().is_none()
        {
            // Taken when the folder was opened, so that the page could read at once.
            self.follow(&seat, line);
            return Ok(());
        }
        self.leave_seat().await;
        let now = self.core().now();
        let kept = session.clone();
        self.core().user(move |db| db.sit_down(&kept, now)).await?;
        let seat = self.take_seat(session).await?;
        self.follow(&seat, line);
        self.core().board.tell(&everything());
        Ok(())
    }

    /// Follows the feed again with the session of last time.
    ///
    /// # Errors
    /// `SignedOut` when there is none.
    pub async fn resume(&self, token: Token) -> Result<(), Refusal> {
        let session = self.session().ok_or(Refusal::SignedOut)?;
        self.sit_down(session, token).await
    }

    /// Ends the session here and, where it can be reached, at the service; the cache goes, drafts and the outbox stay.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub async fn sign_out(&self) -> Result<(), Refusal> {
        let _turn = self.inner.moving.lock().await;
        let line = self.seat().ok().and_then(|seat| seat.line());
        self.leave_seat().await;
        self.part(line.as_ref()).await;
        self.core().user(|db| db.stand_up()).await?;
        let folder = self.inner.folder.clone();
        blocking(move || remove_cache(&folder)).await;
        if let Some(line) = line {
            // The service forgets unused sessions by itself; a dead line must not keep anybody signed in here.
            let _ = tokio::time::timeout(FAREWELL, line.sign_out()).await;
        }
        let pulse = &self.core().pulse;
        pulse.stands(FreshnessState::Stopped, Some(Trouble::SignedOut));
        self.core().board.tell(&everything());
        Ok(())
    }

    /// Tries the connection at once: the machine woke up or the network is back.
    pub fn wake(&self) {
        self.core().wake();
    }

    /// Stops following and closes the files.
    pub async fn close(&self) {
        let _turn = self.inner.moving.lock().await;
        let line = self.seat().ok().and_then(|seat| seat.line());
        self.leave_seat().await;
        self.part(line.as_ref()).await;
        self.core().board.close();
        self.core().closed.send_replace(true);
    }

    /// Tells who sits here.
    #[must_use]
    pub fn desk(&self) -> Option<Desk> {
        let me = self.session()?.me;
        Some(Desk {
            workspace: me.workspace_name,
            member: me.member_name,
            member_id: me.member_id,
            role: me.role,
        })
    }

    /// Returns the member's choices.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.core().settings()
    }

    /// Keeps the member's choices.
    ///
    /// # Errors
    /// When they cannot be written down.
    pub async fn settings_put(&self, settings: Settings) -> Result<Settings, Refusal> {
        let settings = settings.within_bounds();
        let kept = settings.clone();
        self.core().user(move |db| db.put_settings(&kept)).await?;
        self.core().go_by(settings.clone());
        Ok(settings)
    }

    /// Returns the coalesced changes from now on.
    #[must_use]
    pub fn changes(&self) -> Changes {
        let core = self.core();
        core.board.listen(core.pace.gather)
    }

    /// Returns what is to be announced from now on.
    #[must_use]
    pub fn notices(&self) -> Notices {
        Notices::of(self)
    }

    /// Tells how the desk stands to the service.
    #[must_use]
    pub fn freshness(&self) -> Freshness {
        self.core().pulse.read()
    }

    /// Returns the line to the service and the time, for what is asked of it directly.
    pub(crate) fn service(&self) -> Option<(Line, Arc<dyn Clock>)> {
        let line = self.seat().ok()?.line()?;
        Some((line, Arc::clone(&self.core().clock)))
    }

    fn core(&self) -> &Arc<Core> {
        &self.inner.core
    }

    fn seat(&self) -> Result<Arc<Seat>, Refusal> {
        let seat = self.inner.seat.read();
        let seat = seat.unwrap_or_else(PoisonError::into_inner);
        seat.clone().ok_or(Refusal::SignedOut)
    }

    fn line(&self, server: &Url, token: Option<Token>) -> Result<Line, Refusal> {
        let pace = &self.core().pace;
        let silence = pace.heartbeat.saturating_mul(2);
        Line::new(server.clone(), token, pace.answer, silence).map_err(|_| Refusal::Unreachable)
    }

    /// Opens the cache with the member's eyes and begins what happens by itself.
    async fn take_seat(&self, session: Session) -> Result<Arc<Seat>, Refusal> {
        let core = Arc::clone(self.core());
        let (seated_at, marks) = core
            .user(|db| Ok((db.seated_at()?, db.read_marks()?)))
            .await?;
        let (drafted, own) = core.user(|db| Ok((db.drafted()?, db.own_views()?))).await?;
        let holder = Holder {
            member: session.me.member_id,
            read_until: seated_at,
        };
        let path = self.inner.folder.join(CACHE_FILE);
        let now = core.now();
        let opened = blocking(move || Keeper::open(&path, holder, &marks, now)).await;
        let (keeper, refill) = opened.map_err(|error| Refusal::Storage(error.to_string()))?;
        // Said until the app ends: the page may ask late.
        lock(&self.inner.mended).cache_refilled |=
            refill.is_some_and(|refill| refill != Refill::New);
        let seat = Arc::new(Seat::new(session, keeper));
        seat.note_drafts(drafted);
        seat.hand_views_in(own).await?;
        seat.outbox_changed(&core).await?;
        seat.run(tending::run(core, Arc::clone(&seat)));
        let mut slot = self
            .inner
            .seat
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *slot = Some(Arc::clone(&seat));
        Ok(seat)
    }

    /// Sends what is held back before the desk is left.
    async fn part(&self, line: Option<&Line>) {
        let Some(line) = line else { return };
        if let Err(error) = outbox::part(self.core(), line).await {
            tracing::warn!(%error, "what is held back could not be sent; it is at the next start");
        }
    }

    async fn leave_seat(&self) {
        let seat = {
            let mut slot = self
                .inner
                .seat
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            slot.take()
        };
        if let Some(seat) = seat {
            seat.stop().await;
            seat.keeper.close().await;
        }
    }

    /// Begins following, sending and announcing.
    fn follow(&self, seat: &Arc<Seat>, line: Line) {
        let core = self.core();
        core.pulse.stands(FreshnessState::CatchingUp, None);
        seat.hold(line.clone());
        let announcer = Announcer::new(Arc::clone(core), seat.session.me.member_id);
        seat.run(announcer.clone().run());
        seat.run(presence::tell(
            Arc::clone(core),
            Arc::clone(seat),
            line.clone(),
        ));
        seat.run(Sender::new(Arc::clone(core), Arc::clone(seat), line.clone()).run());
        seat.run(Link::new(Arc::clone(core), Arc::clone(seat), line, announcer).run());
    }
}

/// The statuses by which a service asks for patience.
const SLOWED: [u16; 2] = [408, 429];

fn not_joined(fault: Fault) -> Refusal {
    match fault {
        // Another program than ours may answer at that address.
        Fault::Busy { status, .. } if (300..500).contains(&status) && !SLOWED.contains(&status) => {
            Refusal::BadAddress
        }
        Fault::Unreachable | Fault::Cut | Fault::Busy { .. } => Refusal::Unreachable,
        Fault::Incompatible => Refusal::BadAddress,
        Fault::Refused { code, .. } if code.contains("name") => Refusal::BadName,
        Fault::Refused { .. } | Fault::SignedOut | Fault::OtherHistory(_) => Refusal::BadInvite,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
