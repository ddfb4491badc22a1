//! The edge: the only code that knows Tauri.
//!
//! It composes plugins, the window and the commands. What the app decides lives in `inbox`; nothing here holds a rule
//! of the trade.

mod commands;
mod failure;
mod links;
mod window;

use std::process::ExitCode;

use tauri::{Builder, Wry};
use tauri_plugin_window_state::StateFlags;

/// Runs the app until its last window closes, and returns what the process should exit with.
pub fn run() -> ExitCode {
    start_logging();
    match compose().run(tauri::generate_context!()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = %error, "the app could not start");
            ExitCode::FAILURE
        }
    }
}

fn compose() -> Builder<Wry> {
    tauri::Builder::default()
        // First of all, so that a second start ends before it touches a file.
        .plugin(tauri_plugin_single_instance::init(|app, _args, _cwd| {
            window::bring_forward(app);
        }))
        .plugin(window_state())
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::init())
        .invoke_handler(commands::handler())
        .setup(|app| {
            window::open(app.handle())?;
            Ok(())
        })
}

/// Remembers where the window was, but not whether it was visible: it shows itself once the page is there.
fn window_state() -> tauri::plugin::TauriPlugin<Wry> {
    tauri_plugin_window_state::Builder::new()
        .with_state_flags(
            StateFlags::SIZE
                | StateFlags::POSITION
                | StateFlags::MAXIMIZED
                | StateFlags::FULLSCREEN,
        )
        .build()
}

/// Writes log lines to standard error; `BALCAO_LOG` takes the usual filter and starts at warnings.
fn start_logging() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("BALCAO_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
