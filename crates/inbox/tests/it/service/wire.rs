//! HTTP by hand, so that it can be cut at any byte.

use std::collections::HashMap;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

use super::Trick;

pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: HashMap<String, String>,
    pub(crate) token: Option<String>,
    pub(crate) body: Vec<u8>,
}

pub(crate) async fn read(socket: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).expect("text");
    let header = |name: &str| {
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        })
    };
    let length = header("content-length").map_or(0, |length| length.parse().expect("a number"));
    while bytes.len() < head_end + length {
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let mut words = head.split_whitespace();
    let method = words.next()?.to_owned();
    let url: Url = format!("http://service{}", words.next()?)
        .parse()
        .expect("a path");
    Some(Request {
        method,
        path: url.path().to_owned(),
        query: url.query_pairs().into_owned().collect(),
        token: header("authorization")
            .and_then(|value| value.strip_prefix("Bearer ").map(str::to_owned)),
        body: bytes[head_end..].to_vec(),
    })
}

pub(crate) async fn send(socket: &mut TcpStream, bytes: &[u8], trick: Option<&Trick>) {
    let end = match trick {
        Some(Trick::CutAfter(bytes_sent) | Trick::StallAfter(bytes_sent)) => {
            (*bytes_sent).min(bytes.len())
        }
        _ => bytes.len(),
    };
    put(socket, &bytes[..end], trick).await;
    if matches!(trick, Some(Trick::StallAfter(_))) {
        std::future::pending::<()>().await;
    }
}

pub(crate) async fn put(socket: &mut TcpStream, bytes: &[u8], trick: Option<&Trick>) -> Option<()> {
    let Some(Trick::Slices(size, pause)) = trick else {
        return socket.write_all(bytes).await.ok();
    };
    for slice in bytes.chunks(*size) {
        socket.write_all(slice).await.ok()?;
        tokio::time::sleep(*pause).await;
    }
    Some(())
}

pub(crate) fn json<T: serde::Serialize>(value: &T) -> Vec<u8> {
    let body = serde_json::to_string(value).expect("serialises");
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}").into_bytes()
}

/// Answers as a proxy does that has no service behind it.
pub(crate) fn foreign(status: u16) -> Vec<u8> {
    let body = "<html><h1>No</h1></html>";
    let length = body.len();
    format!("HTTP/1.1 {status} No\r\ncontent-type: text/html\r\nlocation: /login\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}").into_bytes()
}

pub(crate) fn refusal(status: u16, code: &str, headers: &str) -> Vec<u8> {
    let body = format!(
        r#"{{"type":"about:blank","title":"No","status":{status},"code":"{code}","detail":"No."}}"#
    );
    let length = body.len();
    format!("HTTP/1.1 {status} No\r\ncontent-type: application/problem+json\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}").into_bytes()
}
