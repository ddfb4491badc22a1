//! A desk for tests: short waits, a clock of its own, and waiting for what becomes true instead of sleeping.

use std::future::ready;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use contract::CommandId;
use inbox::asking::{HandOverAsked, Mode, Outside};
use inbox::cache::{Cache, Holder};
use inbox::clock::Clock;
use inbox::view::{ConversationView, FreshnessState, PageAsked, Row, View};
use inbox::{Inbox, Pace, Refusal, Session, Setup, Token};
use tempfile::TempDir;

use crate::service::{Service, TOKEN, me};
use crate::tape::{Tape, start};

/// How long what cannot be unsaid is held back by a desk that does.
pub(crate) const HOLD: Duration = Duration::from_secs(5);

/// How long anything may take to become true.
const LONG: Duration = Duration::from_secs(20);

#[derive(Clone)]
pub(crate) struct Hand(Arc<AtomicI64>);

impl Hand {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(
            start().timestamp_millis() + 60_000,
        )))
    }

    /// Returns a clock that stands at a time, in Unix milliseconds.
    pub(crate) fn at(millis: i64) -> Self {
        Self(Arc::new(AtomicI64::new(millis)))
    }

    pub(crate) fn pass(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).expect("a short time");
        self.0.fetch_add(millis, Ordering::Relaxed);
    }

    /// Sets the clock, forward or back, as somebody or a time server may.
    pub(crate) fn set(&self, millis: i64) {
        self.0.store(millis, Ordering::Relaxed);
    }
}

impl Clock for Hand {
    fn now_millis(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

pub(crate) fn pace() -> Pace {
    Pace {
        heartbeat: Duration::from_millis(150),
        answer: Duration::from_millis(400),
        retry_first: Duration::from_millis(10),
        retry_last: Duration::from_millis(100),
        gather: Duration::from_millis(1),
        notice_hold: Duration::from_millis(400),
        sweep: Duration::from_secs(5),
        page: 1_000,
        hold: Duration::ZERO,
        presence: Duration::from_millis(200),
    }
}

pub(crate) struct Desk {
    pub(crate) inbox: Inbox,
    pub(crate) folder: TempDir,
}

pub(crate) async fn open(folder: &Path) -> Inbox {
    open_at(folder, Hand::new()).await
}

/// Opens a folder by a clock of one's own.
pub(crate) async fn open_at(folder: &Path, clock: Hand) -> Inbox {
    let setup = Setup {
        folder: folder.to_owned(),
        clock: Arc::new(clock),
        pace: pace(),
    };
    Inbox::open(setup).await.expect("opens")
}

pub(crate) fn session_at(server: url::Url) -> Session {
    Session {
        server,
        mode: Mode::Team,
        me: me(),
    }
}

impl Desk {
    /// Opens a new desk and follows the service.
    pub(crate) async fn at(service: &Service) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let inbox = open(folder.path()).await;
        let desk = Self { inbox, folder };
        desk.sit(service).await;
        desk
    }

    pub(crate) async fn sit(&self, service: &Service) {
        let token = Token::new(TOKEN.to_owned());
        self.inbox
            .sit_down(session_at(service.url.clone()), token)
            .await
            .expect("sits down");
    }

    /// Opens a new desk that holds back what cannot be unsaid, by a clock of its own, and follows the service.
    pub(crate) async fn holding(service: &Service, clock: &Hand) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let setup = Setup {
            folder: folder.path().to_owned(),
            clock: Arc::new(clock.clone()),
            pace: Pace {
                hold: HOLD,
                ..pace()
            },
        };
        let inbox = Inbox::open(setup).await.expect("opens");
        let desk = Self { inbox, folder };
        desk.sit(service).await;
        desk
    }

    /// Hands a text over to a channel that opens, and returns what was opened.
    pub(crate) async fn hand_over(
        &self,
        asked: HandOverAsked,
    ) -> Result<(CommandId, Outside), Refusal> {
        let mut opened = None;
        let id = self
            .inbox
            .hand_over(asked, |outside| {
                opened = Some(outside);
                ready(Ok::<_, Refusal>(()))
            })
            .await?;
        Ok((id, opened.expect("it was opened")))
    }

    /// Ends without any good-bye, as a kill would, and opens the same folder again.
    pub(crate) async fn reopened(self, service: &Service) -> Self {
        let Self { inbox, folder } = self;
        inbox.close().await;
        drop(inbox);
        let inbox = open(folder.path()).await;
        let desk = Self { inbox, folder };
        desk.sit(service).await;
        desk
    }

    /// Waits until something is true of the desk, looking again after every change.
    pub(crate) async fn until<T>(
        &self,
        what: &str,
        mut look: impl AsyncFnMut(&Inbox) -> Option<T>,
    ) -> T {
        let mut changes = self.inbox.changes();
        let found = tokio::time::timeout(LONG, async {
            loop {
                if let Some(found) = look(&self.inbox).await {
                    return found;
                }
                changes.next().await.expect("the desk is open");
            }
        });
        found
            .await
            .unwrap_or_else(|_| panic!("never: {what}; {:?}", self.inbox.freshness()))
    }

    pub(crate) async fn live(&self) {
        let live = |inbox: &Inbox| {
            let freshness = inbox.freshness();
            (freshness.state == FreshnessState::Live
                && !freshness.filling_in
                && freshness.behind == 0)
                .then_some(())
        };
        self.until("live", async |inbox| live(inbox)).await;
    }

    pub(crate) async fn state(&self, state: FreshnessState) {
        self.until("state", async |inbox| {
            (inbox.freshness().state == state).then_some(())
        })
        .await;
    }

    /// Waits until the list of all has so many rows, and returns them.
    pub(crate) async fn rows(&self, count: usize) -> Vec<Row> {
        self.until("rows", async |inbox| {
            let rows = all(inbox).await;
            (rows.len() == count).then_some(rows)
        })
        .await
    }

    pub(crate) async fn conversation(&self, id: contract::ConversationId) -> ConversationView {
        self.inbox.conversation(id).await.expect("is here")
    }

    /// Closes the desk and compares its cache with one that read the tape from its start without any trouble.
    pub(crate) async fn holds(self, tape: &Tape) {
        self.live().await;
        self.until("the head", async |inbox| {
            let total = inbox.list_page(page(1)).await.ok()?.total;
            (total == people(tape)).then_some(())
        })
        .await;
        self.inbox.close().await;
        let path = self.folder.path().join("cache.db");
        let kept = digest(&path, None);
        let plain = tempfile::tempdir().expect("a folder");
        let expected = digest(&plain.path().join("cache.db"), Some(tape));
        assert_eq!(kept, expected);
    }
}

fn people(tape: &Tape) -> u64 {
    let ids: std::collections::HashSet<_> = tape
        .entries
        .iter()
        .filter_map(|entry| entry.conversation_id)
        .collect();
    ids.len() as u64
}

fn digest(path: &Path, tape: Option<&Tape>) -> String {
    let mut cache = cache(path, me().member_id);
    if let Some(tape) = tape {
        let page = tape.after(0, usize::MAX / 2);
        cache.begin(&page).expect("begins");
    }
    complete(cache).1
}

/// Reads a closed cache: the number it ends with, and the fingerprint of all that is in it.
pub(crate) fn digest_of(path: &Path, member: contract::MemberId) -> (u64, String) {
    complete(cache(path, member))
}

fn now() -> i64 {
    start().timestamp_millis() + 60_000
}

fn cache(path: &Path, member: contract::MemberId) -> Cache {
    let holder = Holder {
        member,
        read_until: now(),
    };
    Cache::open(path, holder, now()).expect("opens").cache
}

fn complete(mut cache: Cache) -> (u64, String) {
    let cursor = cache.cursor();
    assert!(
        cursor.filled,
        "history is missing from {} down",
        cursor.tail
    );
    while cache.settle(1_000).expect("indexes").more {}
    while cache.sweep(now()).expect("sweeps").more {}
    (cursor.head, cache.digest().expect("reads"))
}

pub(crate) fn page(limit: u32) -> PageAsked {
    PageAsked {
        saved: None,
        filter: contract::Filter::default(),
        view: View::All,
        after: None,
        limit,
    }
}

/// Reads the whole list of all.
pub(crate) async fn all(inbox: &Inbox) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut asked = page(200);
    loop {
        let page = inbox.list_page(asked.clone()).await.expect("reads");
        rows.extend(page.rows);
        match page.next {
            Some(next) => asked.after = Some(next),
            None => return rows,
        }
    }
}
