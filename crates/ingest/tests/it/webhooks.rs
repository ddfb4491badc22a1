//! What platforms may expect of their webhook addresses, and what nobody gets past.

use std::sync::Arc;
use std::time::{Duration, Instant};

use contract::kind;
use ingest::store::{System, World};
use providers::Secret;
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::{Answer, Api, SECRET, order, read};

#[tokio::test]
async fn a_signed_order_is_in_the_feed_once_it_is_answered() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let receipt = api
        .deliver(&path, "unified", &order("A-1", "pending"))
        .await
        .ok()
        .value();
    assert_eq!(receipt["result"], "accepted");
    let entries = api.entries().await;
    let event = entries.last().unwrap().event().unwrap().unwrap();
    assert_eq!(
        (event.external_id.as_str(), event.amount_minor),
        ("A-1", Some(9_790))
    );

    let again = api
        .deliver(&path, "unified", &order("A-1", "pending"))
        .await
        .ok()
        .value();
    assert_eq!(again["result"], "duplicate");
    assert_eq!(api.entries().await.len(), entries.len());

    let shown = api
        .get(
            &api.admin,
            &format!(
                "/api/v1/deliveries/{}",
                receipt["deliveryId"].as_str().unwrap()
            ),
        )
        .await
        .value();
    assert_eq!(shown["payload"]["externalId"], "A-1");
    assert_eq!(shown["answer"]["status"], 200);
    assert_eq!(shown["proof"]["signed"], true);
}

#[tokio::test]
async fn whatever_is_wrong_with_a_proof_the_answer_is_the_same() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let no_secret = json!({"slug": "sem", "provider": "unified", "name": "Sem segredo"});
    let no_secret = api
        .post(&api.admin, "/api/v1/integrations", &no_secret)
        .await
        .ok()
        .value();
    let no_secret = format!(
        "/api/v1/webhooks/unified/{}",
        no_secret["key"].as_str().unwrap()
    );
    let body = order("A-1", "pending");
    let signature = |at: i64, nonce: &str, secret: &str, body: &str| {
        let at = chrono::DateTime::from_timestamp(at, 0).unwrap();
        providers::sign::sign("unified", &Secret::new(secret), body.as_bytes(), at, nonce)
            .unwrap()
            .headers
    };
    let now = System.now().timestamp();
    let cases = [
        ("missing", &path, Vec::new()),
        (
            "mismatch",
            &path,
            signature(now, "nonce-0001", "another", &body),
        ),
        (
            "mismatch",
            &path,
            signature(now, "nonce-0002", SECRET, "{}"),
        ),
        (
            "stale",
            &path,
            signature(now - 400, "nonce-0003", SECRET, &body),
        ),
        (
            "stale",
            &path,
            signature(now + 400, "nonce-0004", SECRET, &body),
        ),
        (
            "malformed",
            &path,
            signature(now, "no.nonce", SECRET, &body),
        ),
        (
            "not_ready",
            &no_secret,
            signature(now, "nonce-0005", "", &body),
        ),
    ];
    let mut bodies = Vec::new();
    for (reason, path, headers) in cases {
        let request = headers
            .into_iter()
            .fold(api.request(Method::POST, path), |request, (name, value)| {
                request.header(name, value)
            });
        let answer = api.send(request.body(body.clone())).await;
        answer.refuses(401, "bad_proof");
        bodies.push(answer.body);
        let counted = format!("balcao_refusals_total{{provider=\"unified\",reason=\"{reason}\"}}");
        assert!(api.metric(&counted).await.is_some(), "{reason}");
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "one constant body");
    assert!(
        api.entries()
            .await
            .iter()
            .all(|entry| entry.kind != kind::COMMERCE)
    );
}

#[tokio::test]
async fn a_nonce_is_taken_once_and_burnt_only_by_a_good_proof() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let send = async |secret: &str, body: &str| {
        let signed = providers::sign::sign(
            "unified",
            &Secret::new(secret),
            body.as_bytes(),
            System.now(),
            "nonce-abcdef",
        )
        .unwrap();
        let request = api.request(Method::POST, &path).body(body.to_owned());
        api.send(
            signed
                .headers
                .into_iter()
                .fold(request, |request, (name, value)| {
                    request.header(name, value)
                }),
        )
        .await
    };
    send("forged", &order("A-1", "pending"))
        .await
        .refuses(401, "bad_proof");
    send(SECRET, &order("A-1", "pending")).await.ok();
    send(SECRET, &order("A-2", "pending"))
        .await
        .refuses(401, "bad_proof");
}

#[tokio::test]
async fn addresses_that_lead_nowhere_say_so() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let key = path.rsplit('/').next().unwrap().to_owned();
    for path in [
        "/api/v1/webhooks/unified/0000",
        &format!("/api/v1/webhooks/kiwify/{key}"),
        &format!("/api/v1/webhooks/nosuch/{key}"),
        "/api/v1/webhooks/kiwify",
        "/api/v1/webhooks/%ff/x",
    ] {
        let answer = api.deliver(path, "unified", "{}").await;
        assert_eq!(answer.status, 404, "{path}");
    }
    for (path, allowed) in [
        (path.as_str(), "GET, HEAD, POST"),
        ("/api/v1/webhooks/unified", "POST"),
    ] {
        let other = api.send(api.request(Method::PUT, path)).await;
        other.refuses(405, "method_not_allowed");
        assert_eq!(other.headers["allow"], allowed);
    }

    let id = "/api/v1/integrations/loja";
    api.send(api.request(Method::DELETE, id).bearer_auth(&api.admin))
        .await
        .ok();
    api.deliver(&path, "unified", &order("A-1", "pending"))
        .await
        .refuses(404, "unknown_webhook");
}

/// Some panels ask whether the address is there before they take it.
#[tokio::test]
async fn an_address_can_be_looked_at() {
    let api = Api::start().await;
    let path = api.integration("loja", "luna").await;
    for (path, status) in [
        (path.as_str(), 200),
        ("/api/v1/webhooks/luna/0000", 404),
        (path.replace("luna", "vega").as_str(), 404),
    ] {
        let look = api.send(api.request(Method::GET, path)).await;
        assert_eq!(look.status, status, "{path}");
        assert_eq!(look.body.is_empty(), status == 200, "{path}");
        let head = api.client.head(format!("{}{path}", api.base));
        assert_eq!(head.send().await.unwrap().status(), status, "{path}");
    }
    let kept = api.get(&api.admin, "/api/v1/deliveries").await.ok().value();
    assert_eq!(kept["deliveries"], serde_json::json!([]));
}

#[tokio::test]
async fn without_a_key_the_integration_is_named_or_the_only_one() {
    let api = Api::start().await;
    let path = "/api/v1/webhooks/unified";
    let body = order("A-1", "pending");
    api.deliver(path, "unified", &body)
        .await
        .refuses(404, "unknown_webhook");
    api.integration("loja-a", "unified").await;
    api.deliver(path, "unified", &body).await.ok();
    api.integration("loja-b", "unified").await;
    api.deliver(path, "unified", &order("A-2", "pending"))
        .await
        .refuses(409, "integration_ambiguous");
    let named = async |name: &str, id: &str| {
        let request = api
            .signed(path, "unified", SECRET, &order(id, "pending"))
            .header("x-balcao-integration", name);
        api.send(request).await
    };
    named("loja-b", "A-3").await.ok();
    named("nosuch", "A-4").await.refuses(404, "unknown_webhook");
    let integrations = api.get(&api.admin, "/api/v1/integrations").await.value();
    let id = integrations["integrations"][0]["id"].as_str().unwrap();
    named(id, "A-5").await.ok();
}

/// Platforms switch an address off that refuses them, so a paused source takes what it is sent, keeps it, and tells nobody.
#[tokio::test]
async fn a_paused_source_keeps_what_comes_and_tells_nobody() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let turned = async |active: bool| {
        let request = api.request(Method::PATCH, "/api/v1/integrations/loja");
        let request = request.bearer_auth(&api.admin);
        api.send(request.json(&json!({"active": active})))
            .await
            .ok();
    };
    turned(false).await;
    let before = api.entries().await.len();
    let by_name = "/api/v1/webhooks/unified";
    for (path, id) in [(&*path, "P-1"), (by_name, "P-2"), (&*path, "P-1")] {
        let answer = api.deliver(path, "unified", &order(id, "pending")).await;
        assert_eq!(answer.ok().value()["result"], "ignored", "{path}");
    }
    let broken = api.deliver(&path, "unified", "{").await;
    assert_eq!(broken.ok().value()["result"], "ignored");
    assert_eq!(api.entries().await.len(), before, "nobody is told");
    for path in [&*path, by_name] {
        let forged = api.signed(path, "unified", "outro-segredo", &order("P-3", "pending"));
        api.send(forged).await.refuses(401, "bad_proof");
    }
    let kept = "/api/v1/deliveries?result=ignored";
    let kept = api.get(&api.admin, kept).await.ok().value();
    let kept = kept["deliveries"].as_array().unwrap();
    assert_eq!(kept.len(), 4);
    assert!(kept.iter().all(|one| one["whyCode"] == "source_paused"));
    assert_eq!(kept[3]["event"], "order.pending");

    // Taken up again, what was kept can be read, and what comes again counts.
    turned(true).await;
    let again = api
        .deliver(&path, "unified", &order("P-1", "pending"))
        .await;
    assert_eq!(again.ok().value()["result"], "accepted");
    let many = json!({"integration": "loja", "result": "ignored"});
    let read = api.post(&api.admin, "/api/v1/deliveries/reprocess", &many);
    let read = read.await.ok().value();
    assert_eq!(
        (&read["reprocessed"], &read["accepted"]),
        (&json!(4), &json!(1)),
        "{read}"
    );
    let mut told: Vec<String> = api
        .entries()
        .await
        .iter()
        .filter_map(|entry| Some(entry.event().ok()??.external_id))
        .collect();
    told.sort_unstable();
    assert_eq!(told, ["P-1", "P-2"], "each once");
}

/// What nobody vouches for uses up nothing of what an integration may send, by its key or by its name.
#[tokio::test]
async fn unproven_requests_leave_an_integrations_rate_alone() {
    let api = Api::with(|config| (config.rate_per_second, config.rate_burst) = (1, 3)).await;
    let path = api.integration("loja", "kiwify").await;
    for serial in 0..8 {
        for path in [&*path, "/api/v1/webhooks/kiwify"] {
            let junk = api.request(Method::POST, path).body(format!("{serial}"));
            api.send(junk).await.refuses(401, "bad_proof");
        }
    }
    for serial in 0..3 {
        let id = format!("R-{serial}");
        let sold = api.deliver(&path, "unified", &order(&id, "pending")).await;
        assert_eq!(sold.status, 200, "{id}");
    }
    let over = api
        .deliver(&path, "unified", &order("R-3", "pending"))
        .await;
    over.refuses(429, "rate_limited");
}

/// Only the key in the address speaks for a platform that does not sign, so its name alone must not do.
#[tokio::test]
async fn an_unsigned_platform_needs_its_key() {
    let api = Api::start().await;
    let body = json!({"slug": "aprovei", "provider": "cart_abandonment", "name": "Aprovei"});
    let made = api
        .post(&api.admin, "/api/v1/integrations", &body)
        .await
        .ok()
        .value();
    let cart = json!({"cart_token": "CART_1", "cart_amount": 100, "customer": {"email": "rita@example.com"}}).to_string();
    let bare = api
        .send(
            api.request(Method::POST, "/api/v1/webhooks/cart_abandonment")
                .body(cart.clone()),
        )
        .await;
    bare.refuses(401, "bad_proof");
    let keyed = format!(
        "/api/v1/webhooks/cart_abandonment/{}",
        made["key"].as_str().unwrap()
    );
    let receipt = api
        .send(api.request(Method::POST, &keyed).body(cart))
        .await
        .ok()
        .value();
    assert_eq!(receipt["result"], "accepted");
}

#[tokio::test]
async fn the_unified_form_is_taken_on_any_platforms_route() {
    let api = Api::start().await;
    let path = api.integration("loja", "kiwify").await;
    let receipt = api
        .deliver(&path, "unified", &order("A-1", "pending"))
        .await
        .ok()
        .value();
    assert_eq!(receipt["result"], "accepted");
    let own = json!({"id": "c2", "status": "abandoned", "email": "rita@example.com"}).to_string();
    let receipt = api.deliver(&path, "kiwify", &own).await.ok().value();
    assert_eq!(receipt["result"], "accepted");
    let events: Vec<_> = api
        .entries()
        .await
        .iter()
        .filter_map(|entry| entry.event().unwrap())
        .collect();
    let told: Vec<_> = events
        .iter()
        .map(|event| (event.provider.as_str(), event.external_id.as_str()))
        .collect();
    assert_eq!(told, [("kiwify", "A-1"), ("kiwify", "c2")]);
}

#[tokio::test]
async fn a_field_that_cannot_be_used_is_counted() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let odd = json!({"externalId": "D-1", "status": "pending", "stage": "refunded", "customer": {"email": "rita@example.com"}});
    api.deliver(&path, "unified", &odd.to_string()).await.ok();
    let line = "balcao_doubts_total{provider=\"unified\",code=\"stage_not_of_status\"}";
    assert_eq!(api.metric(line).await, Some(1.0));
}

/// Platforms give up an address that refuses them, and sending it again would not help.
#[tokio::test]
async fn a_platform_is_not_refused_for_what_cannot_be_read() {
    let api = Api::start().await;
    for provider in ["shopify", "nuvemshop", "yampi", "cartpanda", "custom"] {
        let settings = match provider {
            "custom" => json!({"blueprint": {"proof": {"scheme": "address"}, "event": "type",
                "stages": {"paid": "purchase_approved"}, "fields": {"externalId": "id"}}}),
            _ => json!({}),
        };
        let body = json!({"slug": provider, "provider": provider, "name": "Loja",
            "secrets": [crate::api::SECRET], "settings": settings});
        let made = api.post(&api.admin, "/api/v1/integrations", &body).await;
        let key = made.ok().value()["key"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/webhooks/{provider}/{key}");
        let request = match provider {
            "custom" => api.request(Method::POST, &path).body("{\"id\":"),
            _ => api.signed(&path, provider, crate::api::SECRET, "{\"id\":"),
        };
        let request = request.header("x-shopify-topic", "orders/paid");
        let answer = api.send(request).await.ok().value();
        assert_eq!(answer["result"], "rejected", "{provider}");
        let id = answer["deliveryId"].as_str().unwrap();
        let shown = format!("/api/v1/deliveries/{id}");
        let kept = api.get(&api.admin, &shown).await.ok().value();
        assert_eq!(kept["result"], "rejected", "{provider}");
        assert_eq!(kept["answer"]["status"], 200, "{provider}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_kept_and_named() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    for body in [
        "{",
        "\"x\"",
        r#"{"externalId":{},"status":"pending"}"#,
        &"[".repeat(5_000),
    ] {
        let answer = api.deliver(&path, "unified", body).await;
        assert_eq!(answer.status, 422, "{body}");
        let problem: contract::Problem = answer.json();
        assert!(
            problem.path.is_some() && problem.hint.unwrap().contains("dlv_"),
            "{body}"
        );
    }
    let unmapped = api
        .deliver(
            &path,
            "unified",
            r#"{"externalId":"1","status":"em_orbita"}"#,
        )
        .await
        .ok()
        .value();
    assert_eq!(unmapped["result"], "unmapped");
    let rejected = api
        .get(&api.admin, "/api/v1/deliveries?result=rejected")
        .await
        .ok()
        .value();
    assert_eq!(rejected["deliveries"].as_array().unwrap().len(), 4);
    let page = api
        .get(&api.admin, "/api/v1/deliveries?limit=3")
        .await
        .ok()
        .value();
    let before = page["nextBefore"].as_str().unwrap();
    let rest = api
        .get(
            &api.admin,
            &format!("/api/v1/deliveries?limit=3&before={before}"),
        )
        .await
        .ok()
        .value();
    assert_eq!(rest["deliveries"].as_array().unwrap().len(), 2);
    let one = rejected["deliveries"][0]["id"].as_str().unwrap();
    let shown = api
        .get(&api.admin, &format!("/api/v1/deliveries/{one}"))
        .await
        .ok()
        .value();
    assert_eq!(
        (
            shown["answer"]["status"].as_u64(),
            shown["payloadText"].is_string()
        ),
        (Some(422), true)
    );
}

#[tokio::test]
async fn hotmarts_token_is_not_kept() {
    let api = Api::start().await;
    let path = api.integration("curso", "hotmart").await;
    let body = json!({"id": "h1", "hottok": SECRET, "event": "PURCHASE_OUT_OF_SHOPPING_CART", "version": "2.0.0", "data": {
        "product": {"id": 1, "name": "Curso"}, "buyer": {"name": "Rita", "email": "rita@example.com"}}});
    let receipt = api
        .deliver(&path, "hotmart", &body.to_string())
        .await
        .ok()
        .value();
    let shown = api
        .get(
            &api.admin,
            &format!(
                "/api/v1/deliveries/{}",
                receipt["deliveryId"].as_str().unwrap()
            ),
        )
        .await
        .ok();
    assert!(!String::from_utf8_lossy(&shown.body).contains(SECRET));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_equal_deliveries_over_64_connections_make_one_event() {
    let api = Arc::new(Api::start().await);
    let path = Arc::new(api.integration("loja", "unified").await);
    let before = api.entries().await.len();
    let mut senders = tokio::task::JoinSet::new();
    for sender in 0..64 {
        let (api, path) = (Arc::clone(&api), Arc::clone(&path));
        senders.spawn(async move {
            // A client of its own is a connection of its own.
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let mut results = Vec::new();
            for _ in (sender..1_000).step_by(64) {
                let request = api
                    .signed(&path, "unified", SECRET, &order("A-1", "approved"))
                    .build()
                    .unwrap();
                let answer = read(client.execute(request).await.unwrap()).await.ok();
                results.push(answer.value()["result"].as_str().unwrap().to_owned());
            }
            results
        });
    }
    let results: Vec<String> = senders.join_all().await.concat();
    assert_eq!(results.len(), 1_000);
    assert_eq!(
        results
            .iter()
            .filter(|result| *result == "accepted")
            .count(),
        1
    );
    assert_eq!(
        results
            .iter()
            .filter(|result| *result == "duplicate")
            .count(),
        999
    );
    assert_eq!(api.entries().await.len(), before + 1);
}

#[tokio::test]
async fn an_integration_that_sends_too_fast_is_told_to_wait() {
    let api = Api::with(|config| (config.rate_per_second, config.rate_burst) = (1, 3)).await;
    let (fast, calm) = (
        api.integration("a", "unified").await,
        api.integration("b", "unified").await,
    );
    let mut answers: Vec<Answer> = Vec::new();
    for serial in 0..5 {
        answers.push(
            api.deliver(&fast, "unified", &order(&format!("F-{serial}"), "pending"))
                .await,
        );
    }
    assert!(answers.iter().take(3).all(|answer| answer.status == 200));
    answers.last().unwrap().refuses(429, "rate_limited");
    api.deliver(&calm, "unified", &order("C-1", "pending"))
        .await
        .ok();
}

/// Somebody else holds the database's write lock: no answer may be a success, and none may take longer than a second.
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_commit_is_a_503_within_a_second() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let file = api.folder.path().join("balcao.db");
    let blocker = rusqlite::Connection::open(file).unwrap();
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let begun = Instant::now();
    let deliveries = (0..8).map(|serial| {
        let (api, path) = (&api, &path);
        async move {
            api.deliver(path, "unified", &order(&format!("B-{serial}"), "pending"))
                .await
        }
    });
    let answers = futures_util::future::join_all(deliveries).await;
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );
    for answer in &answers {
        let problem: Value = answer.value();
        assert_eq!(answer.status, 503, "{problem}");
        assert!(answer.headers.contains_key("retry-after"));
    }
    blocker.execute_batch("ROLLBACK").unwrap();
    drop(blocker);
    crate::api::eventually("the service takes deliveries again", || async {
        api.deliver(&path, "unified", &order("B-0", "pending"))
            .await
            .status
            == 200
    })
    .await;
    let orders: Vec<String> = api
        .entries()
        .await
        .iter()
        .filter_map(|entry| Some(entry.event().ok()??.external_id))
        .collect();
    assert_eq!(
        orders.iter().filter(|id| *id == "B-0").count(),
        1,
        "a repeat makes no second event: {orders:?}"
    );
}

#[tokio::test]
async fn a_body_without_its_topic_is_kept_with_the_headers_that_tell_it() {
    let api = Api::start().await;
    let path = api.integration("loja", "shopify").await;
    let provider = providers::provider("shopify").unwrap();
    let sample = provider.sample("1001", System.now()).unwrap();
    let secret = Secret::new(SECRET);
    let signed = providers::sign::sign("shopify", &secret, &sample.body, System.now(), "").unwrap();
    let send = async || {
        let request = api.request(Method::POST, &path).body(sample.body.clone());
        let headers = sample.headers.iter().chain(&signed.headers);
        let request = headers.fold(request, |request, (name, value)| {
            request.header(name, value)
        });
        api.send(request).await.ok().value()
    };
    let receipt = send().await;
    assert_eq!(receipt["result"], "accepted");
    assert_eq!(send().await["result"], "duplicate", "by the delivery's id");

    let id = receipt["deliveryId"].as_str().unwrap();
    let shown = api
        .get(&api.admin, &format!("/api/v1/deliveries/{id}"))
        .await
        .value();
    let kept: Vec<&str> = shown["headers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|header| header["name"].as_str().unwrap())
        .collect();
    for (name, _) in &sample.headers {
        assert!(kept.contains(&name.as_str()), "{name} of {kept:?}");
    }
    for (name, _) in &signed.headers {
        assert!(!kept.contains(&name.as_str()), "{name} is a proof");
    }
}
