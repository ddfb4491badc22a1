//! Nothing of a customer, no secret and no token reaches the log, the metrics or a refusal: planted words are searched for.

use std::io::Write;
use std::sync::{Arc, Mutex};

use contract::Role;
use reqwest::Method;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::api::Api;

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

const NAME: &str = "Plantada da Silva";
const MAIL: &str = "plantada@example.com";
const PHONE: &str = "47900000777";
const DOCUMENT: &str = "12345678909";
const SECRET: &str = "segredo-plantado-42";
const NOTE: &str = "anotacao-plantada";

#[tokio::test]
async fn planted_words_are_nowhere() {
    let captured = Captured::default();
    let subscriber =
        ingest::logging::subscriber("debug,ingest=trace", true, captured.clone()).unwrap();
    // For the whole process: the store's threads log as well. Other tests of this binary only add lines.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let mut refusals = Vec::new();

    let mut api = Api::start().await;
    let body = json!({"slug": "loja", "provider": "unified", "name": "Loja", "secrets": [SECRET]});
    let made = api
        .post(&api.admin, "/api/v1/integrations", &body)
        .await
        .ok()
        .value();
    let key = made["key"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/webhooks/unified/{key}");
    let order = |status: &str| {
        json!({"externalId": "P-1", "status": status, "amount": "1.00",
            "customer": {"name": NAME, "email": MAIL, "phone": PHONE, "document": DOCUMENT}})
        .to_string()
    };
    api.send(api.signed(&path, "unified", SECRET, &order("pending")))
        .await
        .ok();
    for bad in [
        api.signed(&path, "unified", "another", &order("pending")),
        api.signed(&path, "unified", SECRET, &order("pending")[1..]),
        api.signed(
            &path,
            "unified",
            SECRET,
            &format!("{{\"externalId\":{{\"a\":\"{NAME}\"}},\"status\":\"{MAIL}\"}}"),
        ),
        api.signed(&path, "unified", SECRET, &order(MAIL)),
        api.signed(
            &format!("{path}{SECRET}"),
            "unified",
            SECRET,
            &order("pending"),
        ),
        api.request(Method::POST, "/api/v1/sessions")
            .json(&json!({"invite": SECRET, "name": NAME})),
        api.request(Method::POST, "/api/v1/sessions")
            .json(&json!({"invite": [SECRET], "name": {"x": NAME}})),
        api.request(Method::GET, &format!("/api/v1/feed?after={NAME}"))
            .bearer_auth(SECRET),
        api.request(Method::GET, &format!("/{MAIL}")),
    ] {
        refusals.extend(api.send(bad).await.body);
    }
    let agent = api.member(Role::Agent).await;
    let conversation = api
        .entries()
        .await
        .iter()
        .find_map(|entry| entry.conversation_id)
        .unwrap();
    let note = json!({"commands": [{"id": "cmd_01arz3ndektsv4rrffq69g5fav", "conversationId": conversation, "kind": "note", "body": {"text": NOTE}}]});
    api.post(&agent, "/api/v1/commands", &note).await.ok();
    let metrics = api
        .client
        .get(format!("{}/metrics", api.base))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    api.stop().await;

    let log = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains("listening on") && log.contains("refused a webhook"),
        "the log is being read:\n{log}"
    );
    let refusals = String::from_utf8(refusals).unwrap();
    for planted in [
        NAME, "Plantada", MAIL, PHONE, DOCUMENT, SECRET, NOTE, &key, &agent, &api.admin,
    ] {
        for (place, text) in [
            ("log", &log),
            ("metrics", &metrics),
            ("refusals", &refusals),
        ] {
            assert!(!text.contains(planted), "{planted} is in the {place}");
        }
    }
}
