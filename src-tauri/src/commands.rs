//! The commands the page may call: each takes its arguments apart and hands them on.
//!
//! The list at the top is the only one in code; the capability grants the same names, and a test holds them together.

use serde::Serialize;
use tauri::{AppHandle, Wry, ipc::Invoke};
use tauri_plugin_clipboard_manager::ClipboardExt;
use tauri_plugin_opener::OpenerExt;

use crate::{
    failure::{Code, Failure},
    links,
};

macro_rules! commands {
    ($($name:ident),+ $(,)?) => {
        /// Returns what answers the page's calls.
        pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($name),+]
        }

        #[cfg(test)]
        const NAMES: &[&str] = &[$(stringify!($name)),+];
    };
}

commands![app_info, copy_text, open_link];

/// Describes the running program.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AppInfo {
    version: String,
    platform: &'static str,
}

/// Tells the page which program it runs in.
#[tauri::command]
fn app_info(app: AppHandle) -> AppInfo {
    AppInfo {
        version: app.package_info().version.to_string(),
        platform: std::env::consts::OS,
    }
}

/// Puts a text on the clipboard.
#[tauri::command]
fn copy_text(app: AppHandle, text: String) -> Result<(), Failure> {
    app.clipboard()
        .write_text(text)
        .map_err(|error| Failure::new(Code::ClipboardUnavailable, error.to_string()))
}

/// Opens a chat, a mail or a page of the order in the system's own program.
#[tauri::command]
fn open_link(app: AppHandle, link: String) -> Result<(), Failure> {
    let url = links::accept(&link, &[])?;
    app.opener().open_url(url, None::<&str>).map_err(|_| {
        Failure::new(
            Code::LinkNotOpened,
            "the system opened no program for the link",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::NAMES;

    #[test]
    fn the_capability_grants_exactly_the_commands_there_are() {
        let capability: serde_json::Value =
            serde_json::from_str(include_str!("../capabilities/main.json")).expect("it is JSON");
        let permissions = capability["permissions"].as_array().expect("a list");
        let granted: Vec<String> = permissions
            .iter()
            .filter_map(|permission| permission.as_str()?.strip_prefix("allow-"))
            .map(|name| name.replace('-', "_"))
            .collect();
        assert_eq!(granted, NAMES);
    }
}
