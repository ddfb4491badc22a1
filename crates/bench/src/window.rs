//! What a person at the desk waits for: the first list after a start, and a card after a sale.
//!
//! The real app, built for release, on a desktop of its own, against a real service with 20,000 customers.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::json;
use testkit::{App, Desktop, Launch};
use tokio::process::Command;

use crate::gestures;
use crate::load::{Line, closed_loop};
use crate::memory;
use crate::report::{Figure, Report, Spread};
use crate::sales::{Batch, PROVIDER};
use crate::service::{Service, program};

const SECRET: &str = "window-secret-window-secret";
const CUSTOMERS: usize = 20_000;
const STARTS: usize = 7;
const SALES: usize = 60;
/// The line the app logs once its first list is on screen.
const FIRST_PAINT: &str = "first paint after ";

/// What is measured here.
pub const FIGURES: [&str; 5] = [
    "window.cold_start",
    "window.webhook_to_card",
    "window.catch_up_1000",
    "window.catch_up_frame",
    "memory.app",
];

/// Measures the window.
///
/// # Errors
/// When a program is not built, or the window does not show what it should.
pub async fn run(report: &mut Report) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut service = Service::start(&program("balcao-ingest")?, folder.path()).await?;
    let path = service.source(PROVIDER, SECRET).await?;
    let batch = |name: &str| Batch {
        path: path.clone(),
        secret: SECRET.to_owned(),
        name: name.to_owned(),
        honest: true,
    };
    closed_loop(
        service.address,
        Arc::new(batch("past").requests(CUSTOMERS)),
        32,
    )
    .await?;
    let code = service.invite("agent").await?;
    bare_start(report).await?;
    let url = service.url("");
    let binary = program("balcao")?;
    let mut app = tokio::task::spawn_blocking(move || joined(&binary, &url, &code)).await?;
    app = cold_start(report, app).await?;
    webhook_to_card(report, &app, &service, &batch("now")).await?;
    catch_up(report, &app, &mut service, &path).await?;
    report.add("memory.app", Figure::new(family(&app)?, "MiB"));
    tokio::task::spawn_blocking(move || drop(app)).await?;
    Ok(())
}

async fn bare_start(report: &mut Report) -> anyhow::Result<()> {
    let program = program("examples/bare_window")?;
    let home = tempfile::tempdir()?;
    let place = home.path().to_owned();
    let desktop = tokio::task::spawn_blocking(move || Desktop::start(&place)).await?;
    let mut spread = Spread::default();
    for _ in 0..STARTS {
        spread.add(bare_once(&program, home.path(), &desktop).await?);
    }
    tokio::task::spawn_blocking(move || drop(desktop)).await?;
    report.add("calibration.bare_window", Figure::latency(&spread));
    Ok(())
}

async fn bare_once(program: &Path, home: &Path, desktop: &Desktop) -> anyhow::Result<Duration> {
    let output = Command::new(program)
        .envs(desktop.environment())
        .env("HOME", home)
        .env("XDG_DATA_HOME", home.join("data"))
        .env("NO_AT_BRIDGE", "1")
        .stdin(Stdio::null())
        .output()
        .await?;
    let text = String::from_utf8_lossy(&output.stdout);
    let millis = text
        .trim()
        .parse()
        .with_context(|| format!("the bare window printed {text:?}"))?;
    Ok(Duration::from_millis(millis))
}

fn joined(binary: &Path, url: &str, code: &str) -> App {
    let app = Launch::new(binary).start();
    app.resize(1280, 800);
    app.click("door-team");
    app.fill("field-server", url);
    app.fill("field-invite", code);
    app.fill("field-name", "Ana Prado");
    app.click("door-go");
    app.wait_for_css("[data-testid=freshness][data-state=live]");
    app.click("view-all");
    // The rail writes many as "999+"; the page knows the number.
    let counted = "return document.querySelector('[data-testid=count-all]')?.dataset.count ?? ''";
    testkit::until("all customers", || {
        match app.script(counted, &[]).as_str() {
            Some(count) if count == CUSTOMERS.to_string() => Ok(()),
            other => Err(format!("{other:?} are counted")),
        }
    });
    app
}

/// Starts the app again and again on its full cache; each start logs when its first list was on screen.
async fn cold_start(report: &mut Report, mut app: App) -> anyhow::Result<App> {
    let mut spread = Spread::default();
    for _ in 0..STARTS {
        let before = first_paints(&app).len();
        app = tokio::task::spawn_blocking(move || {
            app.restart();
            testkit::until("the first paint in the log", || {
                match first_paints(&app).len() {
                    paints if paints > before => Ok(()),
                    paints => Err(format!("{paints} are logged")),
                }
            });
            app
        })
        .await?;
        let paints = first_paints(&app);
        ensure!(
            paints.len() == before + 1,
            "the start did not log its first paint"
        );
        spread.add(Duration::from_millis(
            *paints.last().context("no first paint")?,
        ));
    }
    let figure = Figure::latency(&spread).over(report.value("calibration.bare_window"));
    let met = figure.value <= 800.0;
    report.add(
        "window.cold_start",
        figure.aiming("at most 800 ms with 20,000 conversations", met),
    );
    Ok(app)
}

fn first_paints(app: &App) -> Vec<u64> {
    let files = std::fs::read_dir(app.data_dir().join("logs"))
        .into_iter()
        .flatten()
        .flatten();
    let log: String = files
        .filter_map(|file| std::fs::read_to_string(file.path()).ok())
        .collect();
    let after = log.lines().filter_map(|line| line.split_once(FIRST_PAINT));
    after
        .filter_map(|(_, rest)| rest.split_whitespace().next()?.parse().ok())
        .collect()
}

async fn webhook_to_card(
    report: &mut Report,
    app: &App,
    service: &Service,
    batch: &Batch,
) -> anyhow::Result<()> {
    let mut line = Line::open(service.address).await?;
    let first = batch.request_of(SALES, FOLLOWED);
    ensure!(line.ask(&first).await? == 200, "a delivery was refused");
    tokio::task::block_in_place(|| open_followed(app));
    let mut spread = Spread::default();
    for number in 0..SALES {
        // A buyer of their own, and the conversation that is open: its card is what the clock waits for.
        let request = batch.request_of(number, FOLLOWED);
        let order = batch.order(number);
        let started = Instant::now();
        ensure!(line.ask(&request).await? == 200, "a delivery was refused");
        tokio::task::block_in_place(|| wait_for_card(app, &order));
        spread.add(started.elapsed());
    }
    let p95 = spread.millis(0.95);
    let figure = Figure::latency(&spread).aiming(
        "p95 at most 150 ms, from the POST to the painted card",
        p95 <= 150.0,
    );
    report.add("window.webhook_to_card", figure);
    report.add("window.webhook_to_card_p95", Figure::new(p95, "ms"));
    Ok(())
}

/// The buyer whose conversation is open.
const FOLLOWED: usize = CUSTOMERS - 1;

/// Opens the followed buyer's conversation, which has just become the newest.
fn open_followed(app: &App) {
    app.click("view-all");
    let script = "const name = [...document.querySelectorAll('[data-testid=row-name]')]
            .find((one) => one.textContent.trim().endsWith(arguments[0]));
        name?.closest('[data-testid=row]').click();
        return Boolean(name);";
    let name = json!(FOLLOWED.to_string());
    testkit::until("the followed buyer's row", || {
        match app.script(script, std::slice::from_ref(&name)) {
            serde_json::Value::Bool(true) => Ok(()),
            other => Err(format!("{other}")),
        }
    });
    app.wait_for("card");
}

/// Waits inside the page for the frame after the card was put in, so that no polling is measured.
fn wait_for_card(app: &App, order: &str) {
    let script = "const wanted = arguments[0];
        const there = () => [...document.querySelectorAll('[data-testid=card]')].some((card) => card.dataset.order.endsWith(wanted));
        return new Promise((done) => {
            const painted = () => requestAnimationFrame(() => done(true));
            if (there()) return painted();
            const watch = new MutationObserver(() => { if (there()) { watch.disconnect(); painted(); } });
            watch.observe(document.body, { childList: true, subtree: true, attributes: true });
            setTimeout(() => done(false), 5000);
        });";
    let seen = app.script(script, &[json!(order)]);
    assert_eq!(seen, json!(true), "the card of {order} did not appear");
}

/// Entries that wait for a desk that was away.
const QUEUED: usize = 1_000;
const ABSENCES: usize = 7;

/// Measures how long a desk takes for what happened while it was away, from the first of it on screen to the last, and the
/// longest time in which the page drew nothing meanwhile.
async fn catch_up(
    report: &mut Report,
    app: &App,
    service: &mut Service,
    path: &str,
) -> anyhow::Result<()> {
    let (mut spread, mut longest) = (Spread::default(), Spread::default());
    for absence in 0..ABSENCES {
        let batch = Batch {
            path: path.to_owned(),
            secret: SECRET.to_owned(),
            name: format!("away{absence}"),
            honest: true,
        };
        let before = counted(app)?;
        let watched = before + u64::try_from(QUEUED)?;
        service
            .elsewhere(async |service| {
                // People nobody knows yet: each is a row more.
                let first = CUSTOMERS + absence * QUEUED;
                let sales = (0..QUEUED).map(|number| batch.request_of(number, first + number));
                let sales = Arc::new(sales.collect());
                closed_loop(service.address, sales, 16).await.map(|_| ())?;
                tokio::task::block_in_place(|| app.script(WATCH, &[json!(watched)]));
                Ok(())
            })
            .await?;
        let taken = tokio::task::block_in_place(|| {
            gestures::at_length(app, "return window.caughtUp", &[])
        })?;
        let part = |at: usize| taken.get(at).and_then(serde_json::Value::as_f64);
        let (took, gap) = part(0).zip(part(1)).context("the page measured nothing")?;
        spread.add(Duration::from_secs_f64(took / 1e3));
        longest.add(Duration::from_secs_f64(gap / 1e3));
    }
    let (took, gap) = (spread.millis(0.95), longest.millis(0.95));
    report.add(
        "window.catch_up_1000",
        Figure::new(took, "ms")
            .with_spread(&spread)
            .aiming("p95 at most 500 ms for 1,000 entries", took <= 500.0),
    );
    report.add(
        "window.catch_up_frame",
        Figure::new(gap, "ms").with_spread(&longest).aiming(
            "no frame over 50 ms meanwhile",
            longest.max_millis() <= 50.0,
        ),
    );
    Ok(())
}

/// Has the page tell when the count of all conversations first moved, when it was complete, and the longest wait between two
/// frames from the one to the other.
const WATCH: &str = "const wanted = arguments[0];
    const count = () => Number(document.querySelector('[data-testid=count-all]').dataset.count);
    const before = count();
    window.caughtUp = new Promise((done) => {
        let began = 0, last = 0, gap = 0;
        const look = (now) => {
            if (began === 0 && count() !== before) began = last || now;
            if (began !== 0) gap = Math.max(gap, now - last);
            last = now;
            if (count() >= wanted) return done([now - began, gap]);
            requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    });
    return true;";

fn counted(app: &App) -> anyhow::Result<u64> {
    let script = "return Number(document.querySelector('[data-testid=count-all]').dataset.count)";
    let count = tokio::task::block_in_place(|| app.script(script, &[]));
    count.as_u64().context("the list has no count")
}

/// Returns the memory of an app and all its processes.
pub(crate) fn family(app: &App) -> anyhow::Result<f64> {
    let data = app.data_dir();
    let home = data
        .parent()
        .and_then(Path::parent)
        .context("the data folder has no home")?;
    let binary = program("balcao")?;
    match process_of(home, &binary) {
        Some(pid) => memory::family_mib(pid),
        None => bail!("the app is not running"),
    }
}

fn process_of(home: &Path, binary: &Path) -> Option<u32> {
    let mark = format!("{}/", home.display());
    let processes = std::fs::read_dir("/proc").ok()?;
    let ours = |process: &PathBuf| {
        let environment = std::fs::read(process.join("environ")).unwrap_or_default();
        let named = String::from_utf8_lossy(&environment).contains(&mark);
        named && std::fs::read_link(process.join("exe")).is_ok_and(|exe| exe == binary)
    };
    let found = processes.flatten().map(|entry| entry.path()).find(ours)?;
    found.file_name()?.to_str()?.parse().ok()
}
