//! Signed-in devices are seen and ended; an admin lets somebody back in.

use contract::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::{Answer, Api};

const PASSWORD: &str = "cavalo correto bateria";

impl Api {
    async fn member_id(&self, token: &str) -> String {
        let me = self.get(token, "/api/v1/sessions/me").await.ok().value();
        me["memberId"].as_str().unwrap().to_owned()
    }

    async fn open_sessions(&self, token: &str, query: &str) -> Vec<Value> {
        let path = format!("/api/v1/sessions{query}");
        let listed = self.get(token, &path).await.ok().value();
        listed["sessions"].as_array().unwrap().clone()
    }

    async fn end(&self, token: &str, session: &Value) -> Answer {
        let path = format!("/api/v1/sessions/{}", session["id"].as_str().unwrap());
        let request = self.request(Method::DELETE, &path);
        self.send(request.bearer_auth(token)).await
    }

    async fn set_login(&self, token: &str, login: &str, password: &str) -> Answer {
        let body = json!({"login": login, "password": password});
        let request = self.request(Method::PUT, "/api/v1/members/me/password");
        self.send(request.bearer_auth(token).json(&body)).await
    }

    async fn sign_in(&self, body: Value) -> Answer {
        let request = self.request(Method::POST, "/api/v1/sessions");
        self.send(request.json(&body)).await
    }
}

#[tokio::test]
async fn a_member_sees_and_ends_their_own_devices_only() {
    let api = Api::start().await;
    let ana = api.member(Role::Agent).await;
    let rui = api.member(Role::Lead).await;
    assert_eq!(api.set_login(&ana, "ana", PASSWORD).await.status, 204);
    let phone = json!({"login": "ana", "password": PASSWORD, "device": "celular"});
    let phone = api.sign_in(phone).await.ok().value();
    let phone = phone["token"].as_str().unwrap().to_owned();

    let open = api.open_sessions(&ana, "").await;
    assert_eq!(open.len(), 2, "{open:?}");
    let of_phone: Vec<_> = open.iter().filter(|one| one["isThis"] == false).collect();
    assert_eq!(of_phone.len(), 1);
    assert_eq!(of_phone[0]["device"], "celular");
    assert!(of_phone[0]["createdAt"].is_string() && of_phone[0]["seenAt"].is_string());

    let whose = format!("?member={}", api.member_id(&ana).await);
    let path = format!("/api/v1/sessions{whose}");
    api.get(&rui, &path).await.refuses(403, "forbidden");
    api.end(&rui, of_phone[0]).await.refuses(404, "not_found");
    assert_eq!(api.open_sessions(&ana, &whose).await.len(), 2);

    assert_eq!(api.end(&ana, of_phone[0]).await.status, 204);
    api.get(&phone, "/api/v1/sessions/me")
        .await
        .refuses(401, "unauthorized");
    api.end(&ana, of_phone[0]).await.refuses(404, "not_found");
    assert_eq!(api.open_sessions(&ana, "").await.len(), 1);
}

#[tokio::test]
async fn an_admin_ends_a_members_session_and_the_log_says_who_did() {
    let api = Api::start().await;
    let ana = api.member(Role::Agent).await;
    let member = api.member_id(&ana).await;
    let open = api
        .open_sessions(&api.admin, &format!("?member={member}"))
        .await;
    assert_eq!(open.len(), 1);
    assert_eq!(open[0]["isThis"], false);
    assert_eq!(api.end(&api.admin, &open[0]).await.status, 204);
    api.get(&ana, "/api/v1/sessions/me")
        .await
        .refuses(401, "unauthorized");
    let log = api.get(&api.admin, "/api/v1/audit").await.ok().value();
    let newest = &log["records"][0];
    assert_eq!(newest["action"], "session.ended");
    assert_eq!(newest["actor"]["name"], "Ada");
    assert_eq!(newest["subject"], open[0]["id"]);
    assert_eq!(newest["detail"]["member"], member.as_str());

    let other = ingest::first_admin(&*api.store, &ingest::store::System, "Outra", "Bia", "teste");
    let other = other.await.unwrap().token;
    let theirs = api.open_sessions(&other, "").await;
    api.end(&api.admin, &theirs[0])
        .await
        .refuses(404, "not_found");
    let foreign = format!("/api/v1/sessions?member={member}");
    api.get(&other, &foreign).await.refuses(404, "not_found");
}

#[tokio::test]
async fn a_code_lets_a_member_back_in_once() {
    let api = Api::start().await;
    let ana = api.member(Role::Lead).await;
    let member = api.member_id(&ana).await;
    assert_eq!(api.set_login(&ana, "ana", PASSWORD).await.status, 204);
    let path = format!("/api/v1/members/{member}/reset-password");
    let reset = async |token: &str| api.post(token, &path, &json!({})).await;
    reset(&ana).await.refuses(403, "forbidden");

    let lost = reset(&api.admin).await.ok().value();
    let code = reset(&api.admin).await.ok().value();
    assert_eq!(code["role"], "lead");
    api.get(&ana, "/api/v1/sessions/me")
        .await
        .refuses(401, "unauthorized");
    let by_password = json!({"login": "ana", "password": PASSWORD});
    api.sign_in(by_password).await.refuses(401, "bad_login");
    let with = |code: &Value| json!({"invite": code["code"], "name": "Outra", "device": "novo"});
    // The newer code took the older one's place.
    api.sign_in(with(&lost))
        .await
        .refuses(410, "invite_expired");
    let back = api.sign_in(with(&code)).await.ok().value();
    assert_eq!(back["memberId"], member.as_str());
    assert_eq!(
        back["memberName"], "lead",
        "a name is not changed by a code"
    );
    api.sign_in(with(&code)).await.refuses(409, "invite_used");
    let token = back["token"].as_str().unwrap();
    // Nobody has to show a password that was lost.
    let again = api.set_login(token, "ana", "outra senha comprida").await;
    assert_eq!(again.status, 204);
    let team = api.get(token, "/api/v1/members").await.ok().value();
    assert_eq!(team["members"].as_array().unwrap().len(), 2);

    let log = api.get(&api.admin, "/api/v1/audit").await.ok().value();
    let log = log["records"].as_array().unwrap().clone();
    let resets = log
        .iter()
        .filter(|one| one["action"] == "member.password_reset");
    assert_eq!(resets.count(), 2);
    assert!(
        !log.iter()
            .any(|one| one.to_string().contains(code["code"].as_str().unwrap()))
    );
    let gone = "/api/v1/members/mem_00000000000000000000000000/reset-password";
    api.post(&api.admin, gone, &json!({}))
        .await
        .refuses(404, "not_found");
}

#[tokio::test]
async fn a_removed_member_does_not_come_back_by_a_code() {
    let api = Api::start().await;
    let ana = api.member(Role::Agent).await;
    let member = api.member_id(&ana).await;
    let path = format!("/api/v1/members/{member}/reset-password");
    let code = api.post(&api.admin, &path, &json!({})).await.ok().value();
    let request = api.request(Method::DELETE, &format!("/api/v1/members/{member}"));
    let removed = api.send(request.bearer_auth(&api.admin)).await;
    assert_eq!(removed.status, 204);
    let body = json!({"invite": code["code"], "name": "Ana"});
    api.sign_in(body).await.refuses(410, "invite_expired");
}
