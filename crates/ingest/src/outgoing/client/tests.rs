//! Where requests go and where they never go.

use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::get;
use providers::pull::{Method, Request};
use tokio::net::TcpListener;

use super::resolver::Lookup;
use super::{Client, LONGEST_ANSWER, Unreachable};
use crate::outgoing::hosts::Hosts;
use crate::outgoing::reach;

const PATIENCE: Duration = Duration::from_secs(10);
const ANYWHERE: Hosts = Hosts::Platform(&["*"]);

/// Every way to write an address that leads inside, or to no one machine outside.
const INSIDE: [&str; 66] = [
    "127.0.0.1",
    "127.255.255.254",
    "127.1",
    "127.0.1",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f.1",
    "0x7f000001",
    "017700000001",
    "2130706433",
    "127.0.0.1.",
    "0.0.0.0",
    "0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "012.1.2.3",
    "167772161",
    "172.16.0.1",
    "172.31.255.254",
    "0xac.0x10.0.1",
    "192.168.0.1",
    "192.168.255.255",
    "3232235521",
    "0xc0a80001",
    "169.254.169.254",
    "169.254.0.1",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "100.64.0.1",
    "100.127.255.254",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "198.51.100.7",
    "203.0.113.9",
    "192.88.99.1",
    "198.18.0.1",
    "198.19.255.254",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::a00:1]",
    "[100::1]",
    "[2001::1]",
    "[2001:db8::1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::]",
    "[3fff::1]",
    "[5f00::1]",
    "[fc00::1]",
    "[fe80::1]",
    "[ff02::1]",
];

fn asking(url: &str) -> Request {
    Request {
        method: Method::Get,
        url: url.to_owned(),
        headers: vec![("X-Token", "segredo".to_owned())],
        body: None,
    }
}

/// Answers each look-up with the next of its answers, the last one for ever.
struct Answers {
    answers: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

#[async_trait]
impl Lookup for Answers {
    async fn addresses(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst);
        Ok(self.answers[turn.min(self.answers.len() - 1)].clone())
    }
}

fn looking_up(answers: &[&[&str]], allow_private: bool) -> (Client, Arc<Answers>) {
    let address = |text: &&str| text.parse().unwrap();
    let answers = answers
        .iter()
        .map(|list| list.iter().map(address).collect())
        .collect();
    let lookup = Arc::new(Answers {
        answers,
        asked: AtomicUsize::new(0),
    });
    let shared: Arc<dyn Lookup> = Arc::clone(&lookup) as _;
    let client = Client::over(&shared, allow_private, PATIENCE);
    (client, lookup)
}

/// A platform on this machine that counts who comes.
struct Platform {
    port: u16,
    came: Arc<Mutex<Vec<HeaderMap>>>,
}

impl Platform {
    async fn start() -> Self {
        let came: Arc<Mutex<Vec<HeaderMap>>> = Arc::default();
        let seen = Arc::clone(&came);
        let routes = Router::new()
            .route("/", get(async || "aqui"))
            .route(
                "/away",
                get(async || (StatusCode::FOUND, [(header::LOCATION, "/")], "")),
            )
            .route("/long", get(async || vec![b'x'; LONGEST_ANSWER + 1]))
            .route(
                "/endless",
                get(async || {
                    let chunk = Ok::<_, io::Error>(vec![b'x'; 1 << 20]);
                    Body::from_stream(futures_util::stream::repeat_with(move || {
                        chunk
                            .as_ref()
                            .map(Clone::clone)
                            .map_err(|_| io::Error::other(""))
                    }))
                }),
            )
            .route("/silent", get(std::future::pending::<&'static str>))
            .layer(axum::middleware::map_request(
                move |request: axum::extract::Request| {
                    let seen = Arc::clone(&seen);
                    async move {
                        seen.lock().unwrap().push(request.headers().clone());
                        request
                    }
                },
            ));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { port, came }
    }

    fn at(&self, host: &str, path: &str) -> Request {
        asking(&format!("http://{host}:{}{path}", self.port))
    }

    fn visits(&self) -> usize {
        self.came.lock().unwrap().len()
    }
}

#[tokio::test]
async fn no_spelling_of_an_inner_address_is_asked() {
    let (client, lookup) = looking_up(&[&["127.0.0.1"]], false);
    for host in INSIDE {
        for url in [format!("https://{host}/"), format!("https://{host}:8443/x")] {
            let outcome = client.send(&asking(&url), &ANYWHERE).await;
            assert_eq!(outcome.err(), Some(Unreachable::NotAllowed), "{url}");
        }
    }
    assert_eq!(
        lookup.asked.load(Ordering::SeqCst),
        0,
        "an address is not looked up"
    );
}

#[tokio::test]
async fn no_name_leads_to_an_inner_address() {
    let mut judged = 0;
    for text in INSIDE {
        let Ok(address) = text.trim_matches(['[', ']']).parse::<IpAddr>() else {
            continue;
        };
        judged += 1;
        assert!(!reach::is_public(address), "{text}");
        let text = address.to_string();
        let (client, _) = looking_up(&[&["8.8.8.8", &text]], false);
        let asked = asking("https://loja.example.com/");
        let outcome = client.send(&asked, &ANYWHERE).await;
        assert_eq!(outcome.err(), Some(Unreachable::NotAllowed), "{text}");
    }
    assert!(judged > 45, "{judged}");
    for text in ["8.8.8.8", "192.0.1.1", "2606:4700::1111", "2a00:1450::1"] {
        assert!(reach::is_public(text.parse().unwrap()), "{text}");
    }
}

#[tokio::test]
async fn a_name_that_changes_its_mind_gains_nothing() {
    let platform = Platform::start().await;
    // Outside when it is first looked up, here when it is asked again.
    let (client, lookup) = looking_up(&[&["192.0.2.1"], &["127.0.0.1"]], false);
    let url = format!("https://loja.example.com:{}/", platform.port);
    for _ in 0..3 {
        let outcome = client.send(&asking(&url), &ANYWHERE).await;
        assert_eq!(outcome.err(), Some(Unreachable::NotAllowed));
    }
    assert_eq!(lookup.asked.load(Ordering::SeqCst), 3);
    assert_eq!(platform.visits(), 0);
}

#[tokio::test]
async fn the_address_that_was_judged_is_the_one_connected_to() {
    let platform = Platform::start().await;
    // A second look-up would lead outside, where this port answers nobody.
    let (client, lookup) = looking_up(&[&["127.0.0.1"], &["192.0.2.1"]], true);
    let asked = platform.at("loja.example.com", "/");
    let answer = client.send(&asked, &ANYWHERE).await.unwrap();
    assert_eq!(answer.response().body, b"aqui");
    assert_eq!(lookup.asked.load(Ordering::SeqCst), 1);
    let came = platform.came.lock().unwrap();
    assert_eq!(
        came[0]["host"],
        format!("loja.example.com:{}", platform.port)
    );
    assert_eq!(came[0]["x-token"], "segredo");
    assert!(
        came[0]["user-agent"]
            .to_str()
            .unwrap()
            .starts_with("Balcao/")
    );
}

#[tokio::test]
async fn without_tls_only_private_networks_are_asked_and_only_where_allowed() {
    let platform = Platform::start().await;
    let (strict, _) = looking_up(&[&["127.0.0.1"]], false);
    let (lenient, _) = looking_up(&[&["127.0.0.1"]], true);
    let (abroad, _) = looking_up(&[&["8.8.8.8"]], true);
    for (client, host, reached) in [
        (&strict, "127.0.0.1", false),
        (&strict, "loja.example.com", false),
        (&lenient, "127.0.0.1", true),
        (&lenient, "localhost", true),
        (&abroad, "loja.example.com", false),
        (&abroad, "8.8.8.8", false),
    ] {
        let outcome = client.send(&platform.at(host, "/"), &ANYWHERE).await;
        let expected = (!reached).then_some(Unreachable::NotAllowed);
        assert_eq!(outcome.err(), expected, "{host}");
    }
    let only = Hosts::Only("api.example.com".to_owned());
    let outcome = lenient.send(&platform.at("127.0.0.1", "/"), &only).await;
    assert_eq!(outcome.err(), Some(Unreachable::NotAllowed));
    for url in [
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "https://user@api.example.com/",
        "nonsense",
    ] {
        let outcome = lenient.send(&asking(url), &ANYWHERE).await;
        assert_eq!(outcome.err(), Some(Unreachable::NotAllowed), "{url}");
    }
    assert_eq!(platform.visits(), 2);
}

#[tokio::test]
async fn redirects_are_answers_and_answers_have_an_end() {
    let platform = Platform::start().await;
    let shared: Arc<dyn Lookup> = Arc::new(super::System);
    let client = Client::over(&shared, true, Duration::from_millis(1_500));
    let send = async |path: &str| {
        client
            .send(&platform.at("127.0.0.1", path), &ANYWHERE)
            .await
    };
    assert_eq!(send("/away").await.unwrap().response().status, 302);
    assert_eq!(platform.visits(), 1, "not followed");
    for (path, why) in [
        ("/long", Unreachable::TooLong),
        ("/endless", Unreachable::TooLong),
        ("/silent", Unreachable::TooLate),
    ] {
        assert_eq!(send(path).await.err(), Some(why), "{path}");
    }
    let nobody = client.send(&asking("http://127.0.0.1:1/"), &ANYWHERE).await;
    assert_eq!(nobody.err(), Some(Unreachable::NoConnection));
}
