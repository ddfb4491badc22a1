//! What has to hold of any bytes that strangers send: they are read, refused by name or left unmapped, and end nothing.
//!
//! A request is written as text, so that fixtures make seeds: the settings as JSON and a zero byte where there are any, the
//! query, a line for each header, an empty line, the body.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contract::{EventId, IntegrationId, Position};
use providers::pull::{Account, Kind, Pulled, Response, Trouble};
use providers::{Context, Draft, Inbound, Provider, Reading, Secret, Settings, Unreadable};
use serde_json::Value;

/// Nobody guesses it, so nothing that is sent can be proven by it.
const UNKNOWN: &str = "9f0c1d7e5ab84c33a1f62d90e47b8c15";
const NOW: i64 = 1_787_313_600;
/// What a body may hold at most; longer ones never get so far.
const LONGEST: usize = 2 << 20;

struct Request {
    settings: Settings,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn of(data: &[u8]) -> Self {
        let (settings, rest) = match data.iter().position(|byte| *byte == 0) {
            Some(end) => (json(&data[..end]), &data[end + 1..]),
            None => (Value::Null, data),
        };
        let end = rest.windows(2).position(|pair| pair == b"\n\n");
        let (head, body) = match end {
            Some(end) => (&rest[..end], &rest[end + 2..]),
            None => (&[][..], rest),
        };
        let head = String::from_utf8_lossy(head);
        let mut lines = head.split('\n');
        let query = lines.next().unwrap_or_default().to_owned();
        let headers = lines.filter_map(|line| line.split_once(": "));
        Self {
            settings: Settings::new(settings),
            query,
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            body: body.to_vec(),
        }
    }

    fn inbound(&self) -> Inbound<'_> {
        Inbound {
            query: &self.query,
            headers: &self.headers,
            body: &self.body,
        }
    }

    fn context(&self) -> Context<'_> {
        Context {
            now: now(),
            integration: IntegrationId::from_u128(7),
            settings: &self.settings,
        }
    }
}

/// Reads one platform's webhook, and the same body as if its API had shown it.
pub fn webhook(slug: &str, data: &[u8]) {
    let request = Request::of(data);
    let provider = providers::provider(slug).expect("the target is named after a platform");
    let inbound = request.inbound();
    assert!(provider.strip(&inbound).len() <= request.body.len());
    drop(provider.delivery_key_with(&inbound, &request.settings));
    verify(provider, &request);
    hold(providers::normalise(provider, &inbound, &request.context()));
    for kind in Kind::ALL {
        let body = request.body.clone();
        hold(provider.read_pulled(&Pulled { kind, body }, &request.context()));
    }
}

/// Checks the proofs of all platforms.
pub fn proofs(data: &[u8]) {
    let request = Request::of(data);
    for provider in providers::all() {
        verify(*provider, &request);
        drop(provider.delivery_key(&request.inbound()));
    }
}

fn verify(provider: &dyn Provider, request: &Request) {
    let secrets = [Secret::new(UNKNOWN), Secret::new(UNKNOWN.repeat(2))];
    let (inbound, context) = (request.inbound(), request.context());
    let none = provider.verify(&inbound, &[], &context);
    assert!(none.is_err() || none.is_ok_and(|proof| !proof.signed));
    if let Ok(proof) = provider.verify(&inbound, &secrets, &context) {
        // A custom source may have been told to take the address for enough.
        assert!(!proof.signed, "{} was proven by nothing", provider.slug());
    }
}

/// Judges the settings of every platform, and compiles the blueprints and expressions among them.
pub fn settings(data: &[u8]) {
    let request = Request::of(data);
    for provider in providers::all() {
        for problem in provider.problems(&request.settings, now()) {
            assert!(!problem.code.is_empty() && !problem.path.is_empty());
        }
        drop(provider.kept_headers(&request.settings));
        drop(provider.kept_parameters(&request.settings));
        let _ = provider.abandons_after(&request.settings);
        drop(provider.sample_with(&request.settings, "1001", now()));
    }
    let custom = providers::provider("custom").expect("it is known");
    hold(custom.normalise(&request.inbound(), &request.context()));
}

/// Reads cursors that were stored and answers that APIs gave: the first line is the cursor, the second the status, then come the
/// headers, an empty line and the body.
pub fn pages(data: &[u8]) {
    let request = Request::of(data);
    let (cursor, status) = (request.query.as_str(), request.headers.first());
    let status = status.and_then(|(_, value)| value.parse().ok());
    let response = Response {
        status: status.unwrap_or(200),
        headers: &request.headers,
        body: &request.body,
    };
    let names = ["accessToken", "clientId", "clientSecret", "accountId"];
    let names = names.into_iter().chain(["userToken", "secretKey", "basic"]);
    let credentials: BTreeMap<String, String> = names
        .map(|name| (name.to_owned(), "credential".to_owned()))
        .collect();
    let account = Account {
        credentials: &credentials,
        settings: &request.settings,
        token: Some("token"),
    };
    for puller in providers::pull::all() {
        for kind in Kind::ALL {
            sound(puller.page(&account, kind, cursor));
            if let Ok(page) = puller.read_page(kind, cursor, &response) {
                for pulled in &page.pulled {
                    sound(puller.more(&account, pulled));
                }
                if let Some(next) = page.next {
                    sound(puller.page(&account, kind, &next));
                }
            }
        }
        sound(puller.order(&account, cursor));
        sound(puller.signed_in(&response, now()));
        sound(puller.probed(&response));
        if let Ok(pulled) = puller.read_order(&response) {
            sound(puller.with_more(pulled, &response));
        }
    }
}

/// Reads what a follower of the feed shows.
pub fn positions(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(position) = text.parse::<Position>() {
        let digits = text.rsplit('.').next().unwrap_or_default();
        assert!(digits.bytes().all(|byte| byte.is_ascii_digit()));
        assert!(position.epoch.is_none_or(|epoch| epoch.0.len() <= 32));
    }
    if let Ok(chain) = text.parse::<contract::Chain>() {
        assert_eq!(chain.to_string().parse().ok(), Some(chain));
    }
    drop(serde_json::from_str::<contract::Page>(text));
    drop(serde_json::from_str::<contract::Command>(text));
}

/// Reads what people and platforms write: amounts, codes, boletos, phones, documents.
pub fn written(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let currency = contract::Currency::BRL;
    drop(contract::Money::parse_decimal(text, currency));
    drop(contract::Money::parse_dotted(text, currency));
    drop(contract::Currency::parse(text));
    drop(contract::pix::BrCode::parse(text));
    drop(contract::boleto::BoletoLine::parse(
        text,
        now().date_naive(),
    ));
    drop(contract::document::Document::parse(text));
    let phone = contract::phone::Phone::parse(text, Some("11"));
    drop(format!("{phone:?}"));
}

fn sound<T>(answer: Result<T, Trouble>) {
    if let Err(trouble) = answer {
        assert!(trouble.to_string().len() < 200, "a trouble repeats a body");
    }
}

fn hold(reading: Result<Reading, Unreadable>) {
    match reading {
        Ok(Reading::Events(drafts)) => {
            assert!(!drafts.is_empty(), "an event at least");
            drafts.into_iter().for_each(hold_draft);
        }
        Ok(Reading::Notice { order, drafts, .. }) => {
            assert!(!order.is_empty() && order.len() <= 200);
            drafts.into_iter().for_each(hold_draft);
        }
        Ok(Reading::Ignored { why, .. } | Reading::Unmapped { why, .. }) => {
            assert!(!why.is_empty());
        }
        Err(error) => {
            assert!(!error.code.is_empty() && !error.path.is_empty());
        }
    }
}

/// Every event that is read can be stored, sent and read again as it was.
fn hold_draft(draft: Draft) {
    assert!(!draft.external_id.is_empty() && draft.external_id.len() <= 200);
    assert!(!draft.business_key.is_empty() && !draft.order_key.is_empty());
    let event = draft.into_event(EventId::from_u128(1));
    let text = serde_json::to_string(&event).expect("an event is JSON");
    assert!(text.len() <= 8 * LONGEST);
    let again: contract::Event = serde_json::from_str(&text).expect("what is written is read");
    assert_eq!(serde_json::to_string(&again).ok(), Some(text));
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_default()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).unwrap_or_default()
}
