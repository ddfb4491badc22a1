//! Size, time and number: what a caller may take of the service.

use std::time::{Duration, Instant};

use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::api::{Api, order};

async fn raw(api: &Api, text: &str) -> TcpStream {
    let mut socket = TcpStream::connect(api.base.trim_start_matches("http://"))
        .await
        .unwrap();
    socket.write_all(text.as_bytes()).await.unwrap();
    socket
}

async fn rest(mut socket: TcpStream) -> String {
    let mut text = Vec::new();
    // A reset is an end as well.
    let _ = socket.read_to_end(&mut text).await;
    String::from_utf8_lossy(&text).into_owned()
}

#[tokio::test]
async fn a_large_body_is_refused_before_it_is_read() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let told = format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 1048577\r\n\r\n");
    assert!(
        rest(raw(&api, &told).await)
            .await
            .starts_with("HTTP/1.1 413")
    );
    let untold = format!("POST {path} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
    let mut socket = raw(&api, &untold).await;
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    for _ in 0..17 {
        if socket.write_all(chunk.as_bytes()).await.is_err() {
            break;
        }
    }
    let mut answer = [0; 12];
    socket.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
    let fits = " ".repeat((1 << 20) - 10);
    let answer = api.deliver(&path, "unified", &fits).await;
    assert_eq!(answer.status, 422, "what fits is read");
    let command = api
        .request(Method::POST, "/api/v1/commands")
        .bearer_auth(&api.admin)
        .body("x".repeat((1 << 20) + 1));
    api.send(command).await.refuses(413, "body_too_large");
}

#[tokio::test]
async fn a_platform_of_large_bodies_may_send_them() {
    let api = Api::start().await;
    let path = api.integration("loja", "cartpanda").await;
    let order = |length: usize| {
        let note = "x".repeat(length);
        let order = r#""id":7,"total_price":"10,00","payment":{"type":"pix","currency":"BRL"}"#;
        format!(r#"{{"event":"order.created","order":{{{order},"note":"{note}"}}}}"#)
    };
    let body = order((2 << 20) - 1_000);
    let answer = api.deliver(&path, "cartpanda", &body).await.ok().value();
    assert_eq!(answer["result"], "accepted");
    let id = answer["deliveryId"].as_str().unwrap();
    let shown = format!("/api/v1/deliveries/{id}");
    let kept = api.get(&api.admin, &shown).await.ok().value();
    assert!(kept.to_string().len() > body.len(), "it is kept whole");
    let request = api.request(Method::POST, &path).body(order(2 << 20));
    api.send(request).await.refuses(413, "body_too_large");
    let other = api.integration("outra", "yampi").await;
    let request = api.request(Method::POST, &other).body(body);
    api.send(request).await.refuses(413, "body_too_large");
}

#[tokio::test]
async fn compressed_bodies_are_not_undone() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let request = api
        .signed(&path, "unified", crate::api::SECRET, "x")
        .header("content-encoding", "gzip");
    api.send(request).await.refuses(415, "encoding_unsupported");
}

#[tokio::test]
async fn heads_bodies_and_silence_have_their_time() {
    let api = Api::with(|config| {
        config.header_timeout = Duration::from_millis(150);
        config.body_timeout = Duration::from_millis(150);
        config.idle_timeout = Duration::from_millis(600);
    })
    .await;
    let path = api.integration("loja", "unified").await;
    let begun = Instant::now();
    let late_head = rest(raw(&api, "POST / HTTP/1.1\r\nhost:").await).await;
    assert!(
        begun.elapsed() < Duration::from_millis(500),
        "{late_head} {:?}",
        begun.elapsed()
    );

    let begun = Instant::now();
    let late_body = rest(
        raw(
            &api,
            &format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{{"),
        )
        .await,
    )
    .await;
    assert!(
        late_body.starts_with("HTTP/1.1 408") && late_body.contains("body_timeout"),
        "{late_body}"
    );
    assert!(begun.elapsed() < Duration::from_millis(500));

    let begun = Instant::now();
    let idle = rest(raw(&api, "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await).await;
    assert!(idle.starts_with("HTTP/1.1 200"));
    assert!(
        (Duration::from_millis(500)..Duration::from_secs(3)).contains(&begun.elapsed()),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn long_heads_are_refused() {
    let api = Api::start().await;
    let answer = rest(
        raw(
            &api,
            &format!("GET /healthz HTTP/1.1\r\nx: {}\r\n\r\n", "a".repeat(40_000)),
        )
        .await,
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_a_place() {
    let api = Api::with(|config| config.max_connections = 2).await;
    let one = raw(&api, "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let two = raw(&api, "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    for socket in [&one, &two] {
        socket.readable().await.unwrap();
    }
    let mut three = raw(&api, "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let mut answer = [0; 12];
    let waiting =
        tokio::time::timeout(Duration::from_millis(100), three.read_exact(&mut answer)).await;
    assert!(waiting.is_err(), "there is no place");
    drop(one);
    three.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
}

#[tokio::test]
async fn a_body_that_breaks_off_changes_nothing() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    drop(
        raw(
            &api,
            &format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{{"),
        )
        .await,
    );
    api.deliver(&path, "unified", &order("A-1", "pending"))
        .await
        .ok();
    let deliveries = api.get(&api.admin, "/api/v1/deliveries").await.ok().value();
    assert_eq!(deliveries["deliveries"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn one_address_sends_so_fast_and_no_faster() {
    let api = Api::with(|config| {
        (config.address_rate_per_second, config.address_rate_burst) = (1, 3);
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let path = api.integration("loja", "unified").await;
    let send = async |from: &str, path: &str, id: &str| {
        let request = api
            .signed(path, "unified", crate::api::SECRET, &order(id, "pending"))
            .header("x-forwarded-for", from);
        api.send(request).await
    };
    for id in ["A-1", "A-2"] {
        send("198.51.100.1", &path, id).await.ok();
    }
    // Who asks for addresses that are not there is counted too.
    let guess = "/api/v1/webhooks/unified/nosuchkey";
    send("198.51.100.1", guess, "A-3")
        .await
        .refuses(404, "unknown_webhook");
    send("198.51.100.1", &path, "A-4")
        .await
        .refuses(429, "rate_limited");
    send("192.0.2.1, 198.51.100.1", &path, "A-5")
        .await
        .refuses(429, "rate_limited");
    send("198.51.100.2", &path, "A-6").await.ok();
}
