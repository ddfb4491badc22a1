//! What platforms send twice, thrice and in another order is told once, whichever platform it is.

use contract::kind;
use ingest::store::{System, World};
use providers::{Provider, Sample, Secret, sign};
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::api::{Api, SECRET};

/// The platform that makes no sample: its seller says what it sends.
const CUSTOM: &str = "custom";

/// Makes a sale's request, with a proof of its own time and nonce as a platform makes for each attempt.
fn attempt(api: &Api, path: &str, provider: &str, sample: &Sample) -> RequestBuilder {
    let mut nonce = [0; 12];
    System.fill(&mut nonce);
    let secret = Secret::new(SECRET);
    let nonce = hex::encode(nonce);
    let signed = sign::sign(provider, &secret, &sample.body, System.now(), &nonce);
    let signed = signed.unwrap_or_default();
    let query = [sample.query.as_str(), signed.query.as_str()].join("&");
    let path = format!("{path}?{}", query.trim_matches('&'));
    let headers = sample.headers.iter().chain(&signed.headers);
    headers
        .fold(
            api.request(Method::POST, &path),
            |request, (name, value)| request.header(name, value),
        )
        .body(sample.body.clone())
}

fn samples(provider: &dyn Provider) -> [Sample; 2] {
    ["900123", "900124"].map(|id| {
        provider.sample(id, System.now()).unwrap_or_else(|| {
            let sale =
                json!({"id": id, "status": "open", "total": "97.90", "mail": "rita@example.com"});
            Sample {
                query: String::new(),
                headers: vec![("x-token".to_owned(), SECRET.to_owned())],
                body: sale.to_string().into_bytes(),
            }
        })
    })
}

async fn source(api: &Api, provider: &str) -> String {
    if provider != CUSTOM {
        let slug = provider.replace('_', "-");
        return api.integration(&slug, provider).await;
    }
    let blueprint = json!({
        "proof": {"scheme": "token", "header": "X-Token"},
        "event": "status",
        "stages": {"open": "payment_pending"},
        "amountUnit": "major",
        "fields": {"externalId": "id", "amount": "total", "email": "mail"},
    });
    let body = json!({
        "slug": "sob-medida", "provider": CUSTOM, "name": "Sob medida", "secrets": [SECRET],
        "settings": {"blueprint": blueprint},
    });
    let made = api.post(&api.admin, "/api/v1/integrations", &body).await;
    let made = made.ok().value();
    format!("/api/v1/webhooks/custom/{}", made["key"].as_str().unwrap())
}

#[tokio::test]
async fn every_platforms_repeats_are_told_once() {
    let api = Api::start().await;
    let mut told = 0;
    for provider in providers::all() {
        let slug = provider.slug();
        let path = source(&api, slug).await;
        let [first, second] = samples(*provider);
        // Both, then again in the other order, then the first once more.
        for (number, (sample, expected)) in [
            (&first, "accepted"),
            (&first, "duplicate"),
            (&second, "accepted"),
            (&first, "duplicate"),
            (&second, "duplicate"),
            (&first, "duplicate"),
        ]
        .into_iter()
        .enumerate()
        {
            let answer = api.send(attempt(&api, &path, slug, sample)).await;
            let answer = answer.ok().value();
            assert_eq!(answer["result"], expected, "{slug}, {number}: {answer}");
        }
        told += 2;
        let entries = api.entries().await;
        let sales = entries.iter().filter(|one| one.kind == kind::COMMERCE);
        assert_eq!(sales.count(), told, "{slug}");
    }
}
