//! A running service and a caller of it, who compares every answer with the description of the interface.

use std::sync::Arc;

use contract::{Entry, Page, Problem, Role, WorkspaceId};
use ingest::store::{Store, System, World};
use ingest::{Config, Serving};
use providers::Secret;
use reqwest::{Client, Method, RequestBuilder};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::described;

pub(crate) const SECRET: &str = "segredo-de-teste-1";

pub(crate) struct Api {
    world: Arc<dyn World>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) base: String,
    pub(crate) client: Client,
    pub(crate) admin: String,
    pub(crate) workspace: WorkspaceId,
    pub(crate) serving: Option<Serving>,
    pub(crate) folder: tempfile::TempDir,
    config: Config,
}

/// An answer, read whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!(
                "{error} in {} {}",
                self.status,
                String::from_utf8_lossy(&self.body)
            )
        })
    }

    pub(crate) fn value(&self) -> Value {
        self.json()
    }

    /// Asserts that this is a refusal of a status and code.
    pub(crate) fn refuses(&self, status: u16, code: &str) {
        let problem: Problem = self.json();
        assert_eq!(
            (self.status, problem.code.as_str()),
            (status, code),
            "{problem:?}"
        );
        assert_eq!(problem.status, status);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        if status == 503 || status == 429 {
            let wait: u64 = self.headers["retry-after"]
                .to_str()
                .unwrap()
                .parse()
                .unwrap();
            assert!((1..=60).contains(&wait));
        }
    }

    pub(crate) fn ok(self) -> Self {
        assert!(
            (200..300).contains(&self.status),
            "{} {}",
            self.status,
            String::from_utf8_lossy(&self.body)
        );
        self
    }
}

impl Api {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(adjust: impl FnOnce(&mut Config)) -> Self {
        Self::in_world(Arc::new(System), adjust).await
    }

    /// Starts a service with a clock of its own.
    pub(crate) async fn in_world(world: Arc<dyn World>, adjust: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config {
            database: format!("sqlite://{}/balcao.db", folder.path().display()),
            allow_private_hosts: false,
            ..Config::default()
        };
        adjust(&mut config);
        let (store, serving) = serve(&config, Arc::clone(&world)).await;
        let admin = ingest::first_admin(&*store, &*world, "Equipe", "Ada", "teste")
            .await
            .unwrap();
        Self {
            config,
            world,
            store,
            base: serving.base_url(),
            client: Client::builder().no_proxy().no_gzip().build().unwrap(),
            admin: admin.token,
            workspace: admin.session.me.workspace_id,
            serving: Some(serving),
            folder,
        }
    }

    /// Starts the service anew, over the same data.
    pub(crate) async fn start_again(&mut self) {
        let (store, serving) = serve(&self.config, Arc::clone(&self.world)).await;
        self.base = serving.base_url();
        (self.store, self.serving) = (store, Some(serving));
    }

    pub(crate) async fn member(&self, role: Role) -> String {
        let enrolled = ingest::people::enrol(
            &*self.store,
            &System,
            self.workspace,
            role.as_str(),
            role,
            "teste",
        )
        .await;
        enrolled.unwrap().1
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// Sends a request, reads the answer, and holds it against the description.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        let request = request.build().unwrap();
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let response = self.client.execute(request).await.unwrap();
        let answer = read(response).await;
        described::check(&method, &path, &answer);
        answer
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).bearer_auth(token))
            .await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.send(
            self.request(Method::POST, path)
                .bearer_auth(token)
                .json(body),
        )
        .await
    }

    /// Makes an integration, and returns the path of its webhook.
    pub(crate) async fn integration(&self, slug: &str, provider: &str) -> String {
        let body = json!({"slug": slug, "provider": provider, "name": slug, "secrets": [SECRET]});
        let made = self
            .post(&self.admin, "/api/v1/integrations", &body)
            .await
            .ok()
            .value();
        format!(
            "/api/v1/webhooks/{provider}/{}",
            made["key"].as_str().unwrap()
        )
    }

    /// Sends a body as its platform would.
    pub(crate) async fn deliver(&self, path: &str, provider: &str, body: &str) -> Answer {
        self.send(self.signed(path, provider, SECRET, body)).await
    }

    pub(crate) fn signed(
        &self,
        path: &str,
        provider: &str,
        secret: &str,
        body: &str,
    ) -> RequestBuilder {
        let mut nonce = [0; 12];
        System.fill(&mut nonce);
        let nonce = hex::encode(nonce);
        let signed = providers::sign::sign(
            provider,
            &Secret::new(secret),
            body.as_bytes(),
            System.now(),
            &nonce,
        )
        .unwrap();
        let query = if signed.query.is_empty() {
            String::new()
        } else {
            format!("?{}", signed.query)
        };
        let request = self
            .request(Method::POST, &format!("{path}{query}"))
            .header("content-type", "application/json");
        let request = signed
            .headers
            .into_iter()
            .fold(request, |request, (name, value)| {
                request.header(name, value)
            });
        request.body(body.to_owned())
    }

    pub(crate) async fn entries(&self) -> Vec<Entry> {
        let page: Page = self
            .get(&self.admin, "/api/v1/feed/entries?after=0&limit=1000")
            .await
            .ok()
            .json();
        page.entries
    }

    /// Returns every entry of the feed, however many pages it takes.
    pub(crate) async fn all_entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut after = Some(0);
        while let Some(seq) = after {
            let path = format!("/api/v1/feed/entries?after={seq}&limit=1000");
            let page: Page = self.get(&self.admin, &path).await.ok().json();
            entries.extend(page.entries);
            after = page.next_after;
        }
        entries
    }

    /// Returns the number of the feed's newest entry.
    pub(crate) async fn entries_head(&self) -> u64 {
        self.store.head(self.workspace).await.unwrap().seq
    }

    pub(crate) async fn metric(&self, line: &str) -> Option<f64> {
        let text = self
            .client
            .get(format!("{}/metrics", self.base))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let value = text.lines().find_map(|have| {
            have.strip_prefix(line)?
                .strip_prefix(' ')
                .map(str::to_owned)
        });
        value.map(|value| value.parse().unwrap())
    }

    /// Stops the service and waits until it has.
    pub(crate) async fn stop(&mut self) {
        let serving = self.serving.take().unwrap();
        serving.stop();
        serving.finished().await.unwrap();
    }
}

async fn serve(config: &Config, world: Arc<dyn World>) -> (Arc<dyn Store>, Serving) {
    let store = ingest::open_store(config, None, &world).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let serving = ingest::serve(
        listener,
        Arc::clone(&store),
        config.clone(),
        world,
        CancellationToken::new(),
    )
    .unwrap();
    (store, serving)
}

pub(crate) async fn read(response: reqwest::Response) -> Answer {
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.bytes().await.unwrap().to_vec(),
    }
}

/// An order in the unified contract's form.
pub(crate) fn order(id: &str, status: &str) -> String {
    json!({
        "externalId": id,
        "status": status,
        "event": format!("order.{status}"),
        "amount": "97.90",
        "customer": {"name": "Rita de Teste", "email": format!("{id}@example.com"), "phone": "+5547900000111"},
        "checkoutUrl": "https://loja.example.com/c/1",
        "orderUrl": null,
        "isAbandoned": false,
    })
    .to_string()
}

/// Asks again until something holds; nothing here takes longer than the time given, so there is no sleeping by guess.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let end = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
    while !holds().await {
        assert!(tokio::time::Instant::now() < end, "never: {what}");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
