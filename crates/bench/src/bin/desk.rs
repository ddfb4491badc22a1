//! The desktop's core as a process of its own, without a window, so that it can be killed.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use contract::Action;
use inbox::cache::{Cache, Holder};
use inbox::clock::SystemClock;
use inbox::view::{FreshnessState, PageAsked, View};
use inbox::{Inbox, Pace, Setup, Token};

/// Far in the future, and the same for every look: deadlines are judged alike.
const LOOK_AT: i64 = 4_000_000_000_000;

/// A desk without a window.
#[derive(Parser)]
struct Asked {
    /// The data folder.
    #[arg(long)]
    folder: PathBuf,
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Takes an invite and leaves the token in the data folder.
    Join {
        /// The service's address.
        #[arg(long)]
        server: String,
        /// The invite's code.
        #[arg(long)]
        invite: String,
    },
    /// Follows the feed and writes notes until killed; prints the id of each note once it is safe.
    Work,
    /// Follows the feed until everything is here and everything has left.
    Settle,
    /// Prints the fingerprint of the cache.
    Look,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let asked = Asked::parse();
    if let Task::Look = asked.task {
        return tokio::task::block_in_place(|| look(&asked.folder));
    }
    let setup = Setup {
        folder: asked.folder.clone(),
        clock: Arc::new(SystemClock),
        pace: Pace {
            retry_first: Duration::from_millis(50),
            // What is done here shall meet the cut on its way.
            hold: Duration::ZERO,
            ..Pace::default()
        },
    };
    let inbox = Inbox::open(setup).await?;
    match asked.task {
        Task::Join { server, invite } => join(&inbox, &asked.folder, &server, &invite).await?,
        Task::Work => {
            resume(&inbox, &asked.folder).await?;
            work(&inbox).await?;
        }
        Task::Settle => {
            resume(&inbox, &asked.folder).await?;
            settle(&inbox).await?;
        }
        Task::Look => {}
    }
    inbox.close().await;
    Ok(())
}

async fn join(inbox: &Inbox, folder: &Path, server: &str, invite: &str) -> anyhow::Result<()> {
    let token = inbox.join(server, invite, "Mesa de Teste", "bench").await?;
    std::fs::write(folder.join("token"), token.reveal())?;
    let desk = inbox.desk().context("joined without a desk")?;
    std::fs::write(folder.join("member"), desk.member_id.to_string())?;
    Ok(())
}

async fn resume(inbox: &Inbox, folder: &Path) -> anyhow::Result<()> {
    let token = std::fs::read_to_string(folder.join("token")).context("join comes first")?;
    inbox.resume(Token::new(token)).await?;
    Ok(())
}

async fn work(inbox: &Inbox) -> anyhow::Result<()> {
    let mut number = 0_u64;
    loop {
        let asked = PageAsked {
            saved: None,
            filter: contract::Filter::default(),
            view: View::All,
            after: None,
            limit: 50,
        };
        let page = inbox.list_page(asked).await?;
        for row in page.rows {
            number += 1;
            let id = inbox
                .act(
                    row.id,
                    Action::Note {
                        text: format!("nota {number}"),
                        mentions: Vec::new(),
                    },
                )
                .await?;
            print(&format!("made {id}"))?;
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn settle(inbox: &Inbox) -> anyhow::Result<()> {
    for _ in 0..2_400 {
        let fresh = inbox.freshness();
        let there = fresh.state == FreshnessState::Live && fresh.behind == 0 && !fresh.filling_in;
        if there && inbox.outbox().await?.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    bail!(
        "not settled within a minute: {:?}, outbox {:?}",
        inbox.freshness(),
        inbox.outbox().await?.len()
    )
}

fn look(folder: &Path) -> anyhow::Result<()> {
    let member = session_member(folder)?;
    let opened = Cache::open(
        &folder.join("cache.db"),
        Holder {
            member,
            read_until: 0,
        },
        LOOK_AT,
    )?;
    if let Some(refill) = opened.refill {
        bail!("there was no cache to look at: {refill:?}");
    }
    let mut cache = opened.cache;
    while cache.settle(5_000)?.more {}
    while cache.sweep(LOOK_AT)?.more {}
    print(&format!(
        "digest {} head {}",
        cache.digest()?,
        cache.cursor().head
    ))?;
    cache.close()?;
    Ok(())
}

fn session_member(folder: &Path) -> anyhow::Result<contract::MemberId> {
    let text = std::fs::read_to_string(folder.join("member")).context("join comes first")?;
    Ok(text.parse()?)
}

fn print(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    Ok(())
}
