//! Every API is read back whole by the reader of its platform: what one says the other understands.

use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
    time::{Duration, Instant},
};

use chrono::Utc;
use contract::IntegrationId;
use providers::{
    Context, Reading, Settings,
    pull::{
        Account, Kind, Method, Page, Pulled, Puller, Request, Response, Trouble, Window, puller,
    },
};
use serde_json::Value;

use super::{Plan, Platform};

mod failing;
mod registering;

/// A reader of one platform, at the platform's pace and on its clock.
struct Reader {
    puller: &'static dyn Puller,
    credentials: BTreeMap<String, String>,
    settings: Settings,
    token: Option<String>,
    scale: u32,
    sent: u32,
    begun: Instant,
}

struct Told {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Told {
    fn response(&self) -> Response<'_> {
        Response {
            status: self.status,
            headers: &self.headers,
            body: &self.body,
        }
    }
}

impl Reader {
    fn of(platform: &Platform, scale: u32) -> Self {
        let credentials = platform.credentials();
        let credentials = credentials.as_object().expect("an object").iter();
        Self {
            puller: puller(platform.slug()).expect("the platform is read"),
            credentials: credentials
                .map(|(name, value)| (name.clone(), value.as_str().unwrap_or("").to_owned()))
                .collect(),
            settings: Settings::new(platform.settings()),
            token: None,
            scale,
            sent: 0,
            begun: Instant::now(),
        }
    }

    fn account(&self) -> Account<'_> {
        Account {
            credentials: &self.credentials,
            settings: &self.settings,
            token: self.token.as_deref(),
        }
    }

    /// Waits until the pace allows one more, then sends.
    fn send(&mut self, request: &Request) -> Told {
        let pace = self.puller.pace();
        let due = pace.every * self.sent.saturating_sub(pace.burst - 1) / self.scale;
        thread::sleep(due.saturating_sub(self.begun.elapsed()));
        self.sent += 1;
        send(request)
    }

    fn sign_in(&mut self) {
        let request = self.puller.sign_in(&self.account()).expect("all is set up");
        if let Some(request) = request {
            let told = self.send(&request);
            let token = self.puller.signed_in(&told.response(), Utc::now());
            self.token = Some(token.expect("a token").value);
        }
    }

    fn page(&mut self, kind: Kind, cursor: &str) -> Result<Page, Trouble> {
        let request = self.puller.page(&self.account(), kind, cursor)?;
        let told = self.send(&request);
        self.puller.read_page(kind, cursor, &told.response())
    }

    fn all(&mut self, kind: Kind, window: Window) -> Vec<Pulled> {
        let account = self.account();
        let first = self.puller.first(&account, kind, window);
        let mut cursor = Some(first.expect("all is set up"));
        let mut pulled = Vec::new();
        while let Some(at) = cursor {
            let page = self.page(kind, &at).expect("a page");
            pulled.extend(page.pulled);
            cursor = page.next;
        }
        pulled
    }
}

fn send(request: &Request) -> Told {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .timeout_global(Some(Duration::from_secs(20)))
        .build();
    let agent: ureq::Agent = config.into();
    let method = match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
    };
    let mut builder = ureq::http::Request::builder()
        .method(method)
        .uri(&request.url);
    for (name, value) in &request.headers {
        builder = builder.header(*name, value);
    }
    let body = request.body.clone().unwrap_or_default();
    let built = builder.body(body).expect("a request");
    let mut answer = agent.run(built).expect("an answer");
    let headers = answer.headers().iter().map(|(name, value)| {
        let value = value.to_str().unwrap_or("").to_owned();
        (name.to_string(), value)
    });
    Told {
        status: answer.status().as_u16(),
        headers: headers.collect(),
        body: answer
            .body_mut()
            .with_config()
            .limit(64 << 20)
            .read_to_vec()
            .expect("a body"),
    }
}

/// Returns what a platform calls an order in its body.
fn id(slug: &str, body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).expect("JSON");
    let id = match slug {
        "hotmart" => &body["purchase"]["transaction"],
        _ => &body["id"],
    };
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

fn every(plan: &Plan) -> Vec<Platform> {
    vec![
        Platform::shopify(plan.clone()),
        Platform::nuvemshop(plan.clone()),
        Platform::yampi(plan.clone()),
        Platform::cartpanda(plan.clone()),
        Platform::kiwify(plan.clone()),
        Platform::hotmart(plan.clone()),
        Platform::iset(plan.clone()),
    ]
}

fn window(plan: &Plan) -> Window {
    Window {
        since: plan.since,
        until: plan.until,
    }
}

#[test]
fn every_listing_is_read_whole_within_the_limit() {
    let plan = Plan {
        orders: 900,
        carts: 110,
        ..Plan::default()
    };
    for platform in every(&plan) {
        let mut reader = Reader::of(&platform, plan.time_scale);
        reader.sign_in();
        let slug = platform.slug();
        for kind in reader.puller.kinds().iter().copied() {
            let pulled = reader.all(kind, window(&plan));
            let ids: BTreeSet<String> = pulled.iter().map(|one| id(slug, &one.body)).collect();
            let expected = if kind == Kind::Abandoned {
                plan.carts
            } else {
                let known: BTreeSet<String> = platform.order_ids().into_iter().collect();
                assert!(ids == known, "{slug}: other orders");
                plan.orders
            };
            assert_eq!(ids.len(), expected, "{slug} {kind:?}");
        }
        let seen = platform.seen();
        assert_eq!(seen.too_fast, 0, "{slug}: {seen:?}");
        assert!(seen.peak <= seen.allowed || seen.allowed == 0, "{slug}");
    }
}

/// What an API shows is what the platform's reader understands: one event, of the order that was asked for.
#[test]
fn every_order_is_understood() {
    let plan = Plan {
        orders: 25,
        carts: 5,
        ..Plan::default()
    };
    for platform in every(&plan) {
        let slug = platform.slug();
        let provider = providers::provider(slug).expect("the platform is read");
        let mut reader = Reader::of(&platform, plan.time_scale);
        reader.sign_in();
        let mut stages = BTreeSet::new();
        for kind in reader.puller.kinds().iter().copied() {
            for pulled in reader.all(kind, window(&plan)) {
                let context = Context {
                    now: Utc::now(),
                    integration: IntegrationId::from_u128(7),
                    settings: &reader.settings,
                };
                let read = provider.read_pulled(&pulled, &context);
                let Ok(Reading::Events(drafts)) = &read else {
                    panic!("{slug} {kind:?}: {read:?}");
                };
                let [draft] = drafts.as_slice() else {
                    panic!("{slug} {kind:?}: {} events", drafts.len());
                };
                assert!(draft.doubts.is_empty(), "{slug}: {:?}", draft.doubts);
                assert!(draft.amount_minor.is_some(), "{slug} {kind:?}");
                if kind != Kind::Abandoned {
                    assert_eq!(draft.external_id, id(slug, &pulled.body), "{slug}");
                }
                stages.insert(draft.stage.as_str());
            }
        }
        assert!(stages.contains("pix_generated"), "{slug}: {stages:?}");
        assert!(stages.contains("boleto_generated"), "{slug}: {stages:?}");
        assert!(stages.contains("purchase_approved"), "{slug}: {stages:?}");
    }
}

/// Nuvemshop's pages reach no further than 10,000 entries.
#[test]
fn a_span_with_more_than_pages_reach_is_cut() {
    let plan = Plan {
        orders: 10_400,
        carts: 0,
        time_scale: 2_000,
        ..Plan::default()
    };
    let platform = Platform::nuvemshop(plan.clone());
    let mut reader = Reader::of(&platform, plan.time_scale);
    let pulled = reader.all(Kind::Orders, window(&plan));
    let ids: BTreeSet<String> = pulled
        .iter()
        .map(|one| id("nuvemshop", &one.body))
        .collect();
    assert_eq!(ids.len(), plan.orders);
    assert_eq!(platform.seen().too_fast, 0);
}

/// The code to pay by, which the order lacks, is found where the transactions are.
#[test]
fn an_order_is_completed() {
    let platform = Platform::nuvemshop(Plan::default());
    let mut reader = Reader::of(&platform, 100);
    let asked = reader
        .puller
        .order(&reader.account(), &platform.order_id(0));
    let told = reader.send(&asked.expect("all is set up"));
    let pulled = reader
        .puller
        .read_order(&told.response())
        .expect("an order");
    let more = reader.puller.more(&reader.account(), &pulled);
    let told = reader.send(&more.expect("all is set up").expect("it waits for its code"));
    let whole = reader.puller.with_more(pulled, &told.response());
    let body = whole.expect("the order").body;
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    let code = body.pointer("/transactions/0/info/external_resource_code");
    assert!(code.is_some_and(|code| code.as_str().is_some_and(|code| code.starts_with("000201"))));
}
