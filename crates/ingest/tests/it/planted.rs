//! Secrets, tokens and passwords are in no file, whatever was done with them: planted words are searched for, byte for byte.

use contract::Role;
use reqwest::Method;
use serde_json::json;

use crate::api::{Api, order};

const SECRET: &str = "segredo-plantado-um";
const SECOND: &str = "segredo-plantado-dois";
const CREDENTIAL: &str = "credencial-plantada";
const PASSWORD: &str = "senha plantada comprida";

fn files(api: &Api) -> Vec<(String, Vec<u8>)> {
    let folder = std::fs::read_dir(api.folder.path()).unwrap();
    let mut found: Vec<_> = folder
        .map(|file| file.unwrap())
        .map(|file| {
            (
                file.file_name().into_string().unwrap(),
                std::fs::read(file.path()).unwrap(),
            )
        })
        .collect();
    found.sort();
    found
}

fn assert_absent(api: &Api, words: &[&str], when: &str) {
    let files = files(api);
    assert!(files.iter().any(|(name, _)| name == "balcao.db"));
    for (name, bytes) in &files {
        for word in words {
            let found = bytes
                .windows(word.len())
                .any(|part| part == word.as_bytes());
            assert!(!found, "{word} is in {name} {when}");
        }
    }
}

#[tokio::test]
async fn no_file_holds_a_secret_a_token_or_a_password() {
    let mut api = Api::start().await;
    let body = json!({"slug": "loja", "provider": "unified", "name": "Loja", "secrets": [SECRET],
        "credentials": {"accessToken": CREDENTIAL}});
    let made = api
        .post(&api.admin, "/api/v1/integrations", &body)
        .await
        .ok()
        .value();
    let key = made["key"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/webhooks/unified/{key}");
    api.send(api.signed(&path, "unified", SECRET, &order("P-1", "pending")))
        .await
        .ok();
    let rotate = json!({"secret": SECOND});
    api.post(
        &api.admin,
        "/api/v1/integrations/loja/rotate-secret",
        &rotate,
    )
    .await
    .ok();
    api.send(api.signed(&path, "unified", SECOND, &order("P-2", "pending")))
        .await
        .ok();
    let agent = api.member(Role::Agent).await;
    let set = api
        .request(Method::PUT, "/api/v1/members/me/password")
        .bearer_auth(&agent)
        .json(&json!({"login": "rita", "password": PASSWORD}));
    api.send(set).await.ok();
    let log_in = api
        .request(Method::POST, "/api/v1/sessions")
        .json(&json!({"login": "rita", "password": PASSWORD}));
    let second = api.send(log_in).await.ok().value();
    let second = second["token"].as_str().unwrap();
    let invite = api
        .post(&api.admin, "/api/v1/invites", &json!({"role": "agent"}))
        .await
        .ok()
        .value();
    let code = invite["code"].as_str().unwrap();
    let mut answers = Vec::new();
    for path in [
        "/api/v1/audit",
        "/api/v1/integrations",
        "/api/v1/deliveries",
        "/api/v1/members",
        "/metrics",
    ] {
        answers.extend(api.get(&api.admin, path).await.ok().body);
    }
    let answers = String::from_utf8(answers).unwrap();
    let admin = api.admin.clone();
    let planted = [
        SECRET, SECOND, CREDENTIAL, PASSWORD, &agent, second, &admin, code,
    ];
    for word in planted {
        assert!(!answers.contains(word), "{word} is in an answer");
    }
    let words = [&planted[..], &[&key]].concat();
    // In the write-ahead log while the service runs, and in the main file afterwards.
    assert_absent(&api, &words, "while it runs");
    let delete = api
        .request(Method::DELETE, "/api/v1/integrations/loja")
        .bearer_auth(&api.admin);
    api.send(delete).await.ok();
    api.stop().await;
    assert_absent(&api, &words, "after it stopped");
}
