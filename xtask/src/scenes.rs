//! The pictures of the documentation: what leads to each, from a first start.

use std::path::Path;

use serde_json::json;
use testkit::{App, Launch, until};

use crate::{demo, repository::Repository};

/// The size a window has at first, and the smallest it can have.
const USUAL: (u32, u32) = (1280, 800);
const NARROW: (u32, u32) = (960, 600);

const THEMES: [&str; 2] = ["light", "dark"];

/// Takes the one picture of a demonstration: an open conversation among others.
pub(crate) fn main(repository: &Repository, file: &Path) -> anyhow::Result<()> {
    let (service, _samples) = demo::service();
    let app = demo::launch(repository, &service).start();
    conversation(&app);
    take(&app, file);
    Ok(())
}

/// Takes every picture, in both themes.
pub(crate) fn all(repository: &Repository, folder: &Path) -> anyhow::Result<()> {
    for theme in THEMES {
        let name = |scene: &str| folder.join(format!("{scene}-{theme}.png"));
        let first = Launch::new(repository.app()).start();
        first.wait_for("door-team");
        put_theme(&first, theme);
        first.wait_for("door-team");
        take(&first, &name("first-run"));
        local(&first);
        take(&first, &name("local-setup"));
        drop(first);

        let (service, _samples) = demo::service();
        let app = demo::launch(repository, &service).start();
        app.wait_for("freshness");
        put_theme(&app, theme);
        filled(&app);
        take(&app, &name("inbox"));
        conversation(&app);
        take(&app, &name("conversation"));
        app.press("Control+k");
        app.wait_for("search-input");
        take(&app, &name("search"));
        app.press("Escape");
        app.wait_gone("search-input");
        take_at(&app, NARROW, &name("narrow"));
    }
    Ok(())
}

/// Starts a service in the app and adds a source.
fn local(app: &App) {
    app.click("door-here");
    app.fill("field-workspace", "Doces do Vale");
    app.fill("field-name", "Ana Prado");
    app.click("door-go");
    app.click("platform-kiwify");
    app.fill("source-name", "Loja principal");
    app.click("create-source");
    app.fill("source-secret", "segredo-da-plataforma");
    app.click("save-secret");
    app.wait_for("secret-kept");
    app.click("send-test");
    app.wait_for("first-event");
}

/// Waits until all of the opening's sales are in the list.
fn filled(app: &App) {
    app.wait_for("row");
    let quiet = json!("the counters stand still");
    until("the sales of the opening", || {
        // A second without a change: the opening is over, and what follows comes slowly.
        let seen = app.script(
            "const read = () => document.querySelector('[data-testid=count-all]')?.textContent ?? '';
             const before = read();
             return new Promise((done) => setTimeout(() =>
               done(read() === before && Number(before) >= arguments[0] ? 'the counters stand still' : read()), 1000));",
            &[json!(demo::opening() / 8)],
        );
        if seen == quiet {
            Ok(())
        } else {
            Err(format!("{seen} conversations"))
        }
    });
}

/// Opens the first conversation with a PIX code and fills a template.
fn conversation(app: &App) {
    filled(app);
    app.click("view-pix");
    app.wait_for("row");
    app.press("j");
    app.wait_for("copy-pix");
    app.wait_for("template-1");
    app.press("1");
    app.wait_for_css("[data-testid=hand-over]:not([disabled])");
}

fn put_theme(app: &App, theme: &str) {
    app.script(
        "const invoke = window.__TAURI_INTERNALS__.invoke;
         return invoke('boot').then((boot) =>
           invoke('settings_put', { settings: { ...boot.settings, theme: arguments[0], locale: 'pt-BR' } }));",
        &[json!(theme)],
    );
    app.reload();
}

fn take(app: &App, file: &Path) {
    take_at(app, USUAL, file);
}

fn take_at(app: &App, (width, height): (u32, u32), file: &Path) {
    app.resize(width, height);
    until("the window's size", || {
        match app.script("return [innerWidth, innerHeight]", &[]) {
            size if size == json!([width, height]) => Ok(()),
            size => Err(size.to_string()),
        }
    });
    app.screenshot(file);
    println!("   {}", file.display());
}
