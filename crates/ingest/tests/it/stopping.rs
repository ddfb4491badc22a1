//! On the word to stop: what was begun is finished, streams end, nothing new is taken, and all of it is there afterwards.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ingest::Config;
use ingest::store::{System, World};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::api::{Api, SECRET, order};
use crate::events::Stream;

#[tokio::test]
async fn what_was_begun_is_finished() {
    let mut api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let mut stream = Stream::open(&api, &api.admin, "?after=0").await;
    stream.next().await.unwrap();
    let body = order("T-1", "pending");
    let signed = api.signed(&path, "unified", SECRET, &body).build().unwrap();
    let mut head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in signed.headers() {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    let address = api.base.trim_start_matches("http://").to_owned();
    let mut socket = TcpStream::connect(&address).await.unwrap();
    socket
        .write_all(format!("{head}\r\n{}", &body[..5]).as_bytes())
        .await
        .unwrap();
    // The request has been taken once its connection is counted.
    crate::api::eventually("the request is under way", || async {
        api.metric("balcao_connections").await >= Some(3.0)
    })
    .await;

    let serving = api.serving.take().unwrap();
    serving.stop();
    while stream.next().await.is_some() {}
    crate::api::eventually("nobody is let in", || async {
        TcpStream::connect(&address).await.is_err()
    })
    .await;
    socket.write_all(&body.as_bytes()[5..]).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("accepted"),
        "{answer}"
    );
    serving.finished().await.unwrap();

    let world: Arc<dyn World> = Arc::new(System);
    let config = Config {
        database: format!("sqlite://{}/balcao.db", api.folder.path().display()),
        ..Config::default()
    };
    drop(api.store);
    let again = ingest::open_store(&config, None, &world).unwrap();
    let head = again.head(api.workspace).await.unwrap();
    assert_eq!(head.seq, 3, "the admin, the source and the order");
}

#[tokio::test]
async fn a_caller_that_never_finishes_is_cut_off() {
    let mut api = Api::with(|config| config.shutdown = Duration::from_millis(200)).await;
    let address = api.base.trim_start_matches("http://").to_owned();
    let mut socket = TcpStream::connect(&address).await.unwrap();
    socket
        .write_all(b"POST /api/v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n")
        .await
        .unwrap();
    crate::api::eventually("the request is under way", || async {
        api.metric("balcao_connections").await >= Some(2.0)
    })
    .await;
    let begun = Instant::now();
    api.stop().await;
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "{:?}",
        begun.elapsed()
    );
}
