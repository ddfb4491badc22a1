//! Requests that come again, come late, or come altered.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::StreamExt;
use providers::Secret;
use reqwest::{Method, RequestBuilder};

use crate::api::{Answer, Api, SECRET, order};

/// Signs an order in the unified form, as of now and some seconds.
fn signed(
    api: &Api,
    path: &str,
    seconds: i64,
    nonce: &str,
    secret: &str,
    body: &str,
) -> RequestBuilder {
    let at = chrono::Utc::now() + chrono::TimeDelta::seconds(seconds);
    let proof = providers::sign::sign("unified", &Secret::new(secret), body.as_bytes(), at, nonce);
    let request = api.request(Method::POST, path);
    let request = proof
        .unwrap()
        .headers
        .into_iter()
        .fold(request, |request, (name, value)| {
            request.header(name, value)
        });
    request.body(body.to_owned())
}

async fn commerce(api: &Api) -> usize {
    let entries = api.entries().await;
    entries
        .iter()
        .filter(|entry| entry.kind == contract::kind::COMMERCE)
        .count()
}

#[tokio::test]
async fn time_is_taken_within_300_seconds_only() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    for (place, (seconds, taken)) in [
        (-301, false),
        (-295, true),
        (0, true),
        (295, true),
        (302, false),
    ]
    .into_iter()
    .enumerate()
    {
        let nonce = format!("nonce-{place:04}");
        let body = order(&format!("T-{place}"), "pending");
        let answer = api
            .send(signed(&api, &path, seconds, &nonce, SECRET, &body))
            .await;
        if taken {
            answer.ok();
        } else {
            answer.refuses(401, "bad_proof");
        }
    }
    assert_eq!(commerce(&api).await, 3);
}

#[tokio::test]
async fn a_nonce_is_used_up_also_after_a_restart() {
    let mut api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let send = async |api: &Api, id: &str| -> Answer {
        let body = order(id, "pending");
        api.send(signed(api, &path, 0, "nonce-once-only", SECRET, &body))
            .await
    };
    send(&api, "N-1").await.ok();
    send(&api, "N-2").await.refuses(401, "bad_proof");
    api.stop().await;
    api.start_again().await;
    send(&api, "N-3").await.refuses(401, "bad_proof");
    assert_eq!(commerce(&api).await, 1);
}

/// Alters one thing of a request that would be taken.
#[tokio::test]
async fn what_is_not_proven_is_refused() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let body = order("W-1", "pending");
    let at = chrono::Utc::now();
    let proof = |nonce: &str| {
        let proof =
            providers::sign::sign("unified", &Secret::new(SECRET), body.as_bytes(), at, nonce);
        proof.unwrap().headers
    };
    type Alter<'a> = &'a dyn Fn(&str, String) -> String;
    let is = |name: &str, end: &str| name.ends_with(end);
    let cases: &[(&str, Alter<'_>)] = &[
        ("nonce with a dot", &|name, value| {
            if is(name, "nonce") {
                "no.nonce.12".to_owned()
            } else {
                value
            }
        }),
        ("short nonce", &|name, value| {
            if is(name, "nonce") {
                "kurz".to_owned()
            } else {
                value
            }
        }),
        ("time not of digits", &|name, value| {
            if is(name, "timestamp") {
                format!("+{value}")
            } else {
                value
            }
        }),
        ("time with a fraction", &|name, value| {
            if is(name, "timestamp") {
                format!("{value}.0")
            } else {
                value
            }
        }),
        ("no time", &|name, value| {
            if is(name, "timestamp") {
                String::new()
            } else {
                value
            }
        }),
        ("another time", &|name, value| {
            if is(name, "timestamp") {
                (value.parse::<i64>().unwrap() + 1).to_string()
            } else {
                value
            }
        }),
        ("base64 for hex", &|name, value| {
            use base64::Engine;
            let bytes = || hex::decode(&value).unwrap();
            if is(name, "signature") {
                base64::engine::general_purpose::STANDARD.encode(bytes())
            } else {
                value
            }
        }),
        ("a signature cut short", &|name, value| {
            if is(name, "signature") {
                value[..62].to_owned()
            } else {
                value
            }
        }),
        ("one bit of the signature", &|name, value| {
            if is(name, "signature") {
                let mut bytes = hex::decode(&value).unwrap();
                bytes[7] ^= 1;
                hex::encode(bytes)
            } else {
                value
            }
        }),
        ("no signature", &|name, value| {
            if is(name, "signature") {
                String::new()
            } else {
                value
            }
        }),
    ];
    let send = async |headers: Vec<(String, String)>, body: &str| {
        let request = api.request(Method::POST, &path).body(body.to_owned());
        let request = headers.into_iter().fold(request, |request, (name, value)| {
            request.header(name, value)
        });
        api.send(request).await
    };
    for (place, (what, alter)) in cases.iter().enumerate() {
        let headers = proof(&format!("nonce-{place:06}")).into_iter();
        let altered = headers
            .map(|(name, value)| (name.clone(), alter(&name, value)))
            .collect();
        let answer = send(altered, &body).await;
        assert_eq!(answer.status, 401, "{what}");
    }
    for place in [0, body.len() / 2, body.len() - 1] {
        let mut altered = body.clone().into_bytes();
        altered[place] ^= 0x01;
        let altered = String::from_utf8(altered).unwrap();
        send(proof(&format!("nonce-b{place:05}")), &altered)
            .await
            .refuses(401, "bad_proof");
    }
    send(Vec::new(), &body).await.refuses(401, "bad_proof");
    let empty = signed(&api, &path, 0, "nonce-empty-1", "", &body);
    api.send(empty).await.refuses(401, "bad_proof");
    let without = api
        .send(
            api.request(Method::PATCH, "/api/v1/integrations/loja")
                .bearer_auth(&api.admin)
                .json(&serde_json::json!({"secrets": []})),
        )
        .await;
    without.ok();
    for secret in ["", SECRET] {
        let nonce = format!("nonce-none-{}", secret.len());
        api.send(signed(&api, &path, 0, &nonce, secret, &body))
            .await
            .refuses(401, "bad_proof");
    }
    assert_eq!(
        commerce(&api).await,
        0,
        "nothing of all that is in the feed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_equal_requests_at_once_make_one_event() {
    let api = Arc::new(Api::start().await);
    let path = api.integration("loja", "kiwify").await;
    let body = r#"{"order_id":"E-1","order_status":"waiting_payment","webhook_event_type":"pix_created","payment_method":"pix","Customer":{"full_name":"Rita de Teste","email":"rita@example.com","mobile":"+5547900000111"},"Commissions":{"charge_amount":9790}}"#;
    let sends = (0..50).map(|_| {
        let (api, path) = (Arc::clone(&api), path.clone());
        tokio::spawn(async move { api.deliver(&path, "kiwify", body).await })
    });
    let sends: Vec<_> = sends.collect();
    let mut results = Vec::new();
    for send in sends {
        results.push(
            send.await.unwrap().ok().value()["result"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
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
        49
    );
    assert_eq!(commerce(&api).await, 1);
}

/// A small form of ten thousand events in eight copies each.
#[tokio::test(flavor = "multi_thread")]
async fn many_copies_over_many_connections_make_one_event_each() {
    const EVENTS: usize = 250;
    const COPIES: usize = 8;
    let mut api =
        Api::with(|config| config.commit_timeout = std::time::Duration::from_secs(10)).await;
    let path = api.integration("loja", "unified").await;
    for round in 0..2 {
        // The second half of the copies comes after a restart.
        let sends = (0..EVENTS * COPIES / 2).map(|n| {
            let body = order(&format!("M-{}", n % EVENTS), "pending");
            let nonce = format!("nonce-{round}-{n:06}");
            let request = signed(&api, &path, 0, &nonce, SECRET, &body);
            let api = &api;
            async move { api.send(request).await.status }
        });
        let statuses: Vec<u16> = futures_util::stream::iter(sends)
            .buffer_unordered(64)
            .collect()
            .await;
        assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
        api.stop().await;
        api.start_again().await;
    }
    let entries = api.entries().await;
    let orders: BTreeSet<String> = entries
        .iter()
        .filter_map(|entry| entry.event().unwrap())
        .map(|event| event.order_key)
        .collect();
    assert_eq!((commerce(&api).await, orders.len()), (EVENTS, EVENTS));
    assert!(
        entries
            .iter()
            .map(|entry| entry.seq)
            .eq(1..=entries.len() as u64),
        "no gap, no twin"
    );
}
