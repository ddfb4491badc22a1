//! A service beside a platform whose API it reads back, both on a faster clock.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use contract::{Event, kind};
use ingest::Config;
use ingest::store::{System, World};
use serde_json::{Value, json};
use testkit::platforms::Platform;

use crate::api::{Api, SECRET, eventually};

/// How many times as fast as the real one the platforms' clocks run here.
pub(crate) const HASTE: u32 = 100;

/// A world whose waits pass faster, and whose clock can be moved on.
pub(crate) struct Hasty(Mutex<TimeDelta>);

impl Hasty {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(TimeDelta::zero())))
    }

    pub(crate) fn pass(&self, time: TimeDelta) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }
}

impl World for Hasty {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fill(&self, bytes: &mut [u8]) {
        System.fill(bytes);
    }

    fn haste(&self) -> u32 {
        HASTE
    }
}

/// A service that reads one platform back, and one integration, called `loja`.
pub(crate) struct Shop {
    pub(crate) api: Api,
    pub(crate) world: Arc<Hasty>,
    /// The path of its webhook.
    pub(crate) path: String,
}

impl Shop {
    pub(crate) async fn of(platform: &Platform) -> Self {
        Self::with(platform, |_| {}, json!({})).await
    }

    pub(crate) async fn with(
        platform: &Platform,
        adjust: impl FnOnce(&mut Config),
        settings: Value,
    ) -> Self {
        Self::made(integration(platform, settings), adjust).await
    }

    /// Starts with an integration that knows no secret: only the key in the address vouches for what comes.
    pub(crate) async fn unsigned(platform: &Platform) -> Self {
        let mut body = integration(platform, json!({}));
        body["secrets"] = json!([]);
        Self::made(body, |_| {}).await
    }

    async fn made(body: Value, adjust: impl FnOnce(&mut Config)) -> Self {
        let world = Hasty::new();
        let api = Api::in_world(Arc::clone(&world) as _, |config| {
            config.allow_private_hosts = true;
            adjust(config);
        })
        .await;
        let made = api.post(&api.admin, "/api/v1/integrations", &body).await;
        let made = made.ok().value();
        let path = format!(
            "/api/v1/webhooks/{}/{}",
            body["provider"].as_str().unwrap(),
            made["key"].as_str().unwrap()
        );
        Self { api, world, path }
    }

    /// Asks for all the platform holds, and returns the job.
    pub(crate) async fn sync(&self) -> String {
        let since = Utc::now() - TimeDelta::days(5);
        let body = json!({"integration": "loja", "since": since});
        let asked = self
            .api
            .post(&self.api.admin, "/api/v1/integrations/sync", &body)
            .await;
        assert_eq!(asked.status, 202);
        asked.value()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn job(&self, id: &str) -> Value {
        let path = format!("/api/v1/jobs/{id}");
        self.api.get(&self.api.admin, &path).await.ok().value()
    }

    /// Waits until a job looks as wanted.
    pub(crate) async fn until(&self, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
        loop {
            let path = format!("/api/v1/jobs/{id}");
            let job: Value = unchecked(&self.api, &path).await;
            if wanted(&job) {
                return self.job(id).await;
            }
            assert!(std::time::Instant::now() < end, "never: {job}");
            tokio::time::sleep(std::time::Duration::from_millis(15)).await;
        }
    }

    pub(crate) async fn done(&self, id: &str) -> Value {
        self.until(id, |job| job["state"] == "done").await
    }

    /// Lists the jobs of a kind, newest first.
    pub(crate) async fn jobs(&self, kind: &str) -> Vec<Value> {
        let path = "/api/v1/jobs?integration=loja&limit=200";
        let listed = self.api.get(&self.api.admin, path).await.ok().value();
        let mut jobs = listed["jobs"].as_array().unwrap().clone();
        jobs.retain(|job| job["kind"] == kind);
        jobs
    }

    /// Returns all events of the feed, page by page.
    pub(crate) async fn events(&self) -> Vec<Event> {
        events(&self.api).await
    }

    /// Waits until the feed holds so many events.
    pub(crate) async fn until_events(&self, count: usize) -> Vec<Event> {
        eventually("so many events", async || {
            self.events().await.len() >= count
        })
        .await;
        let events = self.events().await;
        assert_eq!(events.len(), count, "{events:?}");
        events
    }
}

async fn events(api: &Api) -> Vec<Event> {
    let mut events = Vec::new();
    let mut after = Some(0);
    while let Some(from) = after {
        let path = format!("/api/v1/feed/entries?after={from}&limit=1000");
        let page: contract::Page = unchecked(api, &path).await;
        let told = page
            .entries
            .iter()
            .filter(|entry| entry.kind == kind::COMMERCE);
        events.extend(told.map(|entry| entry.read::<Event>().unwrap()));
        after = page.next_after;
    }
    events
}

/// Asks without holding the answer against the description, which takes long for ten thousand orders.
async fn unchecked<T: serde::de::DeserializeOwned>(api: &Api, path: &str) -> T {
    let request = api.client.get(format!("{}{path}", api.base));
    let answer = request.bearer_auth(&api.admin).send().await.unwrap();
    answer.error_for_status().unwrap().json().await.unwrap()
}

/// Describes the integration of a platform; nothing is reconciled unless `settings` say so.
pub(crate) fn integration(platform: &Platform, settings: Value) -> Value {
    let mut all = platform.settings();
    all["reconcileMinutes"] = json!(0);
    for (name, value) in settings.as_object().unwrap() {
        all[name] = value.clone();
    }
    json!({
        "slug": "loja", "provider": platform.slug(), "name": "Loja", "secrets": [SECRET],
        "credentials": platform.credentials(), "settings": all,
    })
}
