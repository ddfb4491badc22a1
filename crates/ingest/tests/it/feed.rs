//! Following the feed: pages, streams, resuming, and every way a cursor can be wrong.

use std::time::Duration;

use contract::{Chain, Entry, Page, Role};
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;

use crate::api::{Api, eventually, order};
use crate::events::Stream;

async fn with_orders(count: usize) -> (Api, String) {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    for serial in 0..count {
        api.deliver(&path, "unified", &order(&format!("A-{serial}"), "pending"))
            .await
            .ok();
    }
    (api, path)
}

fn check_chain(entries: &[Entry], mut chain: Chain, mut seq: u64) {
    for entry in entries {
        assert_eq!(entry.seq, seq + 1);
        assert!(entry.follows(chain), "entry {} does not follow", entry.seq);
        (chain, seq) = (entry.chain, entry.seq);
    }
}

#[tokio::test]
async fn pages_go_both_ways_and_leave_nothing_out() {
    let (api, _) = with_orders(25).await;
    let all = api.entries().await;
    check_chain(&all, Chain::EMPTY, 0);
    let page = async |query: String| -> Page {
        api.get(&api.admin, &format!("/api/v1/feed/entries?{query}"))
            .await
            .ok()
            .json()
    };

    let (mut after, mut forwards) = (0, Vec::new());
    loop {
        let page = page(format!("after={after}&limit=7")).await;
        check_chain(&page.entries, page.chain_before, after);
        forwards.extend(page.entries.iter().map(|entry| entry.seq));
        match page.next_after {
            Some(next) => after = next,
            None => break,
        }
    }
    let (mut query, mut backwards) = (String::from("limit=7"), Vec::new());
    loop {
        let page = page(query).await;
        backwards.splice(0..0, page.entries.iter().map(|entry| entry.seq));
        match page.next_before {
            Some(next) => query = format!("limit=7&before={}.{next}", page.epoch),
            None => break,
        }
    }
    let expected: Vec<u64> = (1..=all.len() as u64).collect();
    assert_eq!((forwards, backwards), (expected.clone(), expected));
    let request = api
        .request(Method::GET, "/api/v1/feed/entries")
        .bearer_auth(&api.admin)
        .header("accept-encoding", "gzip");
    assert_eq!(
        request.send().await.unwrap().headers()["content-encoding"],
        "gzip"
    );
    api.get(&api.admin, "/api/v1/feed/entries?after=1&before=2")
        .await
        .refuses(400, "bad_query");
    api.get(&api.admin, "/api/v1/feed/entries?after=x")
        .await
        .refuses(400, "bad_query");
}

#[tokio::test]
async fn a_stream_greets_catches_up_and_goes_on_live() {
    let (api, path) = with_orders(5).await;
    let head = api.entries().await;
    let last = head.last().unwrap();
    let mut stream = Stream::open(&api, &api.member(Role::Agent).await, "?after=0").await;
    let hello = stream.next().await.unwrap();
    assert_eq!((hello.event.as_str(), hello.id.as_str()), ("hello", ""));
    let hello: serde_json::Value = serde_json::from_str(&hello.data).unwrap();
    assert_eq!(hello["head"], last.seq + 1, "the agent joined");
    let mut seen = Vec::new();
    for _ in 0..=last.seq {
        seen.push(stream.entry().await);
    }
    check_chain(&seen, Chain::EMPTY, 0);
    assert_eq!(hello["chain"], seen.last().unwrap().chain.to_string());
    for serial in 0..20 {
        api.deliver(&path, "unified", &order(&format!("L-{serial}"), "approved"))
            .await
            .ok();
        let entry = stream.entry().await;
        assert_eq!(
            entry.event().unwrap().unwrap().external_id,
            format!("L-{serial}")
        );
    }
}

#[tokio::test]
async fn a_reader_resumes_where_it_was_by_any_of_three_ways() {
    let (api, _) = with_orders(10).await;
    let all = api.entries().await;
    let known = &all[5];
    let epoch = api
        .get(&api.admin, "/api/v1/feed/entries")
        .await
        .json::<Page>()
        .epoch;
    let chain = known.chain;
    for query in [
        format!("?after={}", known.seq),
        format!("?after={epoch}.{}&chain={chain}", known.seq),
    ] {
        assert_eq!(
            Stream::open(&api, &api.admin, &query)
                .await
                .entry()
                .await
                .seq,
            known.seq + 1,
            "{query}"
        );
    }
    // A browser repeats its first address and adds where it is; that wins, and the chain still belongs to the address.
    let request = api
        .request(
            Method::GET,
            &format!("/api/v1/feed?after={epoch}.{}&chain={chain}", known.seq),
        )
        .bearer_auth(&api.admin)
        .header("last-event-id", format!("{epoch}.{}", known.seq + 2));
    assert_eq!(Stream::of(request).await.entry().await.seq, known.seq + 3);
}

#[tokio::test]
async fn a_wrong_cursor_is_named() {
    let (api, _) = with_orders(3).await;
    let ahead = api.entries().await.len() + 1;
    let epoch = api
        .get(&api.admin, "/api/v1/feed/entries")
        .await
        .json::<Page>()
        .epoch;
    let get = async |query: &str| api.get(&api.admin, &format!("/api/v1/feed{query}")).await;
    get(&format!("?after={ahead}"))
        .await
        .refuses(409, "epoch_changed");
    get("?after=otherepoch.1")
        .await
        .refuses(409, "epoch_changed");
    get("?after=-1").await.refuses(400, "bad_query");
    get(&format!("?after=2&chain={}", "0".repeat(32)))
        .await
        .refuses(409, "chain_mismatch");
    get("?after=2&chain=xyz").await.refuses(400, "bad_query");
    api.get(&api.admin, "/api/v1/feed/entries?after=otherepoch.1")
        .await
        .refuses(409, "epoch_changed");
    let last = api
        .request(Method::GET, "/api/v1/feed")
        .bearer_auth(&api.admin)
        .header("last-event-id", "x");
    api.send(last).await.refuses(400, "bad_position");

    let mut open = Stream::open(&api, &api.admin, "?after=0").await;
    open.next().await.unwrap();
    api.store.new_epoch().await.unwrap();
    get(&format!("?after={epoch}.2"))
        .await
        .refuses(409, "epoch_changed");
    api.integration("outra", "kiwify").await;
    let path = api.integration("nova", "unified").await;
    api.deliver(&path, "unified", &order("N-1", "pending"))
        .await
        .ok();
    while let Some(frame) = open.next().await {
        assert!(
            frame.id.is_empty() || frame.id.starts_with(&format!("{epoch}.")),
            "an old stream tells nothing of the new epoch"
        );
        assert!(!frame.data.contains("N-1"));
    }
}

/// The log may begin later than at its first entry, as after a part of it was laid aside: whoever stands before that begins anew.
#[tokio::test]
async fn a_cursor_the_log_does_not_reach_back_to_is_expired() {
    let (api, path) = with_orders(9).await;
    let all = api.entries().await;
    let start = all[5].seq;
    let file = api.folder.path().join("balcao.db");
    let other = rusqlite::Connection::open(file).unwrap();
    other.busy_timeout(Duration::from_secs(10)).unwrap();
    // An entry's key holds the workspace above 40 bits of its number.
    let gone = other.execute("DELETE FROM entry WHERE position % (1 << 40) < ?1", [start]);
    assert_eq!(gone.unwrap(), 5);
    let moved = "UPDATE workspace SET log_start = ?1, log_start_chain = ?2";
    let chain = all[4].chain.as_bytes();
    other.execute(moved, (start, chain.as_slice())).unwrap();
    drop(other);
    // Whatever is written next shows the service that somebody else has changed the file.
    api.deliver(&path, "unified", &order("N-1", "pending"))
        .await
        .ok();
    let get = async |query: String| api.get(&api.admin, &format!("/api/v1/feed{query}")).await;
    for lost in 0..start - 1 {
        for route in ["", "/entries"] {
            let answer = get(format!("{route}?after={lost}")).await;
            answer.refuses(410, "cursor_expired");
        }
    }
    let epoch = get("/entries".to_owned()).await.json::<Page>().epoch;
    let again = api
        .request(Method::GET, "/api/v1/feed")
        .bearer_auth(&api.admin)
        .header("last-event-id", format!("{epoch}.1"));
    api.send(again).await.refuses(410, "cursor_expired");

    let before = start - 1;
    let rest: Page = get(format!("/entries?after={before}")).await.ok().json();
    assert_eq!(
        (rest.chain_before, rest.entries[0].seq),
        (all[4].chain, start)
    );
    check_chain(&rest.entries, rest.chain_before, before);
    let newest: Page = get("/entries?limit=100".to_owned()).await.ok().json();
    assert_eq!((newest.entries[0].seq, newest.next_before), (start, None));
    let query = format!("?after={before}&chain={}", all[4].chain);
    let mut stream = Stream::open(&api, &api.admin, &query).await;
    assert_eq!(stream.entry().await.seq, start);
}

#[tokio::test]
async fn a_silent_stream_beats_and_ends_with_its_session() {
    let api = Api::with(|config| config.heartbeat = Duration::from_millis(40)).await;
    let token = api.member(Role::Agent).await;
    let mut stream = Stream::open(&api, &token, "?after=2").await;
    stream.next().await.unwrap();
    for _ in 0..3 {
        assert!(stream.next().await.unwrap().comment);
    }
    api.send(
        api.request(Method::DELETE, "/api/v1/sessions/me")
            .bearer_auth(&token),
    )
    .await
    .ok();
    while stream.next().await.is_some() {}
    api.get(&token, "/api/v1/feed")
        .await
        .refuses(401, "unauthorized");
}

/// A shop that is never silent: what comes after a member was removed is told to them no more.
#[tokio::test]
async fn a_busy_stream_ends_with_its_session() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let token = api.member(Role::Agent).await;
    let me = api.get(&token, "/api/v1/sessions/me").await.ok().value();
    let mut stream = Stream::open(&api, &token, "?after=0").await;
    let sell = async |id: &str| {
        let sold = api.deliver(&path, "unified", &order(id, "pending")).await;
        sold.ok();
    };
    sell("A-1").await;
    while stream.entry().await.event().unwrap().is_none() {}
    let removed = format!("/api/v1/members/{}", me["memberId"].as_str().unwrap());
    let request = api.request(Method::DELETE, &removed);
    api.send(request.bearer_auth(&api.admin)).await.ok();
    sell("A-2").await;
    // Far sooner than the next heartbeat, which a busy stream never comes to.
    let ended = async {
        while let Some(frame) = stream.next().await {
            assert!(!frame.data.contains("A-2"), "{}", frame.data);
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(5), ended).await;
    in_time.expect("the stream ends by itself");
}

/// A stream that was never woken still finds what is new.
#[tokio::test]
async fn the_poll_finds_what_a_lost_wake_up_would_hide() {
    let api = Api::with(|config| config.feed_poll = Duration::from_millis(50)).await;
    let path = api.integration("loja", "unified").await;
    let mut stream = Stream::open(&api, &api.admin, "?after=0").await;
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(60)).await;
        api.deliver(
            &path,
            "unified",
            &order(&format!("{:?}", std::time::Instant::now()), "pending"),
        )
        .await
        .ok();
        while stream.entry().await.event().unwrap().is_none() {}
    }
}

#[tokio::test]
async fn there_is_a_limit_to_readers() {
    let api = Api::with(|config| config.max_feed_readers = 2).await;
    let _one = Stream::open(&api, &api.admin, "").await;
    let two = Stream::open(&api, &api.admin, "").await;
    api.get(&api.admin, "/api/v1/feed")
        .await
        .refuses(503, "too_many_readers");
    drop(two);
    eventually("a place is free again", || async {
        api.metric("balcao_feed_readers").await == Some(1.0)
    })
    .await;
    Stream::open(&api, &api.admin, "").await;
}

/// A reader that takes nothing holds up neither the writers nor the other readers, is dropped, and loses nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_stalls_is_dropped_and_can_resume() {
    let api = Api::with(|config| config.write_timeout = Duration::from_millis(300)).await;
    let path = api.integration("loja", "unified").await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stalled = socket
        .connect(api.base.trim_start_matches("http://").parse().unwrap())
        .await
        .unwrap();
    let request = format!(
        "GET /api/v1/feed?after=0 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\r\n",
        api.admin
    );
    stalled.write_all(request.as_bytes()).await.unwrap();
    stalled.read_u8().await.unwrap();

    let long = "muito longo ".repeat(1_500);
    let body = |serial: usize| {
        let mut order: serde_json::Value =
            serde_json::from_str(&order(&format!("S-{serial}"), "pending")).unwrap();
        order["items"] = serde_json::json!(
            (0..40)
                .map(|_| serde_json::json!({"name": &long[..200], "quantity": 1}))
                .collect::<Vec<_>>()
        );
        order.to_string()
    };
    let mut sent = 0;
    while api.metric("balcao_feed_dropped_total").await != Some(1.0) {
        let batch = (sent..sent + 64).map(|serial| {
            let (api, path, body) = (&api, &path, body(serial));
            async move { api.deliver(path, "unified", &body).await.ok() }
        });
        futures_util::future::join_all(batch).await;
        sent += 64;
        assert!(sent < 20_000, "the stalled reader was never dropped");
    }
    let mut reader = Stream::open(&api, &api.admin, "?after=0").await;
    let mut orders = 0;
    let (mut chain, mut seq) = (Chain::EMPTY, 0);
    while orders < sent {
        let entry = reader.entry().await;
        assert!(entry.seq == seq + 1 && entry.follows(chain));
        (chain, seq) = (entry.chain, entry.seq);
        orders += usize::from(entry.kind == contract::kind::COMMERCE);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_readers_see_the_same() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let mut readers = Vec::new();
    for _ in 0..100 {
        readers.push(Stream::open(&api, &api.admin, "?after=0").await);
    }
    for serial in 0..50 {
        api.deliver(&path, "unified", &order(&format!("H-{serial}"), "pending"))
            .await
            .ok();
    }
    let expected: Vec<Chain> = api
        .entries()
        .await
        .iter()
        .map(|entry| entry.chain)
        .collect();
    for reader in &mut readers {
        let mut seen = Vec::new();
        while seen.len() < expected.len() {
            seen.push(reader.entry().await.chain);
        }
        assert_eq!(seen, expected);
    }
}

/// Readers whose line is cut again and again while orders come in end with the very log of the service.
#[tokio::test(flavor = "multi_thread")]
async fn readers_that_are_cut_off_lose_and_double_nothing() {
    const ORDERS: usize = 300;
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let writing = async {
        for first in (0..ORDERS).step_by(10) {
            let batch = (first..first + 10).map(|serial| {
                let (api, path) = (&api, &path);
                async move {
                    api.deliver(path, "unified", &order(&format!("K-{serial}"), "pending"))
                        .await
                        .ok()
                }
            });
            futures_util::future::join_all(batch).await;
        }
    };
    let reading = (1..=12).map(|patience| {
        let api = &api;
        async move {
            let mut log: Vec<Entry> = Vec::new();
            let mut epoch = None;
            while log.len() < ORDERS + 1 {
                let query = match (&epoch, log.last()) {
                    (Some(epoch), Some(last)) => {
                        format!("?after={epoch}.{}&chain={}", last.seq, last.chain)
                    }
                    _ => String::new(),
                };
                let mut stream = Stream::open(api, &api.admin, &query).await;
                // Cut in the middle of wherever it happens to be.
                for _ in 0..patience * 3 {
                    if log.len() == ORDERS + 1 {
                        break;
                    }
                    let frame = stream.next().await.unwrap();
                    if frame.event == "entry" {
                        epoch = frame.id.split_once('.').map(|(epoch, _)| epoch.to_owned());
                        log.push(frame.entry());
                    }
                }
            }
            log
        }
    });
    let (logs, ()) = tokio::join!(futures_util::future::join_all(reading), writing);
    for log in logs {
        check_chain(&log, Chain::EMPTY, 0);
    }
}
