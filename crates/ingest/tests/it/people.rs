//! Sign-in, roles, the team.

use contract::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::Api;

#[tokio::test]
async fn an_invite_becomes_a_member_once() {
    let api = Api::start().await;
    let invite = api
        .post(&api.admin, "/api/v1/invites", &json!({"role": "agent"}))
        .await
        .ok()
        .value();
    let code = invite["code"]
        .as_str()
        .unwrap()
        .to_lowercase()
        .replace('-', " ");
    let sign_in = async |code: &str| {
        let body = json!({"invite": code, "name": "  Otávio   Lins ", "device": "notebook"});
        api.send(api.request(Method::POST, "/api/v1/sessions").json(&body))
            .await
    };
    let signed_in = sign_in(&code).await;
    assert_eq!(signed_in.status, 201);
    let signed_in = signed_in.value();
    let token = signed_in["token"].as_str().unwrap();
    let me = api.get(token, "/api/v1/sessions/me").await.ok().value();
    assert_eq!(
        (me["memberName"].as_str(), me["role"].as_str()),
        (Some("Otávio Lins"), Some("agent"))
    );
    sign_in(&code).await.refuses(409, "invite_used");
    sign_in("AAAAA-BBBBB-CCCCC-DDDDD-EEEEE")
        .await
        .refuses(404, "invite_unknown");

    let team = api.get(token, "/api/v1/members").await.ok().value();
    let names: Vec<&str> = team["members"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert_eq!(names, ["Ada", "Otávio Lins"]);
    api.send(
        api.request(Method::DELETE, "/api/v1/sessions/me")
            .bearer_auth(token),
    )
    .await
    .ok();
    api.get(token, "/api/v1/sessions/me")
        .await
        .refuses(401, "unauthorized");
}

#[tokio::test]
async fn open_invites_can_be_seen_and_taken_back() {
    let api = Api::start().await;
    let lead = api.member(Role::Lead).await;
    let invite = async |token: &str, role: &str| {
        let body = json!({"role": role});
        let made = api.post(token, "/api/v1/invites", &body).await;
        made.ok().value()["code"].as_str().unwrap().to_owned()
    };
    let listed = async |token: &str| {
        let open = api.get(token, "/api/v1/invites").await.ok().value();
        open["invites"].as_array().unwrap().clone()
    };
    let code = invite(&lead, "agent").await;
    invite(&api.admin, "admin").await;
    let (seen, all) = (listed(&lead).await, listed(&api.admin).await);
    assert_eq!(
        (seen.len(), all.len()),
        (1, 2),
        "leads see those for agents"
    );
    assert_eq!(
        (&seen[0]["role"], &seen[0]["by"]["name"]),
        (&json!("agent"), &json!("lead"))
    );
    let text = serde_json::to_string(&all).unwrap();
    assert!(!text.contains(&code), "codes are shown once");

    let take_back = async |token: &str, id: &str| {
        let path = format!("/api/v1/invites/{id}");
        api.send(api.request(Method::DELETE, &path).bearer_auth(token))
            .await
    };
    let own = seen[0]["id"].as_str().unwrap();
    let above = all.iter().find(|one| one["role"] == "admin").unwrap();
    let above = above["id"].as_str().unwrap();
    take_back(&lead, above).await.refuses(404, "not_found");
    take_back(&lead, "nonsense").await.refuses(404, "not_found");
    assert_eq!(take_back(&lead, own).await.status, 204);
    take_back(&lead, own).await.refuses(404, "not_found");
    let body = json!({"invite": code, "name": "Caio"});
    api.send(api.request(Method::POST, "/api/v1/sessions").json(&body))
        .await
        .refuses(410, "invite_expired");
}

#[tokio::test]
async fn an_admin_gives_another_role() {
    let api = Api::start().await;
    let agent = api.member(Role::Agent).await;
    let me = api.get(&agent, "/api/v1/sessions/me").await.ok().value();
    let path = format!("/api/v1/members/{}", me["memberId"].as_str().unwrap());
    let set = async |token: &str, body: Value| {
        let request = api.request(Method::PATCH, &path).bearer_auth(token);
        api.send(request.json(&body)).await
    };
    set(&agent, json!({"role": "admin"}))
        .await
        .refuses(403, "forbidden");
    set(&api.admin, json!({"role": "owner"}))
        .await
        .refuses(422, "invalid");
    api.get(&agent, "/api/v1/deliveries")
        .await
        .refuses(403, "forbidden");
    assert_eq!(set(&api.admin, json!({"role": "lead"})).await.status, 204);
    api.get(&agent, "/api/v1/deliveries").await.ok();
    assert_eq!(set(&api.admin, json!({"role": "agent"})).await.status, 204);
    api.get(&agent, "/api/v1/deliveries")
        .await
        .refuses(403, "forbidden");
}

#[tokio::test]
async fn names_are_checked_and_guessing_is_slow() {
    let api = Api::with(|config| config.sign_ins_per_minute = 4).await;
    let sign_in = async |body: Value| {
        api.send(api.request(Method::POST, "/api/v1/sessions").json(&body))
            .await
    };
    sign_in(json!({"invite": "x", "name": " "}))
        .await
        .refuses(422, "invalid");
    sign_in(json!({"invite": "x", "name": "n".repeat(81)}))
        .await
        .refuses(422, "invalid");
    for _ in 0..2 {
        sign_in(json!({"invite": "x", "name": "Rita"}))
            .await
            .refuses(404, "invite_unknown");
    }
    sign_in(json!({"invite": "x", "name": "Rita"}))
        .await
        .refuses(429, "rate_limited");
}

#[tokio::test]
async fn every_route_asks_for_its_role() {
    let api = Api::start().await;
    api.integration("loja", "kiwify").await;
    let (agent, lead) = (api.member(Role::Agent).await, api.member(Role::Lead).await);
    // Route, body, and the answers to nobody, agent, lead and admin.
    let table: &[(&str, &str, &str, [u16; 4])] = &[
        ("GET", "/api/v1/feed/entries", "", [401, 200, 200, 200]),
        ("GET", "/api/v1/sessions/me", "", [401, 200, 200, 200]),
        ("GET", "/api/v1/members", "", [401, 200, 200, 200]),
        (
            "POST",
            "/api/v1/commands",
            r#"{"commands":[]}"#,
            [401, 422, 422, 422],
        ),
        ("GET", "/api/v1/deliveries", "", [401, 403, 200, 200]),
        (
            "GET",
            "/api/v1/deliveries/dlv_00000000000000000000000000",
            "",
            [401, 403, 404, 404],
        ),
        ("GET", "/api/v1/integrations", "", [401, 403, 200, 200]),
        ("GET", "/api/v1/integrations/loja", "", [401, 403, 200, 200]),
        ("POST", "/api/v1/integrations", "{}", [401, 403, 403, 422]),
        (
            "PATCH",
            "/api/v1/integrations/loja",
            "{}",
            [401, 403, 403, 200],
        ),
        (
            "POST",
            "/api/v1/integrations/loja/rotate-secret",
            r#"{"secret":"x"}"#,
            [401, 403, 403, 200],
        ),
        (
            "DELETE",
            "/api/v1/integrations/loja",
            "",
            [401, 403, 403, 204],
        ),
        (
            "POST",
            "/api/v1/invites",
            r#"{"role":"agent"}"#,
            [401, 403, 201, 201],
        ),
        (
            "POST",
            "/api/v1/invites",
            r#"{"role":"lead"}"#,
            [401, 403, 403, 201],
        ),
        (
            "POST",
            "/api/v1/invites",
            r#"{"role":"admin"}"#,
            [401, 403, 403, 201],
        ),
        ("GET", "/api/v1/templates", "", [401, 200, 200, 200]),
        (
            "PUT",
            "/api/v1/templates/pix.own/en",
            "{}",
            [401, 403, 422, 422],
        ),
        (
            "DELETE",
            "/api/v1/templates/pix.own/en?version=1",
            "",
            [401, 403, 404, 404],
        ),
        (
            "GET",
            "/api/v1/templates/pix.own/en/versions",
            "",
            [401, 403, 404, 404],
        ),
        ("GET", "/api/v1/views", "", [401, 200, 200, 200]),
        (
            "PUT",
            "/api/v1/views/view_00000000000000000000000000",
            "{}",
            [401, 403, 422, 422],
        ),
        (
            "DELETE",
            "/api/v1/views/view_00000000000000000000000000",
            "",
            [401, 403, 404, 404],
        ),
        ("POST", "/api/v1/presence", "{}", [401, 204, 204, 204]),
        (
            "GET",
            "/api/v1/orders/provenance?orderKey=x",
            "",
            [401, 200, 200, 200],
        ),
    ];
    for (method, path, body, expected) in table {
        let callers = ["", &agent, &lead, &api.admin];
        for (token, status) in callers.iter().zip(expected) {
            let request = api.request(method.parse().unwrap(), path).body(*body);
            let request = if token.is_empty() {
                request
            } else {
                request.bearer_auth(token)
            };
            assert_eq!(
                api.send(request).await.status,
                *status,
                "{method} {path} {body}"
            );
        }
    }
    for header in ["Basic YTpi", "Bearer", "Bearer ", "bearer x y", "x"] {
        let request = api
            .request(Method::GET, "/api/v1/members")
            .header("authorization", header);
        let answer = api.send(request).await;
        answer.refuses(401, "unauthorized");
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
}

#[tokio::test]
async fn workspaces_do_not_see_each_other() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let receipt = api
        .deliver(&path, "unified", &crate::api::order("A-1", "pending"))
        .await
        .ok()
        .value();
    let other = ingest::first_admin(&*api.store, &ingest::store::System, "Outra", "Bia", "teste")
        .await
        .unwrap()
        .token;
    let delivery = format!(
        "/api/v1/deliveries/{}",
        receipt["deliveryId"].as_str().unwrap()
    );
    api.get(&other, &delivery).await.refuses(404, "not_found");
    api.get(&other, "/api/v1/integrations/loja")
        .await
        .refuses(404, "not_found");
    let entries = api.get(&other, "/api/v1/feed/entries").await.ok().value();
    assert_eq!(entries["head"], 1, "its own admin only");
    assert!(
        api.get(&other, "/api/v1/deliveries").await.ok().value()["deliveries"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

async fn set_password(api: &Api, token: &str, body: Value) -> crate::api::Answer {
    let request = api
        .request(Method::PUT, "/api/v1/members/me/password")
        .bearer_auth(token)
        .json(&body);
    api.send(request).await
}

async fn log_in(api: &Api, login: &str, password: &str) -> crate::api::Answer {
    let body = json!({"login": login, "password": password, "device": "celular"});
    api.send(api.request(Method::POST, "/api/v1/sessions").json(&body))
        .await
}

#[tokio::test]
async fn a_password_opens_a_second_device() {
    let api = Api::start().await;
    let ana = api.member(Role::Agent).await;
    let good = json!({"login": "Ana.Silva@example.com", "password": "cavalo correto bateria"});
    assert_eq!(set_password(&api, &ana, good.clone()).await.status, 204);
    let second = log_in(&api, " ana.silva@EXAMPLE.com ", "cavalo correto bateria").await;
    assert_eq!(second.status, 201);
    let second = second.value()["token"].as_str().unwrap().to_owned();
    let me = api.get(&second, "/api/v1/sessions/me").await.ok().value();
    assert_eq!(me, api.get(&ana, "/api/v1/sessions/me").await.ok().value());

    for (login, password) in [
        ("ana.silva@example.com", "cavalo correto bateri"),
        ("ninguem@example.com", "cavalo correto bateria"),
        ("", ""),
    ] {
        log_in(&api, login, password)
            .await
            .refuses(401, "bad_login");
    }
    let other = api.member(Role::Lead).await;
    set_password(&api, &other, good)
        .await
        .refuses(409, "login_taken");

    let changed = json!({"login": "ana", "password": "outra senha comprida"});
    set_password(&api, &ana, changed.clone())
        .await
        .refuses(403, "wrong_password");
    let mut shown = changed;
    shown["currentPassword"] = json!("cavalo correto bateria");
    assert_eq!(set_password(&api, &ana, shown).await.status, 204);
    api.get(&second, "/api/v1/sessions/me")
        .await
        .refuses(401, "unauthorized");
    api.get(&ana, "/api/v1/sessions/me").await.ok();
    log_in(&api, "ana.silva@example.com", "cavalo correto bateria")
        .await
        .refuses(401, "bad_login");
    assert_eq!(
        log_in(&api, "ana", "outra senha comprida").await.status,
        201
    );
}

#[tokio::test]
async fn weak_passwords_and_odd_logins_are_named() {
    let api = Api::start().await;
    for (path, login, password) in [
        ("login", "a", "cavalo correto bateria"),
        ("login", "maria josé", "cavalo correto bateria"),
        ("login", &"a".repeat(65), "cavalo correto bateria"),
        ("password", "ana", "curta"),
        ("password", "ana", "aaaaaaaaaaaaaaa"),
        ("password", "ana", "minha amiga ANA aqui"),
        ("password", "ana", &"senha ".repeat(30)),
    ] {
        let body = json!({"login": login, "password": password});
        let answer = set_password(&api, &api.admin, body).await;
        answer.refuses(422, "invalid");
        assert_eq!(answer.value()["path"], path, "{login} {password}");
    }
}

#[tokio::test]
async fn guessing_a_password_is_slow_whoever_guesses() {
    let api = Api::with(|config| {
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await;
    let guess = async |login: &str, from: usize| {
        let body = json!({"login": login, "password": "errada errada errada"});
        let request = api
            .request(Method::POST, "/api/v1/sessions")
            .header("x-forwarded-for", format!("198.51.100.{from}"))
            .json(&body);
        api.send(request).await
    };
    for from in 0..10 {
        guess("ana", from).await.refuses(401, "bad_login");
    }
    guess("ana", 99).await.refuses(429, "rate_limited");
    guess("bia", 99).await.refuses(401, "bad_login");
}
