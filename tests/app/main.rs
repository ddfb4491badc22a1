//! Journeys through the real window.
//!
//! Each test has its own display, session bus, clipboard and data folder, so they run side by side. The page must be
//! built first: `cargo xtask test --only app` does both.

mod edge;
mod every_file_is_listed;

use testkit::{App, Launch};

/// Starts the app on an empty data folder.
#[track_caller]
fn start() -> App {
    launch().start()
}

fn launch() -> Launch {
    Launch::new(env!("CARGO_BIN_EXE_balcao"))
}
