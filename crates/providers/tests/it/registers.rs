//! Registering webhooks, against the answers the platforms document: `fixtures/register` holds one exchange each.

use std::collections::BTreeMap;
use std::path::Path;

use providers::Settings;
use providers::pull::{Account, Method, Request, Response, Trouble, puller};
use providers::register::{self, Holding, Registered, Registrar, Step, Wanted};
use serde::Deserialize;
use serde_json::{Value, json};

/// A documented exchange: what is asked for, and what comes back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exchange {
    request: Value,
    response: Value,
}

/// How a platform wraps what it answers.
struct Form {
    slug: &'static str,
    /// Lists webhooks.
    list: fn(Vec<Value>) -> Value,
    /// Takes one out of the answer that made it.
    made: fn(&Value) -> Value,
}

const FORMS: [Form; 3] = [
    Form {
        slug: "shopify",
        list: |hooks| json!({"webhooks": hooks}),
        made: |answer| answer["webhook"].clone(),
    },
    Form {
        slug: "nuvemshop",
        list: |hooks| json!(hooks),
        made: Value::clone,
    },
    Form {
        slug: "yampi",
        list: |hooks| json!({"data": hooks}),
        made: |answer| answer["data"].clone(),
    },
];

/// One platform with all it asks for.
struct Desk {
    registrar: &'static dyn Registrar,
    credentials: BTreeMap<String, String>,
    settings: Settings,
}

impl Desk {
    fn of(slug: &str) -> Self {
        let puller = puller(slug).expect("its API is read");
        let names = puller.credentials().iter().map(|field| field.name);
        Self {
            registrar: register::registrar(slug).expect("webhooks are registered there"),
            credentials: names
                .map(|name| (name.to_owned(), format!("a-{name}")))
                .collect(),
            settings: Settings::new(json!({
                "shopDomain": "loja-exemplo.myshopify.com", "storeAlias": "loja-exemplo",
                "storeId": 4_321_987,
            })),
        }
    }

    fn account(&self) -> Account<'_> {
        Account {
            credentials: &self.credentials,
            settings: &self.settings,
            token: Some("a-token"),
        }
    }

    fn begin(&self, wanted: &Wanted<'_>) -> (Request, String) {
        let begun = self.registrar.begin(&self.account(), wanted);
        asked(begun.expect("all is entered"))
    }

    fn next(
        &self,
        wanted: &Wanted<'_>,
        state: &str,
        (status, body): (u16, &Value),
    ) -> Result<Step, Trouble> {
        let headers: Vec<(String, String)> = Vec::new();
        let body = body.to_string();
        let response = Response {
            status,
            headers: &headers,
            body: body.as_bytes(),
        };
        self.registrar
            .next(&self.account(), wanted, state, &response)
    }

    fn holds(&self, wanted: &Wanted<'_>, state: &str, body: &Value) -> Holding {
        let headers: Vec<(String, String)> = Vec::new();
        let body = body.to_string();
        let response = Response {
            status: 200,
            headers: &headers,
            body: body.as_bytes(),
        };
        let read = self
            .registrar
            .holds(&self.account(), wanted, state, &response);
        read.expect("it can be read")
    }
}

fn asked(step: Step) -> (Request, String) {
    match step {
        Step::Ask { request, state } => (request, state),
        Step::Done(registered) => panic!("{registered:?} already"),
    }
}

fn done(step: Step) -> Registered {
    match step {
        Step::Done(registered) => registered,
        Step::Ask { request, .. } => panic!("{request:?} is still asked"),
    }
}

fn wanted(url: &str) -> Wanted<'_> {
    Wanted {
        url,
        name: "Inbox",
        secret: Some("sample-secret-0001"),
        is_stored: true,
    }
}

fn exchange(slug: &str) -> Exchange {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/register")
        .join(format!("{slug}.json"));
    let text = std::fs::read_to_string(path).expect("a fixture a platform");
    serde_json::from_str(&text).expect("a request and its answer")
}

fn url(exchange: &Exchange) -> String {
    let told = ["/url", "/webhook/address"];
    let found = told
        .iter()
        .find_map(|place| exchange.request.pointer(place));
    found
        .and_then(Value::as_str)
        .expect("an address")
        .to_owned()
}

fn body(request: &Request) -> Value {
    serde_json::from_slice(request.body.as_deref().expect("a body")).expect("JSON")
}

#[test]
fn what_is_documented_is_what_is_asked() {
    for form in FORMS {
        let exchange = exchange(form.slug);
        let url = url(&exchange);
        let (desk, wanted) = (Desk::of(form.slug), wanted(&url));
        let (list, state) = desk.begin(&wanted);
        assert_eq!(list.method, Method::Get, "{}", form.slug);
        let mut step = desk.next(&wanted, &state, (200, &(form.list)(Vec::new())));
        // The documented request is among those that are made, one an event where they are made one by one.
        let mut met = false;
        for _ in 0..40 {
            let (request, state) = match step.expect("it goes on") {
                Step::Done(_) => break,
                step => asked(step),
            };
            assert_eq!(request.method, Method::Post, "{}", form.slug);
            let is_it = body(&request) == exchange.request;
            met |= is_it;
            step = desk.next(&wanted, &state, (201, &exchange.response));
        }
        assert!(met, "{}: never asked as documented", form.slug);
    }
}

#[test]
fn what_is_documented_as_made_counts_as_there() {
    for form in FORMS {
        let exchange = exchange(form.slug);
        let url = url(&exchange);
        let (desk, wanted) = (Desk::of(form.slug), wanted(&url));
        let made = (form.made)(&exchange.response);
        let (_, state) = desk.begin(&wanted);
        let list = (form.list)(vec![made.clone()]);
        let step = desk
            .next(&wanted, &state, (200, &list))
            .expect("it is read");
        if form.slug == "yampi" {
            // It holds all events, and brings its secret.
            assert!(done(step).secret.is_some());
            let held = desk.holds(&wanted, &state, &list);
            assert!(matches!(held, Holding::Told(true)), "{held:?}");
            continue;
        }
        // Only the others are made.
        let event = made.get("topic").or(made.get("event")).expect("an event");
        let mut step = step;
        for _ in 0..40 {
            let Step::Ask { request, state } = step else {
                break;
            };
            let asked = body(&request);
            let told = asked.pointer("/webhook/topic").or(asked.get("event"));
            assert_ne!(told, Some(event), "{} is made twice", form.slug);
            step = desk
                .next(&wanted, &state, (201, &exchange.response))
                .expect("it goes on");
        }
        assert!(
            done(step)
                .events
                .iter()
                .any(|known| *event == known.as_str())
        );
        // One event is not all of them.
        let held = desk.holds(&wanted, &state, &list);
        assert!(matches!(held, Holding::Told(false)), "{held:?}");
    }
}

#[test]
fn a_secret_that_is_neither_shown_nor_stored_is_made_anew() {
    let exchange = exchange("yampi");
    let url = url(&exchange);
    let desk = Desk::of("yampi");
    let mut hidden = exchange.response["data"].clone();
    hidden
        .as_object_mut()
        .expect("an object")
        .remove("secret_key");
    let list = json!({"data": [hidden.clone()]});
    let alone = json!({"data": hidden});
    for is_stored in [true, false] {
        let wanted = Wanted {
            is_stored,
            ..wanted(&url)
        };
        let (_, state) = desk.begin(&wanted);
        let step = desk.next(&wanted, &state, (200, &list)).expect("read");
        let (request, state) = asked(step);
        assert_eq!(
            format!("{request:?}"),
            "Get https://api.dooki.com.br/v2/loja-exemplo/webhooks/12345"
        );
        let step = desk.next(&wanted, &state, (200, &alone)).expect("read");
        if is_stored {
            assert!(done(step).secret.is_none());
            continue;
        }
        let (request, state) = asked(step);
        assert_eq!(request.method, Method::Delete);
        let step = desk
            .next(&wanted, &state, (204, &Value::Null))
            .expect("gone");
        let (request, state) = asked(step);
        assert_eq!(body(&request), exchange.request);
        let step = desk
            .next(&wanted, &state, (201, &exchange.response))
            .expect("made");
        assert!(done(step).secret.is_some());
    }
}

#[test]
fn a_full_page_is_not_the_whole_list() {
    for (slug, list) in [
        (
            "kiwify",
            (|hooks| json!({"data": hooks})) as fn(Vec<Value>) -> Value,
        ),
        ("yampi", |hooks| json!({"data": hooks})),
    ] {
        let desk = Desk::of(slug);
        let wanted = wanted("https://ganchos.example.com/x");
        let (_, state) = desk.begin(&wanted);
        let other =
            json!({"id": "1", "url": "https://outro.example.com", "events": [], "triggers": []});
        let held = desk.holds(&wanted, &state, &list(vec![other.clone(); 100]));
        let Holding::Ask { request, state } = held else {
            panic!("{slug}: {held:?}");
        };
        assert!(
            request.url.contains('2'),
            "{slug}: the second page is asked for"
        );
        let held = desk.holds(&wanted, &state, &list(vec![other; 99]));
        assert!(matches!(held, Holding::Told(false)), "{slug}: {held:?}");
    }
}
