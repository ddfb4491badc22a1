//! What a hand at the desk waits for: each gesture in the real window, from the key to the picture, over caches of two sizes.
//!
//! The cache is filled as a long used desk has it, and the service is away meanwhile: all of this reads local data, and has to
//! work without it. Keys are dispatched inside the page and timed there, so that no automation is measured.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use contract::MemberId;
use inbox::cache::Holder;
use serde_json::{Value, json};
use testkit::{App, Launch};

use crate::caching::{self, Size};
use crate::report::{Figure, Report, Spread};
use crate::service::{Service, program};
use crate::window::family;

/// A busy team's year.
const USUAL: Size = caching::USUAL;
/// Ten such years.
const LARGE: Size = Size {
    name: "200k",
    conversations: 200_000,
    events: 5_000_000,
};

/// How often each gesture is made.
const TIMES: usize = 120;

/// What all repeats of one gesture may take.
const LONGEST: Duration = Duration::from_secs(300);

/// A gesture, what it may take, and the script that makes it so many times.
struct Gesture {
    name: &'static str,
    /// Milliseconds, of 95 in 100.
    most: f64,
    script: &'static str,
}

/// Returns how long each gesture took: `laid` until its result is laid out, `shown` until the frame after that was drawn.
const TOOLS: &str = "
    const times = arguments[0];
    const frame = () => new Promise((done) => requestAnimationFrame(() => {
        const after = new MessageChannel();
        after.port1.onmessage = () => done(performance.now());
        after.port2.postMessage(0);
    }));
    const until = (holds, what) => new Promise((done, fail) => {
        if (holds()) return done();
        const watch = new MutationObserver(() => { if (holds()) { watch.disconnect(); clearTimeout(late); done(); } });
        watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
        const late = setTimeout(() => { watch.disconnect(); fail(new Error(what + ' did not come')); }, 8000);
    });
    const one = (id) => document.querySelector(`[data-testid='${id}']`);
    const all = (id) => [...document.querySelectorAll(`[data-testid='${id}']`)];
    const key = (key, more = {}) => (document.activeElement ?? document.body)
        .dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
    const type = (field, text) => { field.value = text; field.dispatchEvent(new InputEvent('input', { bubbles: true })); };
    const ids = () => all('row').map((row) => row.dataset.id).join();
    const rest = () => new Promise((done) => setTimeout(done, 30));
    const laid = [], shown = [];
    const timed = async (act, holds, what) => {
        await rest(); await frame();
        const began = performance.now();
        act();
        await until(holds, what);
        void document.body.offsetHeight;
        laid.push(performance.now() - began);
        shown.push(await frame() - began);
    };
    const selected = () => all('row').find((row) => row.classList.contains('selected'))?.dataset.id ?? null;
    const settled = async () => { await until(() => one('list') && all('row').length > 5, 'the list'); await rest(); };
";

static GESTURES: [Gesture; 6] = [
    Gesture {
        name: "highlight",
        most: 16.0,
        script: "one('list').focus(); key('j'); await rest();
            for (let n = 0; n < times; n += 1) {
                const before = selected();
                await timed(() => key(n % 20 < 14 ? 'j' : 'k'), () => selected() !== before, 'the next row');
            }",
    },
    Gesture {
        name: "open",
        most: 50.0,
        // By a click: a key only selects, and the conversation follows once the selection rests.
        script: "for (let n = 0; n < times; n += 1) {
                const row = all('row').filter((row) => !row.classList.contains('selected'))[n % 5], wanted = row.dataset.id;
                await timed(() => row.click(), () => one('conversation')?.dataset.id === wanted && one('card'), 'the conversation');
            }",
    },
    Gesture {
        name: "switch_view",
        most: 50.0,
        script: "const views = ['view-approved', 'view-all', 'view-cart', 'view-refund'];
            for (let n = 0; n < times; n += 1) {
                const before = ids(), link = one(views[n % views.length]);
                await timed(() => link.click(),
                    () => link.getAttribute('aria-current') === 'page' && all('row').length > 0 && ids() !== before,
                    `${views[n % views.length]} with ${link.title}: the other list`);
            }",
    },
    Gesture {
        name: "search",
        most: 60.0,
        script: "one('list').focus(); key('/'); await until(() => one('list-search'), 'the field');
            const words = ['mariana', 'promocao', 'nogueira', 'pessoa1', 'angela', 'violao', 'tanaka', 'beatriz lima'];
            for (let n = 0; n < times; n += 1) {
                const before = ids();
                await timed(() => type(one('list-search'), words[n % words.length]),
                    () => all('row').length > 0 && ids() !== before, 'the results');
            }
            key('Escape'); await rest();",
    },
    Gesture {
        name: "palette",
        most: 50.0,
        script: "for (let n = 0; n < times; n += 1) {
                await timed(() => key('k', { ctrlKey: true }), () => one('search-input') && one('command'), 'the palette');
                key('Escape'); await until(() => !one('search-input'), 'the end of the palette');
            }",
    },
    Gesture {
        name: "template",
        most: 50.0,
        script: "one('list').focus();
            const field = () => one('composer'), fits = () => document.querySelector(`[data-testid^='template-'][data-fills='true']`);
            let tries = 0, bare = 0;
            for (let n = 0; n < times; tries += 1) {
                if (tries > times * 8) throw new Error(`only ${n} of ${tries} conversations take a template, ${bare} have none that fills`);
                one('list').focus(); key('j'); await rest();
                const wanted = selected();
                key('Enter'); await until(() => one('conversation')?.dataset.id === wanted && one('card'), 'the conversation');
                key('u');
                // What the order lacks is asked after the conversation is there.
                for (let frames = 0; frames < 12 && !fits(); frames += 1) await frame();
                const chip = fits();
                if (!chip) bare += 1;
                if (!chip || field()?.value) continue;
                await timed(() => { one('list').focus(); key(chip.dataset.testid.at(-1)); }, () => field()?.value, 'the text');
                type(field(), ''); await rest(); n += 1;
            }",
    },
];

/// Measures the gestures that are asked for by their figures' names, at both sizes or only at the usual one.
///
/// # Errors
/// When a program is not built, or the window does not show what it should.
pub async fn run(
    report: &mut Report,
    quick: bool,
    wants: impl Fn(&str) -> bool,
) -> anyhow::Result<()> {
    for size in [USUAL, LARGE] {
        if quick && size.name != USUAL.name {
            continue;
        }
        let wanted: Vec<&Gesture> = GESTURES
            .iter()
            .filter(|gesture| wants(&figure(gesture, size)))
            .collect();
        let memory = format!("memory.app_{}", size.name);
        if !wanted.is_empty() || wants(&memory) {
            at(report, size, wanted, &memory).await?;
        }
    }
    Ok(())
}

fn figure(gesture: &Gesture, size: Size) -> String {
    format!("window.{}_{}", gesture.name, size.name)
}

async fn at(
    report: &mut Report,
    size: Size,
    wanted: Vec<&Gesture>,
    memory: &str,
) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut service = Service::start(&program("balcao-ingest")?, folder.path()).await?;
    let code = service.invite("agent").await?;
    let url = service.url("");
    let binary = program("balcao")?;
    let app = tokio::task::spawn_blocking(move || joined(&binary, &url, &code)).await?;
    let member = service.member(NAME).await?;
    service.kill().await?;
    let app = tokio::task::spawn_blocking(move || filled(app, member, size)).await??;
    tokio::task::block_in_place(|| measure(report, &app, size, &wanted))?;
    report.add(memory, Figure::new(family(&app)?, "MiB"));
    tokio::task::spawn_blocking(move || drop(app)).await?;
    Ok(())
}

const NAME: &str = "Ana Prado";

fn joined(binary: &Path, url: &str, code: &str) -> App {
    let app = Launch::new(binary).start();
    app.resize(1280, 800);
    app.click("door-team");
    app.fill("field-server", url);
    app.fill("field-invite", code);
    app.fill("field-name", NAME);
    app.click("door-go");
    app.wait_for_css("[data-testid=freshness][data-state=live]");
    app
}

/// Starts the app again on a cache of that size.
fn filled(mut app: App, member: MemberId, size: Size) -> anyhow::Result<App> {
    app.restart_after(|folder| -> anyhow::Result<()> {
        let path = folder.join("cache.db");
        for suffix in ["", "-wal", "-shm"] {
            let mut name = path.clone().into_os_string();
            name.push(suffix);
            if let Err(error) = std::fs::remove_file(&name)
                && error.kind() != std::io::ErrorKind::NotFound
            {
                return Err(error.into());
            }
        }
        let holder = Holder {
            member,
            read_until: 0,
        };
        caching::prefill(&path, holder, size)?;
        Ok(())
    })?;
    app.resize(1280, 800);
    app.click("view-all");
    app.wait_for("row");
    Ok(app)
}

fn measure(report: &mut Report, app: &App, size: Size, wanted: &[&Gesture]) -> anyhow::Result<()> {
    for gesture in wanted {
        app.click("view-all");
        app.wait_for("row");
        let script = format!(
            "{TOOLS} await settled(); {} return {{ laid, shown }};",
            gesture.script
        );
        let taken = at_length(app, &script, &[json!(TIMES)])?;
        let laid = spread(&taken, "laid")?;
        let shown = spread(&taken, "shown")?;
        // A key's answer has to be in the very next frame; what asks the cache is timed to the frame that shows it.
        let spread = if gesture.name == "highlight" {
            &laid
        } else {
            &shown
        };
        let p95 = spread.millis(0.95);
        let aim = format!("p95 at most {} ms", gesture.most);
        report.add(
            &figure(gesture, size),
            Figure::new(p95, "ms")
                .with_spread(spread)
                .aiming(&aim, p95 <= gesture.most),
        );
    }
    Ok(())
}

/// Runs the inside of an asynchronous function in the page and returns what it returns, however long it takes: the driver itself
/// gives up after half a minute.
///
/// # Errors
/// When it throws, or takes longer than [`LONGEST`].
pub(crate) fn at_length(app: &App, script: &str, arguments: &[Value]) -> anyhow::Result<Value> {
    let begun = format!(
        "delete window.atLength;
        (async function () {{ {script} }}).apply(null, arguments).then(
            (value) => (window.atLength = {{ value }}),
            (error) => (window.atLength = {{ error: String(error) }}));
        return true;"
    );
    app.script(&begun, arguments);
    let until = Instant::now() + LONGEST;
    while Instant::now() < until {
        // Seldom, so that asking is not what is measured.
        std::thread::sleep(Duration::from_secs(1));
        let told = app.script("return window.atLength ?? null", &[]);
        if let Some(error) = told.get("error") {
            bail!("the page says {error}");
        }
        if let Some(value) = told.get("value") {
            return Ok(value.clone());
        }
    }
    bail!("the page did not come to an end within {LONGEST:?}")
}

fn spread(taken: &Value, which: &str) -> anyhow::Result<Spread> {
    let list = taken.get(which).and_then(Value::as_array);
    let mut spread = Spread::default();
    for millis in list.context("the page measured nothing")? {
        let millis = millis.as_f64().context("a time is no number")?;
        spread.add(Duration::from_secs_f64(millis / 1e3));
    }
    Ok(spread)
}
