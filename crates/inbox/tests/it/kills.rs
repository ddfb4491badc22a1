//! The desk killed at random moments while it applies and sends: the cache is the service's, the outbox lost and doubled nothing.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use contract::entry::Noted;
use contract::{Action, kind};
use inbox::Token;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::desk::{Desk, open, session_at};
use crate::service::{Service, TOKEN};
use crate::tape::{Tape, person};

const FOLDER: &str = "BALCAO_KILLED_FOLDER";
const SERVER: &str = "BALCAO_KILLED_SERVER";

/// How many kills; the variable asks for more than a quick run affords.
fn kills() -> u64 {
    let asked = std::env::var("BALCAO_KILLS").ok();
    asked.and_then(|asked| asked.parse().ok()).unwrap_or(12)
}

#[tokio::test]
async fn killed_at_any_moment_it_loses_and_doubles_nothing() {
    let mut tape = Tape::new("k1");
    tape.carts(200);
    let service = Service::start(tape).await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut written = Vec::new();
    for round in 0..kills() {
        let (mut child, mut lines) = spawn(folder.path(), service.url.as_str());
        // Killed after more and more actions, and at whatever else it does just then.
        for _ in 0..=(round * 7) % 23 {
            let line = lines.next_line().await.expect("reads");
            let line = line.expect("the desk at work says what it wrote");
            written.extend(noted(line));
            service.with(|state| state.tape.carts(3));
        }
        child.kill().await.expect("kills");
        while let Ok(Some(line)) = lines.next_line().await {
            written.extend(noted(line));
        }
    }
    let desk = Desk {
        inbox: open(folder.path()).await,
        folder,
    };
    assert_eq!(desk.inbox.mended().user_set_aside, None);
    desk.sit(&service).await;
    desk.until("an empty outbox", async |inbox| {
        inbox
            .outbox()
            .await
            .expect("reads")
            .is_empty()
            .then_some(())
    })
    .await;
    let tape = service.with(|state| state.tape.clone());
    let mut told: HashMap<String, u32> = HashMap::new();
    for entry in tape
        .entries
        .iter()
        .filter(|entry| entry.kind == kind::NOTED)
    {
        *told
            .entry(entry.read::<Noted>().expect("a note").text)
            .or_default() += 1;
    }
    assert!(written.len() > 50, "it got to work: {}", written.len());
    for text in &written {
        assert_eq!(told.get(text), Some(&1), "{text}");
    }
    assert!(told.values().all(|times| *times == 1));
    desk.holds(&tape).await;
}

/// Passes over what the test harness says in between.
fn noted(line: String) -> Option<String> {
    let from = line.find("note ")?;
    Some(line.split_at(from).1.to_owned())
}

fn spawn(folder: &Path, server: &str) -> (Child, Lines<BufReader<ChildStdout>>) {
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new(program)
        .args([
            "--exact",
            "kills::at_work",
            "--ignored",
            "--nocapture",
            "--quiet",
        ])
        .env(FOLDER, folder)
        .env(SERVER, server)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("starts");
    let stdout = child.stdout.take().expect("piped");
    (child, BufReader::new(stdout).lines())
}

/// Writes notes for ever and says each one when it is written down; killed from outside.
#[tokio::test]
#[ignore = "run by the test that kills it"]
async fn at_work() {
    let folder = std::env::var(FOLDER).expect("run by the test that kills it");
    let server = std::env::var(SERVER).expect("run by the test that kills it");
    let inbox = open(Path::new(&folder)).await;
    let session = session_at(server.parse().expect("an address"));
    inbox
        .sit_down(session, Token::new(TOKEN.to_owned()))
        .await
        .expect("sits down");
    let begun = std::process::id();
    for number in 0_u64.. {
        let text = format!("note {begun} {number}");
        let note = Action::Note {
            text: text.clone(),
            mentions: Vec::new(),
        };
        if inbox.act(person(1), note).await.is_ok() {
            let mut out = std::io::stdout().lock();
            writeln!(out, "{text}").expect("somebody listens");
            out.flush().expect("somebody listens");
        } else {
            tokio::task::yield_now().await;
        }
    }
}
