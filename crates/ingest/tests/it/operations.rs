//! What operators ask of the service.

use reqwest::Method;

use crate::api::Api;

#[tokio::test]
async fn the_service_tells_how_it_is() {
    let api = Api::start().await;
    for path in ["/healthz", "/readyz"] {
        let health = api.send(api.request(Method::GET, path)).await.ok().value();
        assert_eq!(health["status"], "ok");
    }
    let document = api
        .send(api.request(Method::GET, "/openapi.json"))
        .await
        .ok()
        .value();
    assert_eq!(document["openapi"], "3.1.0");
    let me = api.get(&api.admin, "/api/v1/sessions/me").await.ok();
    assert_eq!(me.headers["cache-control"], "no-store");
    assert_eq!(me.headers["x-content-type-options"], "nosniff");
    assert_eq!(api.metric("balcao_connections").await, Some(1.0));
}

#[tokio::test]
async fn the_page_for_people_needs_no_network() {
    let api = Api::start().await;
    let page = api.send(api.request(Method::GET, "/docs")).await.ok();
    let text = String::from_utf8(page.body).unwrap();
    for outside in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!text.contains(outside), "{outside}");
    }
    assert!(
        page.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("default-src 'none'")
    );
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let api = Api::start().await;
    api.send(api.request(Method::GET, "/nosuch"))
        .await
        .refuses(404, "not_found");
    api.send(api.request(Method::POST, "/healthz"))
        .await
        .refuses(405, "method_not_allowed");
    api.get(&api.admin, "/api/v1/deliveries/not-an-id")
        .await
        .refuses(404, "not_found");
    api.get(&api.admin, "/api/v1/deliveries?limit=x")
        .await
        .refuses(400, "bad_query");
}
