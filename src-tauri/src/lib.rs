//! The edge: the only code that knows Tauri.
//!
//! It composes plugins, the window and the commands. What the app decides lives in `inbox`; nothing here holds a rule
//! of the trade.

mod commands;
#[cfg(target_os = "linux")]
mod drawing;
mod failure;
mod following;
mod keychain;
mod links;
mod logging;
pub mod measure;
mod notices;
mod painted;
mod provisioned;
mod resting;
mod saving;
mod service;
mod shop;
mod texts;
mod window;

use std::{process::ExitCode, sync::Arc};

use inbox::view::FreshnessState;
use tauri::{AppHandle, Builder, Manager, RunEvent, Window, WindowEvent, Wry};

use shop::{Opening, Shop};

/// Runs the app until its last window closes, and returns what the process should exit with.
pub fn run() -> ExitCode {
    measure::begin();
    logging::start();
    if let Err(error) = ingest::dumps::forbid() {
        tracing::warn!(error = %error, "a crash may leave what was in memory in a file");
    }
    // Before the first window, whose processes are given it.
    #[cfg(target_os = "linux")]
    drawing::choose();
    match compose().build(tauri::generate_context!()) {
        Ok(app) => {
            app.run(|app, event| {
                if matches!(event, RunEvent::Exit) {
                    close(app);
                }
            });
            ExitCode::SUCCESS
        }
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
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_state_flags(resting::KEPT)
                .build(),
        )
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::init())
        .invoke_handler(commands::handler())
        .setup(|app| {
            let app = app.handle();
            logging::write_to(&app.path().app_log_dir()?);
            app.manage(resting::Moves::default());
            tauri::async_runtime::spawn(resting::keep(app.clone()));
            app.manage(notices::Shown::default());
            notices::listen(app)?;
            app.manage(Opening::new(app.clone()));
            // The data folder opens while the window does; the page's first question waits for it.
            let opening = app.clone();
            tauri::async_runtime::spawn(async move {
                // A failure is told to the page when it asks, and tried again.
                let _ = opening.state::<Opening>().shop().await;
            });
            window::open(app)?;
            Ok(())
        })
        .on_window_event(|window, event| match event {
            WindowEvent::Focused(focused) => looked_at(window, *focused),
            WindowEvent::Moved(_) | WindowEvent::Resized(_) => {
                if let Some(moves) = window.try_state::<resting::Moves>() {
                    moves.note();
                }
            }
            _ => {}
        })
}

fn close(app: &AppHandle) {
    if let Some(shop) = shop(app) {
        tauri::async_runtime::block_on(shop.close());
    }
}

/// Whoever comes back to a window that is offline does not want to wait for its next try; whoever puts it out of sight looks
/// at no conversation any more.
fn looked_at(window: &Window, focused: bool) {
    let Some(shop) = shop(window.app_handle()) else {
        return;
    };
    let out_of_sight = !focused && window::is_out_of_sight(window);
    shop.inbox().hidden(out_of_sight);
    if focused && shop.inbox().freshness().state == FreshnessState::Offline {
        shop.inbox().wake();
    }
}

fn shop(app: &AppHandle) -> Option<Arc<Shop>> {
    app.try_state::<Opening>()?.now()
}
