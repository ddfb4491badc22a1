//! What a test asks of the service as any client could: who joins, what they do, what the feed tells of it.

use std::sync::atomic::{AtomicU8, Ordering};

use chrono::Utc;
use contract::{CommandId, Entry};
use serde_json::{Value, json};

use super::{Service, text};

/// How many entries a page of the feed holds.
const PAGE: usize = 1_000;

impl Service {
    /// Joins somebody by a new invite and returns their token.
    ///
    /// # Panics
    /// When the service refuses.
    #[track_caller]
    pub fn join(&self, name: &str) -> String {
        let asked = json!({"invite": self.invite("agent"), "name": name, "device": "test"});
        text(&self.post("/api/v1/sessions", "", &asked), "/token")
    }

    /// Takes a conversation in the name of whoever has the token.
    ///
    /// # Panics
    /// When the service does not apply it.
    #[track_caller]
    pub fn claim(&self, token: &str, conversation: &str) {
        self.act(token, conversation, "claim", &json!({}));
    }

    /// Does something with a conversation in the name of whoever has the token.
    ///
    /// # Panics
    /// When the service does not apply it.
    #[track_caller]
    pub fn act(&self, token: &str, conversation: &str, kind: &str, body: &Value) {
        static ACTS: AtomicU8 = AtomicU8::new(0);
        let mut number = *b"test-act..";
        number[9] = ACTS.fetch_add(1, Ordering::Relaxed);
        let at = u64::try_from(Utc::now().timestamp_millis()).unwrap_or_default();
        let asked = json!({"commands": [{
            "id": CommandId::new(at, number), "conversationId": conversation, "kind": kind, "body": body,
        }]});
        let answers = self.post("/api/v1/commands", token, &asked);
        assert_eq!(text(&answers, "/results/0/result"), "applied", "{answers}");
    }

    /// Makes or changes an integration, as its admin does, and returns what the service tells of it.
    ///
    /// # Panics
    /// When the service refuses.
    #[track_caller]
    pub fn integrate(&self, asked: &Value) -> Value {
        self.post("/api/v1/integrations", &self.token, asked)
    }

    /// Saves a template for the team in the name of its first admin.
    ///
    /// # Panics
    /// When the service refuses.
    #[track_caller]
    pub fn save_template(&self, template: &Value) {
        let (key, locale) = (text(template, "/key"), text(template, "/locale"));
        let path = format!("/api/v1/templates/{key}/{locale}");
        if let Err(reason) = self.ask("PUT", &path, &self.token, Some(template)) {
            panic!("{path}: {reason}");
        }
    }

    /// Returns every entry of the feed, oldest first.
    ///
    /// # Panics
    /// When the service refuses, or there are more than one page holds.
    #[track_caller]
    pub fn entries(&self) -> Vec<Entry> {
        let path = format!("/api/v1/feed/entries?after=0&limit={PAGE}");
        let mut page = match self.ask("GET", &path, &self.token, None) {
            Ok(page) => page,
            Err(reason) => panic!("{path}: {reason}"),
        };
        let entries: Vec<Entry> =
            serde_json::from_value(page["entries"].take()).expect("a page of entries");
        assert!(entries.len() < PAGE, "a page holds all there is");
        entries
    }

    /// Returns every byte of the service's files, to see what they still hold.
    pub fn bytes(&self) -> Vec<u8> {
        crate::fixtures::bytes_below(self.folder.path())
    }

    #[track_caller]
    pub(super) fn post(&self, path: &str, token: &str, body: &Value) -> Value {
        match self.ask("POST", path, token, Some(body)) {
            Ok(answer) => answer,
            Err(reason) => panic!("{path}: {reason}"),
        }
    }

    pub(super) fn ask(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: Option<&Value>,
    ) -> Result<Value, String> {
        let url = format!("{}{path}", self.url());
        let bearer = format!("Bearer {token}");
        let answer = match (body, method) {
            (None, _) if token.is_empty() => self.agent.get(&url).call(),
            (None, _) => self.agent.get(&url).header("Authorization", bearer).call(),
            (Some(body), method) => {
                let asked = match method {
                    "PUT" => self.agent.put(&url),
                    _ => self.agent.post(&url),
                };
                let asked = match token {
                    "" => asked,
                    _ => asked.header("Authorization", bearer),
                };
                asked.send_json(body)
            }
        };
        let mut answer = answer.map_err(|error| format!("{method}: {error}"))?;
        let status = answer.status();
        let text = answer.body_mut().read_to_string().unwrap_or_default();
        if !status.is_success() {
            return Err(format!("{status} {text}"));
        }
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }
}
