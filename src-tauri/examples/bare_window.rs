//! The smallest window: what a start costs before the app has done anything of its own.
//!
//! Prints the milliseconds from the start of the process to the page's load event, and ends.
#![expect(
    clippy::print_stdout,
    reason = "a measuring program talks on standard output"
)]

use tauri::{WebviewUrl, WebviewWindowBuilder, http::Response, webview::PageLoadEvent};

fn main() -> tauri::Result<()> {
    balcao_app::measure::begin();
    // The app's own configuration opens no window by itself, so this one is alone.
    tauri::Builder::default()
        .register_uri_scheme_protocol("bare", |_context, _request| {
            Response::new(b"<!doctype html><title>bare</title>".as_slice())
        })
        .setup(|app| {
            let empty = "bare://localhost/".parse()?;
            WebviewWindowBuilder::new(app, "bare", WebviewUrl::CustomProtocol(empty))
                .on_page_load(|window, load| {
                    if matches!(load.event(), PageLoadEvent::Finished) {
                        println!("{}", balcao_app::measure::age().as_millis());
                        std::process::exit(i32::from(window.show().is_err()));
                    }
                })
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!())
}
