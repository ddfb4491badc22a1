use super::*;

#[tokio::test]
async fn it_keeps_its_address_and_its_sources_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let service = LocalService::start(folder.path()).await.unwrap();
    let (session, token) = service
        .enrol(Mode::Here, "Doces do Vale", "Ana", "test")
        .await
        .unwrap();
    assert_eq!(session.me.role, Role::Admin);
    assert_eq!(session.me.workspace_name, "Doces do Vale");
    let source = |provider: &str| NewSource {
        provider: provider.to_owned(),
        name: "Loja".to_owned(),
        secret: "um-segredo".to_owned(),
    };
    let before = service.add_source(&token, source("kiwify")).await.unwrap();
    assert_eq!(before.len(), 1);
    assert!(service.add_source(&token, source("nowhere")).await.is_err());
    service.stop().await;

    let again = LocalService::start(folder.path()).await.unwrap();
    assert_eq!(again.url().unwrap(), session.server);
    assert!(!again.moved());
    let after = again.sources(&token).await.unwrap();
    let shown = |sources: &[Source]| serde_json::to_value(sources).unwrap();
    assert_eq!(shown(&before), shown(&after));
    assert_eq!(shown(&after)[0]["signs"], true);
    again.stop().await;
}
