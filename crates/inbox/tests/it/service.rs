//! A service that does what a script says: it speaks HTTP by hand, so that it can cut, stall and lie at any byte.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use contract::{
    Action, Actor, Chain, CommandAnswer, CommandAnswers, CommandBatch, CommandId, Me, MemberId,
    Outcome, Position, Present, PresentMember, Role, WorkspaceId,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

use crate::tape::Tape;

mod acting;
mod wire;

use acting::perform;
use wire::{Request, foreign, json, put, read, refusal, send};

pub(crate) const TOKEN: &str = "planted-token-never-in-a-log";

/// A note with this text is refused, and so is the whole batch it comes in.
pub(crate) const BAD: &str = "mau";

/// What happens to the next request of a kind.
#[derive(Debug, Clone)]
pub(crate) enum Trick {
    /// Answers with a status and a problem's code, and headers.
    Refuse(u16, &'static str, &'static str),
    /// Answers with a status and a page, as what stands between may do.
    Foreign(u16),
    /// Sends this many bytes of what it should send, then closes.
    CutAfter(usize),
    /// Sends this many bytes, then nothing for ever.
    StallAfter(usize),
    /// Sends so many bytes at a time, with pauses.
    Slices(usize, Duration),
    /// Leaves this entry out.
    Skip(u64),
    /// Tells of more entries and sends none.
    Withhold,
    /// Sends the page again that ends where asked, from this many entries earlier.
    Again(u64),
    /// Applies what was sent, and closes without an answer.
    SwallowAnswer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Stream,
    Page,
    Commands,
    Other,
}

pub(crate) struct State {
    pub(crate) tape: Tape,
    pub(crate) log_start: u64,
    pub(crate) tricks: HashMap<Kind, VecDeque<Trick>>,
    pub(crate) seen: Vec<(Kind, String)>,
    pub(crate) answers: HashMap<CommandId, Outcome>,
    pub(crate) batches: Vec<Vec<CommandId>>,
    pub(crate) holders: HashMap<contract::ConversationId, Actor>,
    pub(crate) signed_out: bool,
    /// Closes every connection unheard.
    pub(crate) deaf: bool,
    /// What the desk said of where its member is.
    pub(crate) said: Vec<Present>,
    /// Who is told to be there.
    pub(crate) there: Vec<PresentMember>,
}

#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) url: Url,
    state: Arc<Mutex<State>>,
    wake: watch::Sender<u64>,
    _task: Arc<Bound>,
}

struct Bound(JoinHandle<()>);

impl Drop for Bound {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub(crate) fn me() -> Me {
    Me {
        workspace_id: WorkspaceId::from_u128(1),
        workspace_name: "Loja de Teste".to_owned(),
        member_id: MemberId::from_u128(7),
        member_name: "Ana".to_owned(),
        role: Role::Agent,
    }
}

impl Service {
    pub(crate) async fn start(tape: Tape) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State {
            tape,
            log_start: 1,
            tricks: HashMap::new(),
            seen: Vec::new(),
            answers: HashMap::new(),
            batches: Vec::new(),
            holders: HashMap::new(),
            signed_out: false,
            deaf: false,
            said: Vec::new(),
            there: Vec::new(),
        }));
        let wake = watch::channel(0).0;
        let talk = Talk {
            state: Arc::clone(&state),
            wake: wake.clone(),
        };
        let task = tokio::spawn(async move {
            let mut talks = tokio::task::JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                talks.spawn(talk.clone().answer(socket));
            }
        });
        Self {
            url: format!("http://{address}/").parse().expect("an address"),
            state,
            wake,
            _task: Arc::new(Bound(task)),
        }
    }

    /// Changes or reads what the service has, and wakes its streams.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let done = act(&mut self.state.lock().expect("no panic inside"));
        self.wake.send_modify(|count| *count += 1);
        done
    }

    pub(crate) fn trick(&self, kind: Kind, trick: Trick) {
        self.with(|state| state.tricks.entry(kind).or_default().push_back(trick));
    }

    pub(crate) fn count(&self, kind: Kind) -> usize {
        self.with(|state| state.seen.iter().filter(|(seen, _)| *seen == kind).count())
    }
}

#[derive(Clone)]
struct Talk {
    state: Arc<Mutex<State>>,
    wake: watch::Sender<u64>,
}

impl Talk {
    async fn answer(self, mut socket: TcpStream) {
        let Some(request) = read(&mut socket).await else {
            return;
        };
        if self.state.lock().expect("no panic inside").deaf {
            return;
        }
        let kind = match request.path.as_str() {
            "/api/v1/feed" => Kind::Stream,
            "/api/v1/feed/entries" => Kind::Page,
            "/api/v1/commands" => Kind::Commands,
            _ => Kind::Other,
        };
        let trick = {
            let mut state = self.state.lock().expect("no panic inside");
            let query: Vec<String> = request
                .query
                .iter()
                .map(|(k, v)| format!("{k}={v}"))
                .collect();
            state.seen.push((kind, query.join("&")));
            state.tricks.entry(kind).or_default().pop_front()
        };
        if let Some(Trick::Refuse(status, code, headers)) = &trick {
            return send(&mut socket, &refusal(*status, code, headers), None).await;
        }
        if let Some(Trick::Foreign(status)) = &trick {
            return send(&mut socket, &foreign(*status), None).await;
        }
        match kind {
            Kind::Other => send(&mut socket, &self.session(&request), None).await,
            _ if !self.signed_in(&request) => {
                send(
                    &mut socket,
                    &refusal(401, "unauthorized", ""),
                    trick.as_ref(),
                )
                .await;
            }
            Kind::Stream => self.stream(&mut socket, &request, trick).await,
            Kind::Page => send(&mut socket, &self.page(&request, &trick), trick.as_ref()).await,
            Kind::Commands => {
                let answer = self.commands(&request.body);
                if !matches!(trick, Some(Trick::SwallowAnswer)) {
                    send(&mut socket, &answer, trick.as_ref()).await;
                }
            }
        }
    }

    fn signed_in(&self, request: &Request) -> bool {
        let state = self.state.lock().expect("no panic inside");
        !state.signed_out && request.token.as_deref() == Some(TOKEN)
    }

    fn session(&self, request: &Request) -> Vec<u8> {
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/api/v1/sessions") => {
                let sign_in: contract::SignIn =
                    serde_json::from_slice(&request.body).expect("a sign-in");
                match sign_in.invite.as_str() {
                    "good" => json(&contract::SignedIn {
                        token: TOKEN.to_owned(),
                        session_id: contract::SessionId::from_u128(1),
                        me: Me {
                            member_name: sign_in.name,
                            ..me()
                        },
                    }),
                    "used" => refusal(409, "invite_used", ""),
                    "old" => refusal(410, "invite_expired", ""),
                    _ => refusal(404, "invite_unknown", ""),
                }
            }
            ("DELETE", "/api/v1/sessions/me") => {
                self.state.lock().expect("no panic inside").signed_out = true;
                b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n".to_vec()
            }
            ("POST", "/api/v1/presence") => {
                let said = serde_json::from_slice(&request.body).expect("a presence");
                self.state.lock().expect("no panic inside").said.push(said);
                b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n".to_vec()
            }
            _ => refusal(404, "not_found", ""),
        }
    }

    /// Says no to a position of another history, as the real service does.
    fn check(&self, position: Option<&Position>, chain: Option<Chain>) -> Option<Vec<u8>> {
        let state = self.state.lock().expect("no panic inside");
        let position = position?;
        let other = position
            .epoch
            .as_ref()
            .is_some_and(|epoch| *epoch != state.tape.epoch);
        if other || position.seq > state.tape.head() {
            return Some(refusal(409, "epoch_changed", ""));
        }
        if position.seq + 1 < state.log_start {
            return Some(refusal(410, "cursor_expired", ""));
        }
        let differs = chain.is_some_and(|chain| state.tape.chain_at(position.seq) != Some(chain));
        differs.then(|| refusal(409, "chain_mismatch", ""))
    }

    fn page(&self, request: &Request, trick: &Option<Trick>) -> Vec<u8> {
        let limit = request
            .query
            .get("limit")
            .and_then(|limit| limit.parse().ok())
            .unwrap_or(200);
        let position = |name: &str| {
            request
                .query
                .get(name)
                .map(|text| text.parse::<Position>().expect("a position"))
        };
        let (after, before) = (position("after"), position("before"));
        if after.is_some()
            && let Some(no) = self.check(after.as_ref(), None)
        {
            return no;
        }
        let state = self.state.lock().expect("no panic inside");
        if before
            .as_ref()
            .and_then(|before| before.epoch.as_ref())
            .is_some_and(|epoch| *epoch != state.tape.epoch)
        {
            return refusal(409, "epoch_changed", "");
        }
        let mut page = match (after, before) {
            (Some(after), _) => {
                let back = if let Some(Trick::Again(back)) = trick {
                    *back
                } else {
                    0
                };
                state.tape.after(after.seq.saturating_sub(back), limit)
            }
            (None, before) => state
                .tape
                .before(before.map_or(u64::MAX, |before| before.seq), limit),
        };
        let start = state.log_start;
        if page.entries.iter().any(|entry| entry.seq <= start) {
            page.entries.retain(|entry| entry.seq >= start);
            page.next_before = None;
            page.chain_before = state.tape.chain_at(start - 1).unwrap_or_default();
        }
        if let Some(Trick::Withhold) = trick {
            page.next_after = page.entries.first().map(|entry| entry.seq - 1);
            page.entries.clear();
        }
        if let Some(Trick::Skip(seq)) = trick {
            page.entries.retain(|entry| entry.seq != *seq);
        }
        json(&page)
    }

    fn commands(&self, body: &[u8]) -> Vec<u8> {
        let batch: CommandBatch = serde_json::from_slice(body).expect("a batch");
        let bad = |command: &contract::Command| matches!(&command.action, Action::Note { text, .. } if text == BAD);
        if batch.commands.iter().any(bad) {
            return refusal(400, "bad_body", "");
        }
        let mut state = self.state.lock().expect("no panic inside");
        let ids = batch.commands.iter().map(|command| command.id).collect();
        state.batches.push(ids);
        let results = batch.commands.into_iter().map(|command| {
            let outcome = match state.answers.get(&command.id) {
                Some(known) => known.clone(),
                None => perform(&mut state, &command),
            };
            state.answers.insert(command.id, outcome.clone());
            CommandAnswer {
                id: command.id,
                outcome,
            }
        });
        let answers = CommandAnswers {
            results: results.collect(),
        };
        drop(state);
        self.wake.send_modify(|count| *count += 1);
        json(&answers)
    }

    async fn stream(&self, socket: &mut TcpStream, request: &Request, trick: Option<Trick>) {
        let after: Position = request
            .query
            .get("after")
            .expect("a cursor")
            .parse()
            .expect("a position");
        let chain = request
            .query
            .get("chain")
            .map(|chain| chain.parse().expect("a chain"));
        if let Some(no) = self.check(Some(&after), chain) {
            return send(socket, &no, None).await;
        }
        let mut wake = self.wake.subscribe();
        let mut bytes =
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
                .to_vec();
        let mut cursor = after.seq;
        let mut there = r#"{"members":[]}"#.to_owned();
        bytes.extend(self.hello().bytes());
        let mut left = match trick {
            Some(Trick::CutAfter(left) | Trick::StallAfter(left)) => left,
            _ => usize::MAX,
        };
        loop {
            wake.mark_unchanged();
            {
                let state = self.state.lock().expect("no panic inside");
                if state.signed_out || state.deaf {
                    return;
                }
            }
            for entry in self.entries_after(&mut cursor, &trick) {
                bytes.extend(entry.bytes());
            }
            let now_there = self.there();
            if now_there != there {
                bytes.extend(format!("event: presence\ndata: {now_there}\n\n").bytes());
                there = now_there;
            }
            let fits = bytes.len().min(left);
            left -= fits;
            if put(socket, &bytes[..fits], trick.as_ref()).await.is_none() {
                return;
            }
            if left == 0 {
                if matches!(trick, Some(Trick::StallAfter(_))) {
                    std::future::pending::<()>().await;
                }
                return;
            }
            bytes.clear();
            tokio::select! {
                changed = wake.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(Duration::from_millis(100)) => bytes.extend(b": beat\n\n"),
            }
        }
    }

    fn there(&self) -> String {
        let state = self.state.lock().expect("no panic inside");
        serde_json::json!({"members": state.there}).to_string()
    }

    fn hello(&self) -> String {
        let state = self.state.lock().expect("no panic inside");
        let tape = &state.tape;
        let data = format!(
            r#"{{"epoch":"{}","head":{},"chain":"{}"}}"#,
            tape.epoch,
            tape.head(),
            tape.chain
        );
        format!("retry: 1000\nevent: hello\ndata: {data}\n\n")
    }

    fn entries_after(&self, cursor: &mut u64, trick: &Option<Trick>) -> Vec<String> {
        let state = self.state.lock().expect("no panic inside");
        let page = state.tape.after(*cursor, usize::MAX / 2);
        *cursor = state.tape.head();
        let skipped = |seq: u64| matches!(trick, Some(Trick::Skip(skipped)) if *skipped == seq);
        let entries = page.entries.iter().filter(|entry| !skipped(entry.seq));
        let text = |entry: &contract::Entry| {
            let data = serde_json::to_string(entry).expect("serialises");
            format!(
                "id: {}.{}\nevent: entry\ndata: {data}\n\n",
                state.tape.epoch, entry.seq
            )
        };
        entries.map(text).collect()
    }
}
