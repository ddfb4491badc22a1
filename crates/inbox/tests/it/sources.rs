//! The sources of sales: against the real service, and against answers no good service would give.

use std::net::SocketAddr;

use inbox::Token;
use inbox::asking::Mode;
use inbox::sources::{
    DeliveriesAsked, DeliveryResult, NewSource, RotateAsked, SourceChange, SourceFault,
    SourceState, Sources,
};
use inbox::{Inbox, Session};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::desk::open;
use crate::real::Real;
use crate::service::me;

fn read<T: serde::de::DeserializeOwned>(told: Value) -> T {
    serde_json::from_value(told).expect("a request of the page")
}

async fn desk(real: &Real) -> (Inbox, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let inbox = open(folder.path()).await;
    assert_eq!(inbox.sources().err(), Some(SourceFault::SignedOut));
    let (session, token) = real.session(&real.serving.base_url());
    inbox.sit_down(session, token).await.expect("sits down");
    (inbox, folder)
}

/// Posts a body as it is and returns the service's word for what became of it.
async fn post(url: &str, body: &str) -> String {
    let asked = reqwest::Client::new().post(url).body(body.to_owned());
    let answer = asked.header("content-type", "application/json").send();
    let told: Value = answer.await.expect("answers").json().await.expect("JSON");
    let word = told.get("result").or_else(|| told.get("code"));
    word.and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_source_lives_from_its_first_address_to_its_removal() {
    let real = Real::start().await;
    let (inbox, _folder) = desk(&real).await;
    let sources = inbox.sources().expect("somebody sits here");
    let platforms = sources.platforms().await.expect("answers");
    let kiwify = platforms.iter().find(|one| one.slug == "kiwify");
    assert!(kiwify.is_some_and(|one| one.signs && one.pulls == ["sales"] && one.registers));

    let new: NewSource = read(json!({"provider": "kiwify", "name": " Loja "}));
    let first = sources.add(new.clone()).await.expect("added");
    let second = sources.add(new).await.expect("added");
    assert_eq!(
        (first.name.as_str(), first.slug.as_str()),
        ("Loja", "kiwify")
    );
    assert_eq!(second.slug, "kiwify-2");
    sources.remove(second.id).await.expect("removed");
    assert_eq!(sources.list().await.expect("answers").len(), 1);

    let change: SourceChange = read(json!({"secret": " segredo-de-longe \n", "name": "Loja 2"}));
    let changed = sources.change(first.id, change).await.expect("changed");
    assert_eq!(changed.name, "Loja 2");
    let fours = |source: &inbox::sources::Source| -> Vec<String> {
        let kept = source.secrets.iter();
        kept.map(|secret| secret.last_four.clone()).collect()
    };
    assert_eq!(fours(&changed), ["onge"]);

    let asked: RotateAsked = read(json!({"overlapHours": 24}));
    let rotated = sources.rotate(first.id, asked).await.expect("rotated");
    let made = rotated.secret.expect("the service made one");
    assert!(!made.0.is_empty() && !format!("{made:?}").contains(&made.0));
    assert_eq!(rotated.source.secrets.len(), 2);
    let retired = sources.retire(first.id).await.expect("retired");
    assert_eq!(retired.secrets.len(), 1);

    let url = first.webhook_url.expect("an admin sees it");
    assert_eq!(post(&url, "{}").await, "bad_proof");
    let health = sources.health(false).await.expect("answers");
    assert_eq!(health.len(), 1);
    assert_eq!(health[0].state, SourceState::Attention);
    assert_eq!(health[0].last_24h.bad_proof, 1);
}

#[tokio::test]
async fn deliveries_are_read_page_by_page_and_whole_letter_by_letter() {
    let real = Real::start().await;
    let (inbox, _folder) = desk(&real).await;
    let sources = inbox.sources().expect("somebody sits here");
    let new: NewSource = read(json!({"provider": "vega", "name": "Vega"}));
    let source = sources.add(new).await.expect("added");
    let url = source.webhook_url.expect("an admin sees it");
    for number in 0..5 {
        let body = format!(r#"{{"sale":{number},"total":1797.30,"what":"Pão"}}"#);
        assert_eq!(post(&url, &body).await, "unmapped");
    }
    let asked = |before| -> DeliveriesAsked {
        read(json!({"id": source.id, "result": null, "before": before, "limit": 2}))
    };
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = sources.deliveries(asked(before)).await.expect("answers");
        seen.extend(page.deliveries);
        before = page.next_before;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 5);
    let newest = &seen[0];
    let whole = sources.delivery(newest.id).await.expect("answers");
    assert_eq!(&whole.summary, newest);
    assert!(
        whole.payload.contains("\n  \"total\": 1797.30,\n"),
        "{}",
        whole.payload
    );
    let again = sources.reprocess(newest.id).await.expect("answers");
    assert_eq!(again.delivery_id, newest.id);
    let all = sources
        .reprocess_all(source.id, DeliveryResult::Unmapped)
        .await;
    assert!(all.is_ok_and(|told| told.accepted == 0));
}

/// A service that gives one answer to everything.
async fn saying(answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4_096];
            let _ = stream.read(&mut head).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    address
}

async fn asking(answer: &'static str) -> (Sources, Inbox, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let inbox = open(folder.path()).await;
    let session = Session {
        server: format!("http://{}/", saying(answer).await)
            .parse()
            .expect("an address"),
        mode: Mode::Team,
        me: me(),
    };
    let token = Token::new("planted-token-never-in-a-fault".to_owned());
    inbox.sit_down(session, token).await.expect("sits down");
    (inbox.sources().expect("somebody sits here"), inbox, folder)
}

#[tokio::test]
async fn what_goes_wrong_is_told_apart_and_carries_no_secret() {
    const PROBLEM: &str = "HTTP/1.1 422 x\r\nconnection: close\r\n\r\n{\"type\":\"about:blank\",\"title\":\"x\",\"status\":422,\
        \"code\":\"invalid\",\"detail\":\"Too long.\",\"path\":\"name\"}";
    const SEVERAL: &str = "HTTP/1.1 422 x\r\nconnection: close\r\n\r\n{\"code\":\"settings_invalid\",\"problems\":[\
        {\"path\":\"blueprint.event\",\"code\":\"missing\"},{\"path\":\"samples[0]\",\"code\":\"not_read\"}]}";
    for (answer, code, paths) in [
        (
            "HTTP/1.1 401 x\r\nconnection: close\r\n\r\n",
            "signed_out",
            &[][..],
        ),
        (
            "HTTP/1.1 403 x\r\nconnection: close\r\n\r\n",
            "forbidden",
            &[],
        ),
        (
            "HTTP/1.1 429 x\r\nconnection: close\r\n\r\n",
            "service_busy",
            &[],
        ),
        (
            "HTTP/1.1 500 x\r\nconnection: close\r\n\r\n{\"code\":\"internal\"}",
            "service_busy",
            &[],
        ),
        (
            "HTTP/1.1 502 x\r\nconnection: close\r\n\r\n{\"code\":\"platform_unauthorised\"}",
            "platform_unauthorised",
            &[""],
        ),
        (
            "HTTP/1.1 200 x\r\nconnection: close\r\n\r\n{\"integrations\":1}",
            "incompatible",
            &[],
        ),
        (
            "HTTP/1.1 200 x\r\ncontent-length: 99\r\nconnection: close\r\n\r\n{",
            "unreachable",
            &[],
        ),
        ("", "unreachable", &[]),
        (PROBLEM, "invalid", &["name"]),
        (
            SEVERAL,
            "settings_invalid",
            &["blueprint.event", "samples[0]"],
        ),
    ] {
        let (sources, inbox, _folder) = asking(answer).await;
        let fault = sources.list().await.expect_err("it goes wrong");
        let told: Vec<&str> = fault
            .problems()
            .iter()
            .map(|one| one.path.as_str())
            .collect();
        assert_eq!((fault.code(), told.as_slice()), (code, paths), "{answer}");
        assert!(
            !format!("{fault:?} {fault}").contains("planted"),
            "{fault:?}"
        );
        inbox.close().await;
    }
}
