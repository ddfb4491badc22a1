//! What this machine can do at all, measured in the same run: figures are held against it, because machines drift.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::post;
use bytes::Bytes;
use rusqlite::Connection;

use crate::load;
use crate::report::{Figure, Report, Spread};

/// Rows in one commit of the calibration.
const BATCH: u64 = 64;

/// Measures the disk, the database and the HTTP stack, bare.
///
/// # Errors
/// When the folder cannot be written or a socket cannot be opened.
pub async fn run(report: &mut Report, folder: &Path) -> anyhow::Result<()> {
    let disk = folder.to_owned();
    let spread = tokio::task::spawn_blocking(move || fsync(&disk)).await??;
    report.add("calibration.fsync", Figure::latency(&spread));
    let database = folder.to_owned();
    let rows = tokio::task::spawn_blocking(move || sqlite_rows(&database)).await??;
    report.add("calibration.c64", Figure::new(rows, "rows/s"));
    let http = bare_http().await?;
    report.add(
        "calibration.chttp",
        Figure::new(http.rate(200), "req/s").with_spread(&http.spread),
    );
    Ok(())
}

fn fsync(folder: &Path) -> anyhow::Result<Spread> {
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join("fsync"))?;
    let page = [7_u8; 4096];
    let mut spread = Spread::default();
    for _ in 0..2_000 {
        let started = Instant::now();
        file.write_all(&page)?;
        file.sync_data()?;
        spread.add(started.elapsed());
    }
    Ok(spread)
}

#[expect(clippy::cast_precision_loss, reason = "row counts are far below 2^52")]
fn sqlite_rows(folder: &Path) -> anyhow::Result<f64> {
    let mut connection = Connection::open(folder.join("calibration.db"))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch("CREATE TABLE t (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, body BLOB NOT NULL) STRICT")?;
    let body = [7_u8; 1024];
    let started = Instant::now();
    let mut rows = 0_u64;
    while started.elapsed() < Duration::from_secs(3) {
        let transaction = connection.transaction()?;
        {
            let mut insert =
                transaction.prepare_cached("INSERT INTO t (key, body) VALUES (?1, ?2)")?;
            for _ in 0..BATCH {
                let mut key = [0_u8; 16];
                getrandom::fill(&mut key)
                    .map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
                insert.execute((key.as_slice(), body.as_slice()))?;
            }
        }
        transaction.commit()?;
        rows += BATCH;
    }
    Ok(rows as f64 / started.elapsed().as_secs_f64())
}

async fn bare_http() -> anyhow::Result<load::Outcome> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let router = Router::new().route("/", post(async |body: Bytes| body.len().to_string()));
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let request = load::request("/", &[], &[b'x'; 4096]);
    let requests = Arc::new(vec![request; 150_000]);
    let outcome = load::closed_loop(address, requests, 64).await;
    server.abort();
    outcome
}
