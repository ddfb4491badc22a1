//! Reads a stream of server-sent events.

use std::time::Duration;

use contract::Entry;
use reqwest::{Method, RequestBuilder};

use crate::api::Api;

/// One event of a stream; a heartbeat has neither name nor data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) id: String,
    pub(crate) event: String,
    pub(crate) data: String,
    pub(crate) comment: bool,
}

impl Frame {
    pub(crate) fn entry(&self) -> Entry {
        assert_eq!(self.event, "entry", "{self:?}");
        serde_json::from_str(&self.data).unwrap()
    }
}

pub(crate) struct Stream {
    response: reqwest::Response,
    text: String,
}

impl Stream {
    pub(crate) async fn open(api: &Api, token: &str, query: &str) -> Self {
        let request = api
            .request(Method::GET, &format!("/api/v1/feed{query}"))
            .bearer_auth(token);
        Self::of(request).await
    }

    pub(crate) async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            response,
            text: String::new(),
        }
    }

    /// Returns the next event; `None` at the end of the stream.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let block: String = self.text.drain(..end + 2).collect();
                return Some(frame(&block));
            }
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.response.chunk());
            let chunk = chunk.await.expect("the stream has fallen silent").ok()??;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// Returns the next event that is neither greeting nor heartbeat.
    pub(crate) async fn entry(&mut self) -> Entry {
        loop {
            let frame = self.next().await.expect("the stream has ended");
            if frame.event == "entry" {
                let entry = frame.entry();
                assert!(
                    frame.id.ends_with(&format!(".{}", entry.seq)),
                    "{} at {}",
                    frame.id,
                    entry.seq
                );
                return entry;
            }
        }
    }
}

fn frame(block: &str) -> Frame {
    let mut frame = Frame::default();
    for line in block.lines().filter(|line| !line.is_empty()) {
        match line.split_once(": ") {
            Some(("id", value)) => frame.id = value.to_owned(),
            Some(("event", value)) => frame.event = value.to_owned(),
            Some(("data", value)) => frame.data = value.to_owned(),
            Some(("retry", _)) => {}
            _ if line.starts_with(':') => frame.comment = true,
            _ => panic!("{line:?} is no line of an event"),
        }
    }
    frame
}
