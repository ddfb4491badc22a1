use std::sync::Arc;

use inbox::{
    Inbox, Pace, Setup,
    clock::SystemClock,
    sources::{NewSource, SourceFault},
};

use super::*;

async fn desk(folder: &Path) -> Inbox {
    let setup = Setup {
        folder: folder.to_owned(),
        clock: Arc::new(SystemClock),
        pace: Pace::default(),
    };
    Inbox::open(setup).await.unwrap()
}

fn source(provider: &str) -> NewSource {
    let new = serde_json::json!({"provider": provider, "name": "Loja", "secret": "um-segredo"});
    serde_json::from_value(new).unwrap()
}

#[tokio::test]
async fn it_keeps_its_address_and_its_sources_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = desk(&folder.path().join("desk")).await;
    assert_eq!(inbox.sources().err(), Some(SourceFault::SignedOut));
    let service = LocalService::start(folder.path()).await.unwrap();
    let (session, token) = service
        .enrol(Mode::Here, "Doces do Vale", "Ana", "test")
        .await
        .unwrap();
    assert_eq!(session.me.role, Role::Admin);
    assert_eq!(session.me.workspace_name, "Doces do Vale");
    inbox.sit_down(session.clone(), token).await.unwrap();
    let sources = inbox.sources().unwrap();
    let added = sources.add(source("kiwify")).await.unwrap();
    assert!(added.signs);
    assert!(sources.add(source("nowhere")).await.is_err());
    let before = sources.list().await.unwrap();
    assert_eq!(before, [added]);
    service.stop().await;
    assert_eq!(sources.list().await, Err(SourceFault::Unreachable));

    let again = LocalService::start(folder.path()).await.unwrap();
    assert_eq!(again.url().unwrap(), session.server);
    assert!(!again.moved());
    assert_eq!(sources.list().await.unwrap(), before);
    inbox.close().await;
    again.stop().await;
}
