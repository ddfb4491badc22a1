//! Every API is read back whole by the reader of its platform: what one says the other understands.

use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
    time::{Duration, Instant},
};

use chrono::Utc;
use providers::{
    Settings,
    pull::{Account, Kind, Method, Page, Puller, Request, Response, Trouble, Window, puller},
};
use serde_json::Value;

use super::{Plan, Platform};

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

    fn all(&mut self, kind: Kind, window: Window) -> Vec<Vec<u8>> {
        let account = self.account();
        let first = self.puller.first(&account, kind, window);
        let mut cursor = Some(first.expect("all is set up"));
        let mut bodies = Vec::new();
        while let Some(at) = cursor {
            let page = self.page(kind, &at).expect("a page");
            bodies.extend(page.pulled.into_iter().map(|pulled| pulled.body));
            cursor = page.next;
        }
        bodies
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
        orders: 1_234,
        carts: 120,
        ..Plan::default()
    };
    for platform in every(&plan) {
        let mut reader = Reader::of(&platform, plan.time_scale);
        reader.sign_in();
        let slug = platform.slug();
        for kind in reader.puller.kinds().iter().copied() {
            let bodies = reader.all(kind, window(&plan));
            let ids: BTreeSet<String> = bodies.iter().map(|body| id(slug, body)).collect();
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
