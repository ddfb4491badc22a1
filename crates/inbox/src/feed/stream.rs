//! The live stream: what is heard on it, entry by entry, and when it counts as dead.

use std::collections::VecDeque;
use std::time::Duration;

use contract::{Chain, Entry, Epoch, PresentMember};
use reqwest::Response;
use serde::Deserialize;
use tokio::time::timeout;

use super::Fault;
use super::events::{Event, Reader};

/// What the service says first: where its feed stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Hello {
    /// The history it has.
    pub(crate) epoch: Epoch,
    /// Its newest entry.
    pub(crate) head: u64,
    /// The chain of that entry.
    #[serde(default)]
    pub(crate) chain: Option<Chain>,
}

/// Who looks at what, as the stream tells it.
#[derive(Debug, Deserialize)]
struct Presence {
    members: Vec<PresentMember>,
}

/// What is heard on the stream.
#[derive(Debug)]
pub(crate) enum Heard {
    /// The service's first words.
    Hello(Hello),
    /// An entry.
    Entry(Box<Entry>),
    /// Who looks at what now, all of them.
    Presence(Vec<PresentMember>),
    /// A heartbeat, or an event this version does not know.
    Beat,
}

/// Reads one open stream.
pub(crate) struct Stream {
    answer: Response,
    reader: Reader,
    ready: VecDeque<Event>,
    silence: Duration,
}

impl Stream {
    pub(super) fn new(answer: Response, silence: Duration) -> Self {
        Self {
            answer,
            reader: Reader::default(),
            ready: VecDeque::new(),
            silence,
        }
    }

    /// Waits for what is heard next.
    ///
    /// # Errors
    /// [`Fault::Cut`] when the stream ends or falls silent; [`Fault::Incompatible`] for an entry that is none.
    pub(crate) async fn next(&mut self) -> Result<Heard, Fault> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return heard(&event);
            }
            let heard = timeout(self.silence, self.answer.chunk()).await;
            let Ok(Ok(Some(part))) = heard else {
                return Err(Fault::Cut);
            };
            let mut events = Vec::new();
            self.reader.take(&part, &mut events)?;
            self.ready.extend(events);
        }
    }
}

fn heard(event: &Event) -> Result<Heard, Fault> {
    let Event::Message { name, data, .. } = event else {
        return Ok(Heard::Beat);
    };
    let understood = match name.as_str() {
        "hello" => serde_json::from_str(data).map(Heard::Hello),
        "entry" => serde_json::from_str(data).map(Box::new).map(Heard::Entry),
        // Never worth the stream: what cannot be read of it is as good as a heartbeat.
        "presence" => Ok(serde_json::from_str(data)
            .map_or(Heard::Beat, |told: Presence| Heard::Presence(told.members))),
        _ => Ok(Heard::Beat),
    };
    understood.map_err(|_| Fault::Incompatible)
}
