//! Looking after sources: what can be connected, trying one out, how they fare, reading anew, pausing and deleting.

use contract::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::{Answer, Api, SECRET, eventually, order};

async fn health(api: &Api, slug: &str) -> Value {
    let report = api
        .get(&api.admin, "/api/v1/integrations/health")
        .await
        .ok()
        .value();
    let list = report["integrations"].as_array().unwrap().clone();
    list.into_iter().find(|one| one["slug"] == slug).unwrap()
}

async fn patch(api: &Api, slug: &str, body: Value) -> Answer {
    let path = format!("/api/v1/integrations/{slug}");
    let request = api
        .request(Method::PATCH, &path)
        .bearer_auth(&api.admin)
        .json(&body);
    api.send(request).await
}

async fn delete(api: &Api, token: &str, path: &str) -> Answer {
    api.send(api.request(Method::DELETE, path).bearer_auth(token))
        .await
}

#[tokio::test]
async fn every_platform_is_told_with_what_it_needs() {
    let api = Api::start().await;
    let lead = api.member(Role::Lead).await;
    let told = api.get(&lead, "/api/v1/platforms").await.ok().value();
    let told = told["platforms"].as_array().unwrap();
    let slugs: Vec<_> = told
        .iter()
        .map(|one| one["slug"].as_str().unwrap())
        .collect();
    let known: Vec<_> = providers::all().iter().map(|one| one.slug()).collect();
    assert_eq!(slugs, known);
    for platform in told {
        let slug = platform["slug"].as_str().unwrap();
        let pulls = providers::pull::puller(slug).map_or(0, |puller| puller.kinds().len());
        assert_eq!(platform["pulls"].as_array().unwrap().len(), pulls, "{slug}");
    }
}

#[tokio::test]
async fn what_no_document_confirms_is_counted_by_platform_and_by_source() {
    let api = Api::start().await;
    let path = api.integration("loja", "luna").await;
    api.integration("outra", "luna").await;
    assert_eq!(health(&api, "loja").await["shapes"], json!({}));
    for event in ["sale_pending", "sale_waiting_payment"] {
        let body = json!({
            "event": event, "id": "L-1", "status": "pending", "method": "pix", "amount": "99.90",
            "client": {"name": "Rita de Teste", "email": "rita@example.com"},
        });
        api.deliver(&path, "luna", &body.to_string()).await.ok();
    }
    assert_eq!(
        health(&api, "loja").await["shapes"],
        json!({"sale_pending": 1})
    );
    assert_eq!(health(&api, "outra").await["shapes"], json!({}));
    let line = "balcao_shapes_total{provider=\"luna\",shape=\"sale_pending\"}";
    assert_eq!(api.metric(line).await, Some(1.0));
}

#[tokio::test]
async fn a_source_is_judged_by_what_came() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let before = health(&api, "loja").await;
    assert_eq!(
        (&before["state"], &before["lastEvent"]),
        (&json!("waiting"), &Value::Null)
    );
    api.deliver(&path, "unified", &order("H-1", "pending"))
        .await
        .ok();
    api.deliver(&path, "unified", &order("H-1", "pending"))
        .await
        .ok();
    let good = health(&api, "loja").await;
    assert_eq!(good["state"], "good");
    assert_eq!(good["lastEvent"]["late"], false);
    assert_eq!(
        (&good["last24h"]["accepted"], &good["last24h"]["duplicate"]),
        (&json!(1), &json!(1))
    );
    api.send(api.signed(&path, "unified", "outro", &order("H-2", "pending")))
        .await
        .refuses(401, "bad_proof");
    let doubtful = health(&api, "loja").await;
    assert_eq!(
        (&doubtful["state"], &doubtful["last24h"]["badProof"]),
        (&json!("attention"), &json!(1))
    );
    patch(&api, "loja", json!({"secrets": []})).await.ok();
    let broken = health(&api, "loja").await;
    assert_eq!(broken["state"], "broken");
    assert_eq!(
        broken["setup"],
        json!({"complete": false, "missing": [{"field": "secrets", "code": "missing"}]})
    );
}

#[tokio::test]
async fn counts_survive_a_restart() {
    let mut api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    for id in ["S-1", "S-2"] {
        api.deliver(&path, "unified", &order(id, "pending"))
            .await
            .ok();
    }
    api.send(api.signed(&path, "unified", "outro", &order("S-3", "pending")))
        .await
        .refuses(401, "bad_proof");
    let before = health(&api, "loja").await;
    api.stop().await;
    api.start_again().await;
    assert_eq!(health(&api, "loja").await, before);
    api.deliver(&path, "unified", &order("S-4", "pending"))
        .await
        .ok();
    let after = health(&api, "loja").await;
    assert_eq!(
        (&after["last24h"]["accepted"], &after["last24h"]["badProof"]),
        (&json!(3), &json!(1))
    );
}

#[tokio::test]
async fn a_test_event_goes_the_whole_way_and_counts_nowhere() {
    let api = Api::start().await;
    let tried: Vec<_> = providers::all()
        .iter()
        .filter(|one| one.sample("1", chrono::Utc::now()).is_some())
        .collect();
    for provider in &tried {
        let slug = provider.slug().replace('_', "-");
        api.integration(&slug, provider.slug()).await;
        let path = format!("/api/v1/integrations/{slug}/test-event");
        let receipt = api.post(&api.admin, &path, &json!({})).await.ok().value();
        assert_eq!(receipt["result"], "accepted", "{slug}");
        let health = health(&api, &slug).await;
        assert_eq!(health["lastEvent"], Value::Null, "{slug}");
        let delivery = format!(
            "/api/v1/deliveries/{}",
            receipt["deliveryId"].as_str().unwrap()
        );
        let again = api
            .post(&api.admin, &format!("{delivery}/reprocess"), &json!({}))
            .await
            .ok()
            .value();
        assert_eq!(
            (&again["result"], &again["entries"]),
            (&json!("duplicate"), &json!(0)),
            "{slug}"
        );
    }
    let events: Vec<_> = api
        .entries()
        .await
        .iter()
        .filter_map(|entry| entry.event().unwrap())
        .collect();
    assert_eq!(events.len(), tried.len());
    assert!(events.iter().all(|event| event.is_test));
}

#[tokio::test]
async fn a_test_event_says_why_it_cannot_be_sent() {
    let api = Api::start().await;
    let with = providers::all()
        .iter()
        .find(|one| one.signs() && one.sample("1", chrono::Utc::now()).is_some());
    if let Some(provider) = with {
        api.integration("loja", provider.slug()).await;
        patch(&api, "loja", json!({"secrets": []})).await.ok();
        let path = "/api/v1/integrations/loja/test-event";
        api.post(&api.admin, path, &json!({}))
            .await
            .refuses(409, "secret_missing");
        patch(&api, "loja", json!({"active": false})).await.ok();
        api.post(&api.admin, path, &json!({}))
            .await
            .refuses(409, "integration_paused");
    }
}

#[tokio::test]
async fn a_deleted_source_is_gone_and_its_slug_is_free() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let receipt = api
        .deliver(&path, "unified", &order("D-1", "pending"))
        .await
        .ok()
        .value();
    let delivery = format!(
        "/api/v1/deliveries/{}",
        receipt["deliveryId"].as_str().unwrap()
    );
    assert_eq!(
        delete(&api, &api.admin, "/api/v1/integrations/loja")
            .await
            .status,
        204
    );
    delete(&api, &api.admin, "/api/v1/integrations/loja")
        .await
        .refuses(404, "not_found");
    api.get(&api.admin, "/api/v1/integrations/loja")
        .await
        .refuses(404, "not_found");
    for list in ["/api/v1/integrations", "/api/v1/integrations/health"] {
        let listed = api.get(&api.admin, list).await.ok().value();
        assert_eq!(listed["integrations"], json!([]), "{list}");
    }
    api.deliver(&path, "unified", &order("D-2", "pending"))
        .await
        .refuses(404, "unknown_webhook");
    // What it brought stays, and cannot be read anew.
    api.get(&api.admin, &delivery).await.ok();
    api.post(&api.admin, &format!("{delivery}/reprocess"), &json!({}))
        .await
        .refuses(409, "integration_deleted");
    let fresh = api.integration("loja", "kiwify").await;
    assert_ne!(fresh, path);
    let listed = api
        .get(&api.admin, "/api/v1/integrations")
        .await
        .ok()
        .value();
    assert_eq!(listed["integrations"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn credentials_are_set_and_removed_one_by_one() {
    let api = Api::start().await;
    api.integration("loja", "unified").await;
    let set = json!({"credentials": {"a": "valor-comprido-1234", "b": "curto"}});
    let view = patch(&api, "loja", set).await.ok().value();
    assert_eq!(
        view["credentials"],
        json!([{"name": "a", "lastFour": "1234"}, {"name": "b", "lastFour": ""}])
    );
    assert_eq!(
        view["secrets"],
        json!([{"lastFour": "te-1", "validUntil": null}])
    );
    let changed = json!({"credentials": {"b": null, "c": "outro"}});
    let view = patch(&api, "loja", changed).await.ok().value();
    assert_eq!(
        view["credentials"],
        json!([{"name": "a", "lastFour": "1234"}, {"name": "c", "lastFour": ""}])
    );
    let view = patch(&api, "loja", json!({"name": "Nova"}))
        .await
        .ok()
        .value();
    assert_eq!(view["credentials"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_overlap_of_a_rotation_can_be_ended() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let rotate = json!({"secret": "segredo-novo-987"});
    let rotated = api
        .post(
            &api.admin,
            "/api/v1/integrations/loja/rotate-secret",
            &rotate,
        )
        .await
        .ok()
        .value();
    assert_eq!(rotated["secrets"].as_array().unwrap().len(), 2);
    api.send(api.signed(&path, "unified", SECRET, &order("O-1", "pending")))
        .await
        .ok();
    let retired = api
        .post(
            &api.admin,
            "/api/v1/integrations/loja/retire-secret",
            &json!({}),
        )
        .await
        .ok()
        .value();
    assert_eq!(
        retired["secrets"],
        json!([{"lastFour": "-987", "validUntil": null}])
    );
    api.send(api.signed(&path, "unified", SECRET, &order("O-2", "pending")))
        .await
        .refuses(401, "bad_proof");
    api.send(api.signed(
        &path,
        "unified",
        "segredo-novo-987",
        &order("O-3", "pending"),
    ))
    .await
    .ok();
    // A third secret pushes the first out: two hold at most.
    for secret in ["terceiro-segredo", "quarto-segredo-1"] {
        let body = json!({"secret": secret});
        let rotated = api
            .post(&api.admin, "/api/v1/integrations/loja/rotate-secret", &body)
            .await
            .ok()
            .value();
        assert_eq!(rotated["secrets"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn what_todays_program_does_not_understand_stays_aside() {
    let api = Api::start().await;
    let path = api.integration("loja", "kiwify").await;
    let body = |id: usize| {
        json!({"order_id": format!("K-{id}"), "order_status": "novidade", "webhook_event_type": "novidade"}).to_string()
    };
    for id in 0..3 {
        let receipt = api.deliver(&path, "kiwify", &body(id)).await.ok().value();
        assert_eq!(receipt["result"], "unmapped");
    }
    assert_eq!(health(&api, "loja").await["last24h"]["unmapped"], 3);
    let many = json!({"integration": "loja", "result": "unmapped", "limit": 2});
    let done = api
        .post(&api.admin, "/api/v1/deliveries/reprocess", &many)
        .await
        .ok()
        .value();
    assert_eq!(
        (&done["reprocessed"], &done["accepted"], &done["left"]),
        (&json!(2), &json!(0), &json!(3)),
        "today's code does not understand them either"
    );
    let rest = json!({"integration": "loja", "result": "unmapped", "before": done["nextBefore"]});
    let done = api
        .post(&api.admin, "/api/v1/deliveries/reprocess", &rest)
        .await
        .ok()
        .value();
    assert_eq!(
        (&done["reprocessed"], &done["nextBefore"]),
        (&json!(1), &Value::Null)
    );
    for bad in [
        json!({"integration": "loja", "result": "accepted"}),
        json!({"integration": "loja", "result": "x"}),
        json!({"result": "unmapped"}),
    ] {
        api.post(&api.admin, "/api/v1/deliveries/reprocess", &bad)
            .await
            .refuses(422, "invalid");
    }
    let unknown = json!({"integration": "outra", "result": "unmapped"});
    api.post(&api.admin, "/api/v1/deliveries/reprocess", &unknown)
        .await
        .refuses(404, "not_found");
}

#[tokio::test]
async fn what_was_not_understood_becomes_cards_once() {
    let api = Api::start().await;
    let settings = |stages: Value| {
        json!({"blueprint": {"proof": {"scheme": "token", "header": "X-Token"}, "event": "status",
            "stages": stages, "amountUnit": "major", "fields": {"externalId": "id", "amount": "total"}}})
    };
    let body = json!({"slug": "sistema", "provider": "custom", "name": "Sistema", "secrets": [SECRET],
        "settings": settings(json!({"open": "payment_pending"}))});
    let made = api
        .post(&api.admin, "/api/v1/integrations", &body)
        .await
        .ok()
        .value();
    let path = format!("/api/v1/webhooks/custom/{}", made["key"].as_str().unwrap());
    for id in 0..3 {
        let sent = json!({"id": format!("C-{id}"), "status": "pago", "total": 0.29});
        let request = api
            .request(Method::POST, &path)
            .header("X-Token", SECRET)
            .json(&sent);
        assert_eq!(api.send(request).await.ok().value()["result"], "unmapped");
    }
    let mended = json!({"settings": settings(json!({"open": "payment_pending", "pago": "purchase_approved"}))});
    patch(&api, "sistema", mended).await.ok();
    let many = json!({"integration": "sistema", "result": "unmapped"});
    for (reprocessed, accepted) in [(3, 3), (0, 0)] {
        let done = api
            .post(&api.admin, "/api/v1/deliveries/reprocess", &many)
            .await
            .ok()
            .value();
        assert_eq!(
            (&done["reprocessed"], &done["accepted"], &done["left"]),
            (&json!(reprocessed), &json!(accepted), &json!(0))
        );
    }
    let events: Vec<_> = api
        .entries()
        .await
        .iter()
        .filter_map(|entry| entry.event().unwrap())
        .collect();
    assert_eq!(events.len(), 3);
    assert!(events.iter().all(|event| event.amount_minor == Some(29)));
    let health = health(&api, "sistema").await;
    assert_eq!(
        (&health["state"], &health["last24h"]["unmapped"]),
        (&json!("good"), &json!(0))
    );
}

#[tokio::test]
async fn the_log_tells_who_did_what_and_no_values() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let receipt = api
        .deliver(&path, "unified", &order("L-1", "pending"))
        .await
        .ok()
        .value();
    let delivery = format!(
        "/api/v1/deliveries/{}",
        receipt["deliveryId"].as_str().unwrap()
    );
    patch(
        &api,
        "loja",
        json!({"credentials": {"token": "credencial-plantada"}, "name": "Nova"}),
    )
    .await
    .ok();
    patch(&api, "loja", json!({"name": "Nova"})).await.ok();
    api.post(
        &api.admin,
        "/api/v1/integrations/loja/rotate-secret",
        &json!({"secret": "segredo-plantado"}),
    )
    .await
    .ok();
    api.get(&api.admin, &delivery).await.ok();
    api.post(&api.admin, &format!("{delivery}/reprocess"), &json!({}))
        .await
        .ok();
    api.post(&api.admin, "/api/v1/invites", &json!({"role": "lead"}))
        .await
        .ok();
    delete(&api, &api.admin, "/api/v1/integrations/loja")
        .await
        .ok();
    let page = api.get(&api.admin, "/api/v1/audit").await.ok();
    let text = String::from_utf8(page.body.clone()).unwrap();
    for planted in [
        "credencial-plantada",
        "segredo-plantado",
        SECRET,
        "Rita",
        "Nova",
    ] {
        assert!(!text.contains(planted), "{planted} in {text}");
    }
    let page = page.value();
    let actions: Vec<_> = page["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        [
            "integration.deleted",
            "invite.created",
            "delivery.reprocessed",
            "delivery.read",
            "integration.secret_rotated",
            "integration.changed",
            "integration.created",
            "member.joined",
        ],
        "newest first; a change that changes nothing is none"
    );
    assert_eq!(
        page["records"][5]["detail"]["changed"],
        json!(["name", "credentials.token"])
    );
    assert_eq!(page["records"][0]["actor"]["name"], "Ada");
    let first = api
        .get(&api.admin, "/api/v1/audit?limit=3")
        .await
        .ok()
        .value();
    let rest = api
        .get(
            &api.admin,
            &format!("/api/v1/audit?before={}", first["nextBefore"]),
        )
        .await
        .ok()
        .value();
    assert_eq!(rest["records"].as_array().unwrap().len(), 5);
    assert_eq!(rest["nextBefore"], Value::Null);
}

#[tokio::test]
async fn a_removed_member_is_out_at_once() {
    let api = Api::start().await;
    let bia = api.member(Role::Admin).await;
    let me = api.get(&bia, "/api/v1/sessions/me").await.ok().value();
    let path = format!("/api/v1/members/{}", me["memberId"].as_str().unwrap());
    let code = api
        .post(&bia, "/api/v1/invites", &json!({"role": "admin"}))
        .await
        .ok()
        .value();
    assert_eq!(delete(&api, &api.admin, &path).await.status, 204);
    api.get(&bia, "/api/v1/sessions/me")
        .await
        .refuses(401, "unauthorized");
    let sign_in = json!({"invite": code["code"], "name": "Volta"});
    let request = api.request(Method::POST, "/api/v1/sessions").json(&sign_in);
    api.send(request).await.refuses(410, "invite_expired");
    delete(&api, &api.admin, &path)
        .await
        .refuses(404, "not_found");
    let team = api.get(&api.admin, "/api/v1/members").await.ok().value();
    assert_eq!(team["members"].as_array().unwrap().len(), 1);
    let ada = api
        .get(&api.admin, "/api/v1/sessions/me")
        .await
        .ok()
        .value();
    let own = format!("/api/v1/members/{}", ada["memberId"].as_str().unwrap());
    delete(&api, &api.admin, &own)
        .await
        .refuses(409, "last_admin");
    eventually("the feed tells it", async || {
        api.entries()
            .await
            .iter()
            .any(|entry| entry.kind == contract::kind::LEFT)
    })
    .await;
}
