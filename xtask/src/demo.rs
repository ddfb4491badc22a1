//! `cargo xtask demo` and `cargo xtask screenshots`: the app as a person sees it, at a real service with invented sales.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::Context;
use testkit::{Desktop, Launch, Service};
use tokio::process::Command;

use crate::{program::Program, repository::Repository, scenes, test};

/// Who sits at the desk of the demonstration.
const NAME: &str = "Ana Prado";
const WORKSPACE: &str = "Loja de exemplo";

/// Invented sales: enough to fill every view at once, then a pace one can read along with.
const OPENING: u32 = 120;
const PER_MINUTE: u32 = 20;

/// Builds everything and opens the app, or takes a picture of it.
pub(crate) fn run(repository: &Repository, screenshot: Option<&Path>) -> anyhow::Result<()> {
    build(repository)?;
    match screenshot {
        Some(file) => scenes::main(repository, &env::current_dir()?.join(file)),
        None => tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(live(repository)),
    }
}

/// Takes every picture of the documentation into `folder`, or those whose name contains `only`.
pub(crate) fn screenshots(
    repository: &Repository,
    folder: &Path,
    only: Option<&str>,
) -> anyhow::Result<()> {
    build(repository)?;
    scenes::all(repository, &repository.root().join(folder), only)
}

fn build(repository: &Repository) -> anyhow::Result<()> {
    test::build_page(repository)?;
    Program::cargo(
        repository,
        "build --package balcao --package ingest --bins --features balcao/custom-protocol",
    )
    .run()
}

/// Runs service, sales and app until the window or the terminal ends it; their files go with them.
async fn live(repository: &Repository) -> anyhow::Result<()> {
    let service = Service::start(WORKSPACE);
    let _samples = service.sample_sales(OPENING, PER_MINUTE);
    let home = tempfile::tempdir()?;
    let screen = (!has_screen()).then(|| Desktop::start(home.path()));
    let mut command = Command::new(repository.app());
    command
        .envs(joining(&service, "lead"))
        .envs(folders(home.path()))
        .kill_on_drop(true);
    if let Some(screen) = &screen {
        println!("   there is no screen here, so the window opens on one that nobody sees");
        command.envs(screen.environment());
    }
    println!("   service  {}", service.url());
    println!("   the window joins it as {NAME}; Ctrl-C ends everything");
    let mut app = command.spawn().context("the app did not start")?;
    tokio::select! {
        ended = app.wait() => println!("   the window was closed ({})", ended?),
        asked = tokio::signal::ctrl_c() => {
            asked?;
            println!("\n   ending");
            app.kill().await?;
        }
    }
    Ok(())
}

/// How the app is started for a picture: on a screen of its own, already at the service, as somebody who may do what `role` may.
pub(crate) fn launch(repository: &Repository, service: &Service, role: &str) -> Launch {
    let launch = Launch::new(repository.app());
    joining(service, role)
        .into_iter()
        .fold(launch, |launch, (name, value)| launch.env(name, value))
}

/// Starts a service with sales.
pub(crate) fn service() -> (Service, testkit::Samples) {
    let service = Service::start(WORKSPACE);
    let samples = service.sample_sales(OPENING, PER_MINUTE);
    (service, samples)
}

/// How many sales there are before a picture is taken.
pub(crate) const fn opening() -> u32 {
    OPENING
}

fn joining(service: &Service, role: &str) -> [(&'static str, String); 3] {
    [
        ("BALCAO_SERVER", service.url()),
        ("BALCAO_INVITE", service.invite(role)),
        ("BALCAO_NAME", NAME.to_owned()),
    ]
}

/// Keeps the demonstration's files apart from one's own.
fn folders(home: &Path) -> [(&'static str, PathBuf); 4] {
    let inside = |name| home.join(name);
    [
        ("XDG_DATA_HOME", inside("data")),
        ("XDG_CONFIG_HOME", inside("config")),
        ("XDG_CACHE_HOME", inside("cache")),
        ("XDG_STATE_HOME", inside("state")),
    ]
}

fn has_screen() -> bool {
    let named = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || named("DISPLAY") || named("WAYLAND_DISPLAY")
}
