//! Which types cross a wire: those of this crate that are public and can be written as JSON.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Reads their names from the sources.
pub(super) fn types() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
        let text = std::fs::read_to_string(&file).expect("a source of this crate");
        found.extend(derived(&text));
        found.extend(written(&text));
    }
    found
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder of this crate") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// The public types under a `derive` that names `Serialize`.
fn derived(text: &str) -> impl Iterator<Item = String> {
    text.split("#[derive(").skip(1).filter_map(|rest| {
        let (derived, item) = rest.split_once(")]")?;
        let serialises = derived.split(',').any(|name| name.trim() == "Serialize");
        let item = item.lines().map(str::trim_start).find(|line| {
            ["pub ", "struct ", "enum "]
                .iter()
                .any(|it| line.starts_with(it))
        })?;
        let name = item
            .strip_prefix("pub struct ")
            .or_else(|| item.strip_prefix("pub enum "))?;
        serialises.then(|| word(name))
    })
}

/// The types whose `Serialize` is written by hand; the ids share one that a macro writes.
fn written(text: &str) -> Vec<String> {
    let by_hand = text.split("\nimpl Serialize for ").skip(1).map(word);
    let ids = text
        .lines()
        .filter_map(|line| line.trim().strip_suffix("_\";")?.split_once(" = \""))
        .map(|(name, _)| name.to_owned());
    by_hand.chain(ids).collect()
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|letter| letter.is_ascii_alphanumeric())
        .collect()
}

#[test]
fn types_are_found_however_they_are_made() {
    let all = types();
    for name in [
        "Event",
        "Outcome",
        "Chain",
        "ConversationId",
        "Stage",
        "RawBody",
    ] {
        assert!(all.contains(name), "{name}");
    }
    for name in ["EventWire", "BrCode", "MoneyError"] {
        assert!(!all.contains(name), "{name}");
    }
}
