//! The first run: its doors, and what stands behind the one that starts a service.

use testkit::{App, Launch};

use super::{BOTH, ONE, Scene, USUAL};
use crate::repository::Repository;

pub(super) const SCENES: &[Scene<App>] = &[
    Scene {
        name: "first-run",
        looks: BOTH,
        size: USUAL,
        go: |app| drop(app.wait_for("door-team")),
    },
    Scene {
        name: "door-team",
        looks: ONE,
        size: USUAL,
        go: |app| {
            app.click("door-team");
            app.fill("field-server", "https://vendas.example.com");
            app.fill("field-name", "Ana Prado");
        },
    },
    Scene {
        name: "door-sample",
        looks: ONE,
        size: USUAL,
        go: |app| {
            app.click("door-sample");
            app.fill("field-name", "Ana Prado");
        },
    },
    Scene {
        name: "door-here",
        looks: ONE,
        size: USUAL,
        go: |app| fill_here(app),
    },
    Scene {
        name: "local-setup",
        looks: BOTH,
        size: USUAL,
        go: |app| local(app),
    },
];

pub(super) fn open(repository: &Repository) -> App {
    Launch::new(repository.app()).start()
}

fn fill_here(app: &App) {
    app.click("door-here");
    app.fill("field-workspace", "Doces do Vale");
    app.fill("field-name", "Ana Prado");
}

/// Starts a service in the app and adds a source.
fn local(app: &App) {
    fill_here(app);
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
