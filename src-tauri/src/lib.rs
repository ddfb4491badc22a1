//! The edge: the only code that knows Tauri.
//!
//! It composes plugins, the window and the commands. What the app decides lives in `inbox`; nothing here holds a rule
//! of the trade.

mod commands;
mod failure;
mod following;
mod keychain;
mod links;
mod logging;
pub mod measure;
mod notices;
mod painted;
mod provisioned;
mod service;
mod shop;
mod texts;
mod window;

use std::process::ExitCode;

use tauri::{AppHandle, Builder, Manager, RunEvent, Wry};
use tauri_plugin_window_state::StateFlags;

use shop::{Opening, Shop};

/// Runs the app until its last window closes, and returns what the process should exit with.
pub fn run() -> ExitCode {
    measure::begin();
    logging::start();
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
        .plugin(window_state())
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::init())
        .manage(Opening::default())
        .invoke_handler(commands::handler())
        .setup(|app| {
            let app = app.handle();
            logging::write_to(&app.path().app_log_dir()?);
            notices::listen(app)?;
            // The data folder opens while the window does; the page's first question waits for it.
            tauri::async_runtime::spawn(open(app.clone()));
            window::open(app)?;
            Ok(())
        })
}

async fn open(app: AppHandle) {
    let shop = match app.path().app_data_dir() {
        Ok(folder) => Shop::open(app.clone(), folder).await,
        Err(error) => Err(failure::Failure::new(
            failure::Code::FolderUnusable,
            error.to_string(),
        )),
    };
    if let Ok(shop) = &shop {
        following::start(&app, shop);
        provisioned::join(shop).await;
    }
    app.state::<Opening>().ended(shop);
}

fn close(app: &AppHandle) {
    if let Some(shop) = app.state::<Opening>().now() {
        tauri::async_runtime::block_on(shop.close());
    }
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
