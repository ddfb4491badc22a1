//! Generates the permission of each command the capability grants, and nothing wider.

use std::{fs, path::Path};

const CAPABILITY: &str = "src-tauri/capabilities/main.json";
const PAGE: &str = "ui/dist";

fn main() {
    for watched in [CAPABILITY, PAGE, "src-tauri/isolation"] {
        println!("cargo:rerun-if-changed={watched}");
    }
    // The embedded page is built by npm. Without it the code still has to compile for lints and for the dev server.
    if !Path::new(PAGE).exists() {
        fs::create_dir_all(PAGE).expect("ui/dist can be created");
    }
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/*.json")
        .windows_attributes(
            tauri_build::WindowsAttributes::new().window_icon_path("src-tauri/icons/icon.ico"),
        )
        .app_manifest(tauri_build::AppManifest::new().commands(granted_commands()));
    tauri_build::try_build(attributes).expect("tauri.conf.json and the capability are sound");
}

/// Reads which of the app's own commands the capability grants, so that there is one list and not two.
fn granted_commands() -> &'static [&'static str] {
    let text = fs::read_to_string(CAPABILITY).expect("the capability can be read");
    let commands: Vec<&'static str> = text
        .split('"')
        .filter_map(|word| word.strip_prefix("allow-"))
        .map(|name| &*name.replace('-', "_").leak())
        .collect();
    commands.leak()
}
