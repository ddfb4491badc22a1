//! The smallest window: what a start costs before the app has done anything of its own.
//!
//! Prints the milliseconds from the start of the process to the load event of its empty page, and ends.
#![expect(
    clippy::print_stdout,
    reason = "a measuring program talks on standard output"
)]

use tauri::{WebviewUrl, WebviewWindowBuilder, webview::PageLoadEvent};

fn main() -> tauri::Result<()> {
    balcao_app::measure::begin();
    tauri::Builder::default()
        .setup(|app| {
            WebviewWindowBuilder::new(app, "bare", WebviewUrl::default())
                .on_page_load(|_window, load| {
                    if matches!(load.event(), PageLoadEvent::Finished) {
                        println!("{}", balcao_app::measure::age().as_millis());
                        std::process::exit(0);
                    }
                })
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!(
            "src-tauri/examples/bare_window/tauri.conf.json"
        ))
}
