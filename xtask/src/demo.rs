//! `cargo xtask demo` and `cargo xtask screenshots`: the app as a person sees it.

use std::path::Path;

use testkit::{App, Launch};

use crate::{program::Program, repository::Repository, test};

/// Builds the app and opens it on this computer's screen, or takes a picture of it.
pub(crate) fn run(repository: &Repository, screenshot: Option<&Path>) -> anyhow::Result<()> {
    build(repository)?;
    let Some(file) = screenshot else {
        return Program::new(repository, repository.app()).run();
    };
    let app = start(repository);
    app.screenshot(file);
    println!("   {}", file.display());
    Ok(())
}

/// Takes every picture of the documentation into `folder`.
pub(crate) fn screenshots(repository: &Repository, folder: &Path) -> anyhow::Result<()> {
    build(repository)?;
    let folder = repository.root().join(folder);
    for scene in SCENES {
        let app = start(repository);
        (scene.play)(&app);
        let file = folder.join(scene.name).with_extension("png");
        app.screenshot(&file);
        println!("   {}", file.display());
    }
    Ok(())
}

/// A picture and what leads to it from a first start.
struct Scene {
    name: &'static str,
    play: fn(&App),
}

const SCENES: &[Scene] = &[Scene {
    name: "first-start",
    play: |_| {},
}];

fn build(repository: &Repository) -> anyhow::Result<()> {
    test::build_page(repository)?;
    Program::cargo(
        repository,
        "build --package balcao --features custom-protocol",
    )
    .run()
}

/// Opens the app on a screen of its own and waits until it has drawn something.
fn start(repository: &Repository) -> App {
    let app = Launch::new(repository.app()).start();
    app.wait_for_css("[data-testid]");
    app
}
