//! The key that seals stored secrets is changed while deliveries come in and sources are set up.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ingest::Config;
use ingest::store::{System, World};
use serde_json::json;

use crate::api::{Api, order};

const SENDERS: usize = 4;
const ROTATIONS: usize = 6;

/// Sends one order after another until told to stop; returns the ids of those that were acknowledged.
async fn sends(api: &Api, path: &str, sender: usize, stop: &AtomicBool) -> Vec<String> {
    let mut acknowledged = Vec::new();
    while !stop.load(Ordering::SeqCst) {
        let id = format!("K-{sender}-{}", acknowledged.len());
        let sold = api.deliver(path, "unified", &order(&id, "pending")).await;
        assert_eq!(sold.ok().value()["result"], "accepted", "{id}");
        acknowledged.push(id);
    }
    acknowledged
}

/// Makes sources and gives them new secrets until told to stop; returns the paths of their webhooks with the newest secret.
async fn sets_up(api: &Api, stop: &AtomicBool) -> Vec<(String, String)> {
    let mut sources = Vec::new();
    while !stop.load(Ordering::SeqCst) {
        let slug = format!("fonte-{}", sources.len());
        let path = api.integration(&slug, "unified").await;
        let secret = format!("segredo-novo-{}", sources.len());
        let rotate = format!("/api/v1/integrations/{slug}/rotate-secret");
        let rotated = json!({"secret": secret, "overlapHours": 0});
        // Beside the rotation it may be told to come back; nothing was changed then.
        let mut answer = api.post(&api.admin, &rotate, &rotated).await;
        while answer.status == 503 {
            answer = api.post(&api.admin, &rotate, &rotated).await;
        }
        answer.ok();
        sources.push((path, secret));
    }
    sources
}

/// Each source is proven by the secret it was given last.
async fn all_prove(api: &Api, sources: &[(String, String)], round: &str) {
    for (place, (path, secret)) in sources.iter().enumerate() {
        let body = order(&format!("{round}-{place}"), "pending");
        let sent = api.send(api.signed(path, "unified", secret, &body)).await;
        assert_eq!(sent.ok().value()["result"], "accepted", "{place}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_sealing_key_under_load_loses_nothing() {
    let mut api = Api::with(|config| {
        // A slow machine is no fault of the rotation.
        config.commit_timeout = Duration::from_secs(10);
    })
    .await;
    let path = api.integration("loja", "unified").await;
    let database = api.folder.path().join("balcao.db");
    let key = database.with_file_name("balcao.db.key");
    let config = Config {
        database: format!("sqlite://{}", database.display()),
        ..Config::default()
    };
    let (first_key, stop) = (
        std::fs::read_to_string(&key).unwrap(),
        AtomicBool::new(false),
    );
    let rotating = async {
        for round in 0..ROTATIONS {
            // Each time something was acknowledged in between, so that none of them finds the service at rest.
            let before = api.entries_head().await;
            while api.entries_head().await < before + SENDERS as u64 {
                tokio::task::yield_now().await;
            }
            let config = config.clone();
            let world: Arc<dyn World> = Arc::new(System);
            let rotation = move || ingest::rotate_key(&config, None, None, &world);
            let sealed = tokio::task::spawn_blocking(rotation).await.unwrap();
            assert!(sealed.unwrap() >= 1, "round {round} seals what there is");
        }
        stop.store(true, Ordering::SeqCst);
    };
    let senders = (0..SENDERS).map(|sender| sends(&api, &path, sender, &stop));
    let senders = futures_util::future::join_all(senders);
    let ((), acknowledged, sources) = tokio::join!(rotating, senders, sets_up(&api, &stop));
    let acknowledged: BTreeSet<String> = acknowledged.into_iter().flatten().collect();
    assert!(acknowledged.len() > SENDERS * ROTATIONS && !sources.is_empty());

    all_prove(&api, &sources, "depois").await;
    let last_key = std::fs::read_to_string(&key).unwrap();
    assert_eq!(last_key.lines().count(), 1, "only the newest key is left");
    assert_ne!(first_key, last_key);
    let told: Vec<String> = api
        .all_entries()
        .await
        .iter()
        .filter_map(|entry| Some(entry.event().ok()??.external_id))
        .filter(|id| id.starts_with("K-"))
        .collect();
    assert_eq!(told.len(), acknowledged.len(), "each once");
    assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), acknowledged);

    api.stop().await;
    api.start_again().await;
    all_prove(&api, &sources, "de-novo").await;
}
