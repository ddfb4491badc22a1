//! Every answer of a platform's API in `fixtures/pull`, read by the platform's puller; a new case is a new file. Then what all
//! pullers have in common.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Utc};
use providers::Settings;
use providers::pull::{
    self, Account, Credentials, Kind, Pulled, Puller, Request, Response, Trouble, Window,
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    step: Step,
    #[serde(default)]
    settings: Option<Value>,
    request: Option<RequestExpected>,
    response: Answered,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Step {
    Page {
        kind: String,
        cursor: Value,
    },
    Order(String),
    SignIn(DateTime<Utc>),
    #[serde(rename_all = "camelCase")]
    More {
        kind: String,
        body_text: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestExpected {
    method: String,
    url: String,
    headers: BTreeMap<String, String>,
    body: Option<Value>,
    form: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Answered {
    status: u16,
    headers: BTreeMap<String, String>,
    body_text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    trouble: Option<String>,
    ids: Option<Vec<String>>,
    next: Option<Value>,
    total: Option<u64>,
    token: Option<Value>,
    transactions: Option<Value>,
}

/// What came of a step, in the words of a fixture.
#[derive(Debug, Default, PartialEq)]
struct Came {
    trouble: Option<String>,
    ids: Option<Vec<String>>,
    next: Option<Value>,
    total: Option<u64>,
    token: Option<Value>,
    transactions: Option<Value>,
}

/// An account where all is entered; every credential bears its own name.
struct Everything {
    credentials: BTreeMap<String, String>,
    settings: Settings,
}

impl Everything {
    fn of(puller: &dyn Puller, more: Option<&Value>) -> Self {
        let names = puller.credentials().iter().map(|field| field.name);
        let mut settings = json!({
            "shopDomain": "loja-exemplo.myshopify.com", "storeAlias": "loja-exemplo",
            "shopSlug": "loja-exemplo", "storeId": 4_321_987,
        });
        if let (Some(known), Some(Value::Object(more))) = (settings.as_object_mut(), more) {
            known.extend(more.clone());
        }
        Self {
            credentials: names
                .map(|name| (name.to_owned(), format!("a-{name}")))
                .collect(),
            settings: Settings::new(settings),
        }
    }

    fn account(&self) -> Account<'_> {
        Account {
            credentials: &self.credentials,
            settings: &self.settings,
            token: Some("a-token"),
        }
    }
}

impl Case {
    fn came(&self, puller: &dyn Puller, account: &Account<'_>) -> (Option<Request>, Came) {
        let headers: Vec<(String, String)> = self.response.headers.clone().into_iter().collect();
        let response = Response {
            status: self.response.status,
            headers: &headers,
            body: self.response.body_text.as_bytes(),
        };
        match self.step.run(puller, account, &response) {
            Ok((request, came)) => (request, came),
            Err(trouble) => {
                let came = Came {
                    trouble: Some(format!("{trouble:?}")),
                    ..Came::default()
                };
                (None, came)
            }
        }
    }
}

impl Step {
    fn run(
        &self,
        puller: &dyn Puller,
        account: &Account<'_>,
        response: &Response<'_>,
    ) -> Result<(Option<Request>, Came), Trouble> {
        let mut came = Came::default();
        let request = match self {
            Self::Page { kind, cursor } => {
                let kind = Kind::parse(kind).expect("a kind");
                let cursor = cursor.to_string();
                let request = puller.page(account, kind, &cursor)?;
                let page = puller.read_page(kind, &cursor, response)?;
                assert!(page.pulled.iter().all(|pulled| pulled.kind == kind));
                came.ids = Some(page.pulled.iter().map(id).collect());
                came.next = page
                    .next
                    .map(|next| serde_json::from_str(&next).expect("a cursor is JSON"));
                came.total = page.total;
                Some(request)
            }
            Self::Order(id_) => {
                let request = puller.order(account, id_)?;
                came.ids = Some(vec![id(&puller.read_order(response)?)]);
                Some(request)
            }
            Self::SignIn(now) => {
                let request = puller.sign_in(account)?;
                let token = puller.signed_in(response, *now)?;
                came.token = Some(json!({"value": token.value, "expiresAt": token.expires_at}));
                request
            }
            Self::More { kind, body_text } => {
                let pulled = Pulled {
                    kind: Kind::parse(kind).expect("a kind"),
                    body: body_text.clone().into_bytes(),
                };
                let request = puller.more(account, &pulled)?;
                let whole = puller.with_more(pulled, response)?;
                let body: Value = serde_json::from_slice(&whole.body).expect("still JSON");
                came.transactions = body.get("transactions").cloned();
                came.ids = Some(vec![id(&whole)]);
                request
            }
        };
        Ok((request, came))
    }
}

fn id(pulled: &Pulled) -> String {
    let body: Value = serde_json::from_slice(&pulled.body).expect("JSON");
    let id = body.get("id").or(body.pointer("/purchase/transaction"));
    let id = id.expect("an id");
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

fn cases() -> Vec<(&'static dyn Puller, String, Case)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pull");
    let mut cases = Vec::new();
    for puller in pull::all().iter().copied() {
        let folder = std::fs::read_dir(root.join(puller.slug())).expect("a folder a platform");
        for file in folder {
            let path = file.expect("the folder can be listed").path();
            let text = std::fs::read_to_string(&path).expect("a fixture can be read");
            let case = serde_json::from_str(&text);
            let case = case.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            cases.push((puller, path.display().to_string(), case));
        }
    }
    assert!(cases.len() >= 60, "only {} fixtures found", cases.len());
    cases
}

#[test]
fn every_answer_is_read_as_its_fixture_says() {
    for (puller, name, case) in cases() {
        let all = Everything::of(puller, case.settings.as_ref());
        let (request, came) = case.came(puller, &all.account());
        let expect = &case.expect;
        let expected = Came {
            trouble: expect.trouble.clone(),
            ids: expect.ids.clone(),
            next: expect.next.clone(),
            total: expect.total,
            token: expect.token.clone(),
            transactions: expect.transactions.clone(),
        };
        assert_eq!(came, expected, "{name}");
        if let Some(expected) = &case.request {
            let request = request.unwrap_or_else(|| panic!("{name}: nothing is asked"));
            expected.check(&request, &name);
        }
    }
}

impl RequestExpected {
    fn check(&self, request: &Request, name: &str) {
        assert_eq!(format!("{:?}", request.method), self.method, "{name}");
        assert_eq!(request.url, self.url, "{name}");
        let headers = request.headers.iter();
        let headers: BTreeMap<String, String> = headers
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        assert_eq!(headers, self.headers, "{name}");
        let body = request.body.as_deref();
        match (&self.body, &self.form) {
            (Some(expected), _) => {
                let body: Value = serde_json::from_slice(body.expect("a body")).expect("JSON");
                assert_eq!(&body, expected, "{name}");
            }
            (None, Some(form)) => assert_eq!(body, Some(form.as_bytes()), "{name}"),
            (None, None) => assert_eq!(body, None, "{name}"),
        }
    }
}

#[test]
fn every_status_is_a_trouble_of_its_own() {
    let headers: Vec<(String, String)> = Vec::new();
    for puller in pull::all() {
        for (status, expected) in [
            (401, "Unauthorised"),
            (402, "Forbidden"),
            (403, "Forbidden"),
            (404, "NotFound"),
            (408, "Failed(408)"),
            (429, "TooFast"),
            (500, "Failed(500)"),
            (503, "Failed(503)"),
            (301, "Refused(301)"),
            (422, "Refused(422)"),
        ] {
            let response = Response {
                status,
                headers: &headers,
                body: br#"{"message":"joana.prado@example.com"}"#,
            };
            let trouble = puller.read_order(&response).expect_err("no order");
            let shown = format!("{trouble:?}");
            assert!(shown.starts_with(expected), "{}: {shown}", puller.slug());
            let told = format!("{shown} {trouble}");
            assert!(!told.contains("joana"), "{}: {told}", puller.slug());
        }
    }
}

#[test]
fn broken_answers_are_unreadable_and_not_shown() {
    let headers: Vec<(String, String)> = Vec::new();
    for (puller, name, case) in cases() {
        let Step::Page { kind, cursor } = &case.step else {
            continue;
        };
        let kind = Kind::parse(kind).expect("a kind");
        let body = case.response.body_text.as_bytes();
        for end in (0..body.len()).step_by(97) {
            let response = Response {
                status: 200,
                headers: &headers,
                body: body.get(..end).expect("within the body"),
            };
            let read = puller.read_page(kind, &cursor.to_string(), &response);
            let trouble = read.expect_err("half a page is none");
            assert!(
                matches!(&trouble, Trouble::Unreadable(place) if place.starts_with("line ") || place == "no list"),
                "{name}: {trouble}"
            );
        }
    }
}

#[test]
fn a_cursor_that_is_not_one_is_refused() {
    let headers: Vec<(String, String)> = Vec::new();
    let response = Response {
        status: 200,
        headers: &headers,
        body: br#"{"orders":[],"data":[],"items":[]}"#,
    };
    for puller in pull::all() {
        let all = Everything::of(*puller, None);
        for kind in puller.kinds().iter().copied() {
            for cursor in [
                "",
                "2",
                "{}",
                "[]",
                r#"{"page":"x"}"#,
                "https://example.com",
            ] {
                let expected = Trouble::Unreadable("cursor".to_owned());
                let asked = puller.page(&all.account(), kind, cursor);
                assert_eq!(asked, Err(expected.clone()), "{} {cursor}", puller.slug());
                let read = puller.read_page(kind, cursor, &response);
                assert_eq!(read, Err(expected), "{} {cursor}", puller.slug());
            }
        }
    }
}

fn window() -> Window {
    let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
    Window {
        since: at("2026-08-03T03:00:00Z"),
        until: at("2026-08-04T03:00:00Z"),
    }
}

/// Makes every request a puller can make.
fn requests(puller: &dyn Puller, account: &Account<'_>) -> Result<Vec<Request>, Trouble> {
    let mut requests = vec![puller.order(account, "4711")?, puller.probe(account)?];
    requests.extend(puller.sign_in(account)?);
    for kind in puller.kinds().iter().copied() {
        let first = puller.first(account, kind, window())?;
        requests.push(puller.page(account, kind, &first)?);
    }
    Ok(requests)
}

#[test]
fn what_is_not_entered_is_named() {
    for puller in pull::all() {
        let all = Everything::of(*puller, None);
        requests(*puller, &all.account()).expect("all is entered");
        for field in puller.credentials().iter().filter(|field| field.required) {
            assert!(field.secret, "{}", field.name);
            for value in [None, Some("  ".to_owned()), Some("a\nb".to_owned())] {
                let mut credentials = all.credentials.clone();
                match value {
                    Some(value) => credentials.insert(field.name.to_owned(), value),
                    None => credentials.remove(field.name),
                };
                let account = Account {
                    credentials: &credentials,
                    ..all.account()
                };
                let expected = Err(Trouble::NotSetUp(field.name));
                assert_eq!(requests(*puller, &account), expected, "{}", puller.slug());
            }
        }
        for field in puller.settings().iter().filter(|field| field.required) {
            for value in ["", "..", "a?b", "loja.example.com/x#", "a b"] {
                let all = Everything::of(*puller, Some(&json!({field.name: value})));
                let expected = Err(Trouble::NotSetUp(field.name));
                let came = requests(*puller, &all.account());
                assert_eq!(came, expected, "{} {value:?}", puller.slug());
            }
        }
    }
}

#[test]
fn tokens_go_to_the_platforms_own_hosts_and_into_no_log() {
    for puller in pull::all() {
        let all = Everything::of(*puller, None);
        for request in requests(*puller, &all.account()).expect("all is entered") {
            let url = url::Url::parse(&request.url).expect("an address");
            let host = url.host_str().expect("a host");
            let is_known = puller.hosts().iter().any(|known| {
                known
                    .strip_prefix('*')
                    .map_or(*known == host, |below| host.ends_with(below))
            });
            assert!(is_known && url.scheme() == "https", "{}", request.url);
            let shown = format!("{request:?}");
            let secrets = all.credentials.values().map(String::as_str);
            for secret in secrets.chain(["a-token"]) {
                assert!(!shown.contains(secret), "{shown}");
            }
            assert!(!shown.contains('?'), "{shown}");
        }
    }
}

#[test]
fn ids_do_not_lead_elsewhere() {
    for puller in pull::all() {
        let all = Everything::of(*puller, None);
        for id in [
            "",
            "..",
            "../webhooks",
            "1/2",
            "1?x",
            "1%2f2",
            "1#",
            " 1",
            "1\n",
        ] {
            let asked = puller.order(&all.account(), id);
            let expected = Err(Trouble::Unreadable("id".to_owned()));
            assert_eq!(asked, expected, "{} {id:?}", puller.slug());
        }
    }
}

#[test]
fn the_base_may_lie_elsewhere() {
    let usual = "/v2/loja-exemplo/orders?limit=1&page=1";
    for (base, expected) in [
        ("http://127.0.0.1:9", format!("http://127.0.0.1:9{usual}")),
        ("http://127.0.0.1:9/", format!("http://127.0.0.1:9{usual}")),
        (
            "http://127.0.0.1:9/v2",
            format!("http://127.0.0.1:9{usual}"),
        ),
        (
            "https://proxy.example.com/v2/loja-exemplo/",
            format!("https://proxy.example.com{usual}"),
        ),
        (
            "https://proxy.example.com/yampi?x=1",
            "https://proxy.example.com/yampi/orders?limit=1&page=1".to_owned(),
        ),
    ] {
        let yampi = pull::puller("yampi").expect("yampi is read");
        let all = Everything::of(yampi, Some(&json!({"apiBaseUrl": base})));
        let probe = yampi.probe(&all.account()).expect("all is entered");
        assert_eq!(probe.url, expected, "{base}");
    }
    for wrong in ["", "ftp://example.com", "example.com", "file:///etc/passwd"] {
        for puller in pull::all() {
            let all = Everything::of(*puller, Some(&json!({"apiBaseUrl": wrong})));
            let expected = Err(Trouble::NotSetUp("apiBaseUrl"));
            assert_eq!(requests(*puller, &all.account()), expected, "{wrong}");
        }
    }
}

#[test]
fn blank_credentials_count_as_none() {
    let credentials: BTreeMap<String, String> = [("a", "x"), ("b", " ")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    assert_eq!(Credentials::get(&credentials, "a"), Some("x"));
    assert_eq!(Credentials::get(&credentials, "b"), None);
    assert_eq!(Credentials::get(&credentials, "c"), None);
}
