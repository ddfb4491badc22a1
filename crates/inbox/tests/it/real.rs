//! The desk and the real service, over a line that fails.

use std::sync::Arc;

use contract::{Action, CommandId, Invite, NewInvite, Page, Role};
use inbox::asking::{Mode, TimelineAsked};
use inbox::view::{Happening, OutboxItem, OutboxState, View};
use inbox::{Session, Token};
use ingest::sample_sales::{SampleSales, send};
use ingest::store::{System, World};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::desk::{Desk, all, digest_of, open};
use crate::proxy::Proxy;

pub(crate) struct Real {
    pub(crate) serving: ingest::Serving,
    store: Arc<dyn ingest::store::Store>,
    admin: ingest::FirstAdmin,
    _folder: TempDir,
}

impl Real {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = ingest::Config {
            database: format!("sqlite://{}", folder.path().join("service.db").display()),
            heartbeat: std::time::Duration::from_millis(100),
            ..ingest::Config::default()
        };
        let world: Arc<dyn World> = Arc::new(System);
        let store = ingest::open_store(&config, None, &world).expect("opens");
        let admin = ingest::first_admin(&*store, &*world, "Loja", "Ana", "mesa")
            .await
            .expect("begins");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let stop = CancellationToken::new();
        let serving =
            ingest::serve(listener, Arc::clone(&store), config, world, stop).expect("serves");
        Self {
            serving,
            store,
            admin,
            _folder: folder,
        }
    }

    pub(crate) fn session(&self, server: &str) -> (Session, Token) {
        let session = Session {
            server: server.parse().expect("an address"),
            mode: Mode::Here,
            me: self.admin.session.me.clone(),
        };
        (session, Token::new(self.admin.token.clone()))
    }

    /// Signs the admin in at a second desk.
    pub(crate) async fn second_session(&self, server: &str) -> (Session, Token) {
        let login = serde_json::json!({"login": "ana", "password": "uma frase bem longa"});
        let address = format!("{}/api/v1/members/me/password", self.serving.base_url());
        let set = reqwest::Client::new()
            .put(address)
            .bearer_auth(&self.admin.token)
            .json(&login);
        assert!(set.send().await.expect("answers").status().is_success());
        let signed_in: contract::SignedIn = self.post("sessions", &login).await;
        let (session, _) = self.session(server);
        (session, Token::new(signed_in.token))
    }

    /// Reads the whole feed.
    pub(crate) async fn entries(&self) -> Vec<contract::Entry> {
        let asked = reqwest::Client::new()
            .get(format!(
                "{}/api/v1/feed/entries?after=0&limit=1000",
                self.serving.base_url()
            ))
            .bearer_auth(&self.admin.token);
        let answer = asked.send().await.expect("answers");
        answer
            .json::<contract::Page>()
            .await
            .expect("a page")
            .entries
    }

    /// Asks something of the service as its admin.
    pub(crate) async fn post<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        body: &serde_json::Value,
    ) -> T {
        let asked = reqwest::Client::new()
            .post(format!("{}/api/v1/{path}", self.serving.base_url()))
            .bearer_auth(&self.admin.token)
            .json(body);
        let answer = asked.send().await.expect("answers");
        answer.json().await.expect("what was asked for")
    }

    pub(crate) async fn sell(&self, count: u64, seed: u64) {
        let order = SampleSales {
            to: self.serving.base_url(),
            admin_token: self.admin.token.clone(),
            per_minute: 0,
            opening: 0,
            count: Some(count),
            burst: true,
            seed,
        };
        let summary = send(&order, &CancellationToken::new(), |_| ())
            .await
            .expect("sends");
        assert_eq!(summary.refused, 0);
    }

    pub(crate) async fn invite(&self) -> String {
        let asked = reqwest::Client::new()
            .post(format!("{}/api/v1/invites", self.serving.base_url()))
            .bearer_auth(&self.admin.token)
            .json(&NewInvite { role: Role::Agent });
        let answer = asked.send().await.expect("answers");
        answer.json::<Invite>().await.expect("an invite").code
    }

    /// Returns the actions behind the entries after a number, in the feed's order; sales have none.
    pub(crate) async fn commands_after(&self, seq: u64) -> Vec<CommandId> {
        let address = format!(
            "{}/api/v1/feed/entries?after={seq}&limit=1000",
            self.serving.base_url()
        );
        let asked = reqwest::Client::new()
            .get(address)
            .bearer_auth(&self.admin.token);
        let page: Page = asked
            .send()
            .await
            .expect("answers")
            .json()
            .await
            .expect("a page");
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Caused {
            command_id: CommandId,
        }
        let caused = |entry: &contract::Entry| entry.read::<Caused>().ok();
        let all = page.entries.iter().filter_map(caused);
        all.map(|caused| caused.command_id).collect()
    }

    pub(crate) async fn head(&self) -> u64 {
        self.store
            .head(self.admin.session.me.workspace_id)
            .await
            .expect("answers")
            .seq
    }
}

pub(crate) async fn sit(real: &Real, server: &str) -> Desk {
    let folder = tempfile::tempdir().expect("a folder");
    let inbox = open(folder.path()).await;
    let (session, token) = real.session(server);
    inbox.sit_down(session, token).await.expect("sits down");
    Desk { inbox, folder }
}

/// Closes a desk and returns where its cache ends and what it holds.
async fn closed(real: &Real, desk: Desk) -> (u64, String) {
    desk.inbox.close().await;
    digest_of(
        &desk.folder.path().join("cache.db"),
        real.admin.session.me.member_id,
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_a_line_that_fails_nothing_is_lost_doubled_or_swapped() {
    let real = Real::start().await;
    real.sell(300, 1).await;
    let direct = sit(&real, &real.serving.base_url()).await;
    for seed in 0..4 {
        let proxy = Proxy::before(&real.serving.base_url(), seed).await;
        let desk = sit(&real, proxy.url.as_str()).await;
        desk.until("something is here", async |inbox| {
            (!all(inbox).await.is_empty()).then_some(())
        })
        .await;
        let who = all(&desk.inbox).await.first().expect("somebody").id;
        for number in 0..20 {
            let text = format!("{seed}/{number}");
            desk.inbox
                .act(
                    who,
                    Action::Note {
                        text,
                        mentions: Vec::new(),
                    },
                )
                .await
                .expect("written");
            real.sell(8, 100 * seed + number).await;
        }
        proxy.heal();
        // Its confirmation comes after everything else.
        let last = Action::Note {
            text: "end".to_owned(),
            mentions: Vec::new(),
        };
        desk.inbox.act(who, last).await.expect("written");
        desk.until("an empty outbox", async |inbox| {
            inbox
                .outbox()
                .await
                .expect("reads")
                .is_empty()
                .then_some(())
        })
        .await;
        let notes = notes(&desk, who).await;
        let mine: Vec<String> = notes
            .into_iter()
            .filter(|text| text.starts_with(&format!("{seed}/")))
            .collect();
        let expected: Vec<String> = (0..20).map(|number| format!("{seed}/{number}")).collect();
        assert_eq!(mine, expected, "each note once, in order");
        desk.live().await;
        assert!(proxy.failures() > 0, "the line failed");
        let head = real.head().await;
        let kept = closed(&real, desk).await;
        assert_eq!(kept.0, head);
        let reference = sit(&real, &real.serving.base_url()).await;
        reference.live().await;
        assert_eq!(closed(&real, reference).await.1, kept.1, "seed {seed}");
    }
    direct.live().await;
    let total = direct.inbox.counters().await.expect("reads");
    let count = total
        .views
        .iter()
        .find(|count| count.view == View::All)
        .expect("counted")
        .count;
    assert_eq!(count, all(&direct.inbox).await.len() as u64);
}

/// Sits an agent down at a desk of their own.
async fn colleague(real: &Real, name: &str) -> Desk {
    let invite = real.invite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let inbox = open(folder.path()).await;
    inbox
        .join(&real.serving.base_url(), &invite, name, "outra mesa")
        .await
        .expect("joins");
    Desk { inbox, folder }
}

/// All notes of a conversation, oldest first.
async fn notes(desk: &Desk, who: contract::ConversationId) -> Vec<String> {
    let view = desk.conversation(who).await;
    let mut items = view.timeline;
    let mut older = view.older;
    while let Some(before) = older {
        let page = desk
            .inbox
            .timeline(TimelineAsked {
                id: who,
                before: Some(before),
                at: None,
                only: None,
            })
            .await
            .expect("reads");
        items.splice(0..0, page.items);
        older = page.older;
    }
    let note = |what| match what {
        Happening::Note { text, .. } => Some(text),
        _ => None,
    };
    items
        .into_iter()
        .filter_map(|item| note(item.what))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_colleague_joins_by_invite_and_claims_meet() {
    let real = Real::start().await;
    real.sell(30, 5).await;
    let ana = sit(&real, &real.serving.base_url()).await;
    let bia = colleague(&real, "Bia").await;
    ana.live().await;
    bia.live().await;
    let who = all(&ana.inbox).await.first().expect("somebody").id;
    let claims = tokio::join!(
        ana.inbox.act(who, Action::Claim {}),
        bia.inbox.act(who, Action::Claim {})
    );
    claims.0.expect("written");
    claims.1.expect("written");
    for desk in [&ana, &bia] {
        desk.until("an owner", async |inbox| {
            let owner = inbox.conversation(who).await.expect("is here").owner?;
            (!owner.pending).then_some(())
        })
        .await;
    }
    let owner = ana.conversation(who).await.owner.expect("somebody");
    assert_eq!(
        owner.name,
        bia.conversation(who).await.owner.expect("somebody").name
    );
    assert_ne!(
        owner.is_me,
        bia.conversation(who).await.owner.expect("somebody").is_me
    );
}

/// An agent gives a conversation away and thinks better of it, after the service did it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_takes_back_what_was_given_away() {
    let real = Real::start().await;
    real.sell(5, 7).await;
    let (bia, caio) = (
        colleague(&real, "Bia").await,
        colleague(&real, "Caio").await,
    );
    bia.live().await;
    caio.live().await;
    let who = all(&bia.inbox).await.first().expect("somebody").id;
    let members = bia.inbox.members().await.expect("reads");
    let to = members.iter().find(|member| member.name == "Caio");
    let to = to.expect("Caio is known").id;
    let owned_by = async |name: Option<&str>| {
        let what = format!("owned by {name:?}");
        for desk in [&bia, &caio] {
            desk.until(&what, async |inbox| {
                let owner = inbox.conversation(who).await.expect("is here").owner;
                let is_told = owner.as_ref().is_none_or(|owner| !owner.pending);
                let owner = owner.map(|owner| owner.name);
                (is_told && owner.as_deref() == name).then_some(())
            })
            .await;
        }
    };
    let given = bia.inbox.act(who, Action::Assign { to }).await;
    owned_by(Some("Caio")).await;
    assert!(
        bia.inbox
            .undo(given.expect("written"))
            .await
            .expect("turns")
    );
    owned_by(None).await;
    bia.until("an empty outbox", async |inbox| {
        let outbox = inbox.outbox().await.expect("reads");
        outbox.is_empty().then_some(())
    })
    .await;
    // Once the colleague has claimed it, it stays.
    let given = bia.inbox.act(who, Action::Assign { to }).await;
    owned_by(Some("Caio")).await;
    caio.inbox
        .act(who, Action::Claim {})
        .await
        .expect("written");
    caio.until("the claim to be told", async |inbox| {
        let outbox = inbox.outbox().await.expect("reads");
        outbox.is_empty().then_some(())
    })
    .await;
    bia.inbox.undo(given.expect("written")).await.expect("asks");
    bia.until("the refusal", async |inbox| {
        let outbox = inbox.outbox().await.expect("reads");
        let is_refused = |item: &OutboxItem| matches!(item.state, OutboxState::Refused { .. });
        outbox.iter().any(is_refused).then_some(())
    })
    .await;
    owned_by(Some("Caio")).await;
}
