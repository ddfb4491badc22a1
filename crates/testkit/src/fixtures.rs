//! Test data from the repository's `fixtures/` folder: a new case is a new file, not new code.

use std::{fs, path::PathBuf};

use serde::de::DeserializeOwned;

/// Returns the repository's root.
pub fn root() -> PathBuf {
    let mut path = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    path.pop();
    path.pop();
    path
}

/// Returns where `name` lies in `fixtures/`.
pub fn path(name: &str) -> PathBuf {
    root().join("fixtures").join(name)
}

/// Reads `fixtures/<name>` as bytes.
///
/// # Panics
/// When there is no such file.
#[track_caller]
pub fn bytes(name: &str) -> Vec<u8> {
    match fs::read(path(name)) {
        Ok(bytes) => bytes,
        Err(error) => panic!("fixtures/{name}: {error}"),
    }
}

/// Reads `fixtures/<name>` as JSON into `T`.
///
/// # Panics
/// When there is no such file or it is not a `T`.
#[track_caller]
pub fn json<T: DeserializeOwned>(name: &str) -> T {
    match serde_json::from_slice(&bytes(name)) {
        Ok(value) => value,
        Err(error) => panic!("fixtures/{name}: {error}"),
    }
}

/// Returns the names, relative to `fixtures/`, of the JSON files in `fixtures/<folder>` and below, in order.
///
/// Files that start with an underscore describe others and are left out.
///
/// # Panics
/// When there is none, because a test over no case proves nothing.
#[track_caller]
pub fn cases(folder: &str) -> Vec<String> {
    let mut names = Vec::new();
    collect(&path(folder), folder, &mut names);
    names.sort();
    assert!(!names.is_empty(), "fixtures/{folder} holds no case");
    names
}

fn collect(folder: &std::path::Path, name: &str, names: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let file = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        let name = format!("{name}/{file}");
        if path.is_dir() {
            collect(&path, &name, names);
        } else if file.ends_with(".json") && !file.starts_with('_') {
            names.push(name);
        }
    }
}

/// Returns the bytes of every file in a folder and below, one after the other.
pub fn bytes_below(folder: &std::path::Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            all.extend(bytes_below(&path));
        } else if path.is_file() {
            // A file may go between being listed and being read, as a journal does.
            all.extend(fs::read(&path).unwrap_or_default());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_the_workspace() {
        assert!(root().join("tauri.conf.json").is_file());
    }

    #[test]
    #[should_panic(expected = "holds no case")]
    fn a_folder_without_cases_is_an_error() {
        cases("no-such-folder");
    }
}
