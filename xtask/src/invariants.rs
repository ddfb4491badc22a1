//! The invariants of `ARCHITECTURE.md` that sources show by themselves, and that each has a test that fails when it breaks.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::repository::Repository;

/// A file's place below the root, and its text.
type Source = (String, String);

/// All files of a kind below a folder of the checkout.
fn sources(folder: &str, kind: &str) -> Vec<Source> {
    let repository = Repository::find().unwrap();
    let mut found = Vec::new();
    gather(
        repository.root(),
        &repository.root().join(folder),
        kind,
        &mut found,
    );
    assert!(!found.is_empty(), "{folder} has no {kind} files");
    found
}

fn gather(root: &Path, folder: &Path, kind: &str, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("node_modules") && !path.ends_with("dist") {
                gather(root, &path, kind, found);
            }
        } else if path.extension().is_some_and(|end| end == kind) {
            let place = path.strip_prefix(root).unwrap().to_string_lossy();
            found.push((place.replace('\\', "/"), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// What a file holds before its tests.
fn shipped(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

fn is_test(place: &str) -> bool {
    ["/tests/", "/tests.rs", "/conformance"]
        .iter()
        .any(|part| place.contains(part))
}

fn manifest(krate: &str) -> String {
    let root = Repository::find().unwrap();
    fs::read_to_string(root.root().join(format!("crates/{krate}/Cargo.toml"))).unwrap()
}

/// Names what a crate is built with, its tests left out.
fn dependencies(krate: &str) -> Vec<String> {
    let text = manifest(krate);
    let (_, after) = text.split_once("[dependencies]\n").unwrap();
    let own = after.split("\n[").next().unwrap_or(after);
    let names = own
        .lines()
        .filter_map(|line| line.split(['.', ' ', '=']).next());
    names
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

fn crates() -> Vec<String> {
    let root = Repository::find().unwrap();
    let folders = fs::read_dir(root.root().join("crates")).unwrap();
    folders
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn the_pure_crates_do_no_io_and_read_no_clock() {
    const OUTSIDE: [&str; 14] = [
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::io",
        "std::thread",
        "std::os",
        "Instant",
        "SystemTime",
        "::now(",
        "today()",
        "println!",
        "eprintln!",
        "RandomState",
    ];
    const REACHING: [&str; 12] = [
        "axum",
        "getrandom",
        "hyper",
        "inbox",
        "ingest",
        "rand",
        "reqwest",
        "rusqlite",
        "tempfile",
        "tokio",
        "tracing",
        "uuid",
    ];
    let found = |krate: &str| {
        let mut found: Vec<String> = dependencies(krate);
        found.retain(|name| REACHING.contains(&name.as_str()));
        for (place, text) in sources(&format!("crates/{krate}/src"), "rs") {
            let text = if is_test(&place) { "" } else { shipped(&text) };
            let code = text.lines().map(str::trim_start);
            let code = code.filter(|line| !line.starts_with("//"));
            let lines = code.filter(|line| OUTSIDE.iter().any(|it| line.contains(it)));
            found.extend(lines.map(|line| format!("{place}: {line}")));
        }
        found
    };
    for krate in ["contract", "follow_up", "providers"] {
        assert_eq!(found(krate), Vec::<String>::new(), "{krate}");
    }
    assert!(found("ingest").len() > 20, "what reaches outside is seen");
}

#[test]
fn only_the_edge_knows_tauri() {
    for krate in crates() {
        assert!(!manifest(&krate).contains("tauri"), "{krate}");
    }
    for (place, text) in sources("crates", "rs") {
        let known = ["tauri::", "tauri_", "use tauri"]
            .iter()
            .any(|it| text.contains(it));
        assert!(!known, "{place}");
    }
    let mut doors = Vec::new();
    for (place, text) in page() {
        if text.contains("@tauri-apps") || text.contains("__TAURI") {
            doors.push(place);
        }
    }
    assert_eq!(doors, ["ui/src/lib/backend.ts"]);
}

/// The page's own files, without those written from Rust.
fn page() -> Vec<Source> {
    let mut all = sources("ui/src", "ts");
    all.extend(sources("ui/src", "svelte"));
    all.retain(|(place, _)| !place.starts_with("ui/src/lib/types/"));
    all
}

/// Of what the host and the page say to each other, no type has a field for what opens a session.
#[test]
fn the_page_meets_no_token() {
    let types: BTreeMap<String, String> = sources("ui/src/lib/types", "ts")
        .into_iter()
        .filter_map(|(place, text)| {
            let name = place
                .strip_prefix("ui/src/lib/types/")?
                .strip_suffix(".ts")?;
            (name != "index").then(|| (name.to_owned(), text))
        })
        .collect();
    let holds_token = |text: &String| {
        text.lines()
            .any(|line| line.trim_start().starts_with("token"))
    };
    assert!(
        types.get("SignedIn").is_some_and(holds_token),
        "one type has it"
    );
    let mut open: Vec<String> = page().iter().flat_map(|(_, text)| imported(text)).collect();
    let mut met = BTreeSet::new();
    while let Some(name) = open.pop() {
        let Some(text) = types.get(&name) else {
            continue;
        };
        if met.insert(name.clone()) {
            assert!(!holds_token(text), "the page meets {name}");
            open.extend(imported(text));
        }
    }
    assert!(met.len() > 50, "{met:?}");
}

/// The names of the modules that a file imports.
fn imported(text: &str) -> Vec<String> {
    let paths = text.split(" from ").skip(1).filter_map(|rest| {
        let quote = rest.chars().next().filter(|it| matches!(it, '\'' | '"'))?;
        rest.get(1..)?.split(quote).next()
    });
    paths
        .filter_map(|path| path.rsplit('/').next())
        .map(|name| name.trim_end_matches(".ts").to_owned())
        .collect()
}

#[test]
fn sql_stands_only_where_it_may() {
    const HOMES: [&str; 5] = [
        "crates/ingest/src/store/",
        "crates/inbox/src/cache",
        "crates/inbox/src/user",
        "crates/bench/src/calibrate.rs",
        "crates/bench/src/overload.rs",
    ];
    const BEGINNINGS: [&str; 16] = [
        "SELECT ",
        "INSERT ",
        "UPDATE ",
        "DELETE ",
        "REPLACE ",
        "CREATE ",
        "DROP ",
        "ALTER ",
        "PRAGMA ",
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "VACUUM",
        "ATTACH ",
        "SAVEPOINT ",
        "WITH ",
    ];
    let mut homes = BTreeSet::new();
    let mut all = sources("crates", "rs");
    all.extend(sources("src-tauri", "rs"));
    for (place, text) in all {
        if is_test(&place) {
            continue;
        }
        let text = shipped(&text);
        let is_sql = |literal: &str| {
            let begins = BEGINNINGS.iter().any(|word| literal.starts_with(word));
            // The word of a platform may begin alike, but a statement has several words or is one without underscores.
            begins && (literal.contains(' ') || !literal.contains('_'))
        };
        if text.split('"').skip(1).map(str::trim_start).any(is_sql) {
            let home = HOMES.iter().find(|home| place.starts_with(**home));
            homes.insert(*home.unwrap_or_else(|| panic!("{place} holds SQL")));
        }
    }
    assert_eq!(homes, BTreeSet::from(HOMES), "a home without SQL is none");
}

/// A test that the table of invariants names is there, and each invariant has one at least.
#[test]
fn every_invariant_has_a_test_that_is_there() {
    let root = Repository::find().unwrap();
    let page = fs::read_to_string(root.root().join("ARCHITECTURE.md")).unwrap();
    let (_, section) = page.split_once("\n## Invariants\n").unwrap();
    let section = section.split("\n## ").next().unwrap_or(section);
    let numbered = section.lines().filter_map(|line| line.split_once(". "));
    let told: Vec<u32> = numbered
        .filter_map(|(number, _)| number.parse().ok())
        .collect();
    assert_eq!(told, (1..=10).collect::<Vec<u32>>());
    let there = tests();
    let mut proven = Vec::new();
    for row in section.lines().filter_map(|line| line.strip_prefix("| ")) {
        let Some((Ok(number), tests)) = row
            .split_once(" | ")
            .map(|(number, tests)| (number.parse::<u32>(), tests))
        else {
            continue;
        };
        let names: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "nothing proves {number}");
        for name in names {
            assert!(there.contains(name), "there is no test {name}");
        }
        proven.push(number);
    }
    assert_eq!(proven, told);
}

/// The names of all tests: what stands under a `test` attribute, the cases every store is held to, the page's own.
fn tests() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for folder in ["crates", "src-tauri", "tests", "xtask"] {
        for (place, text) in sources(folder, "rs") {
            let cases = place.contains("/conformance/");
            for (above, line) in text.lines().zip(text.lines().skip(1)) {
                let is_test = above.trim_end().ends_with("test]") || above.contains("test(");
                let name = line
                    .split_once("fn ")
                    .and_then(|(_, rest)| rest.split(['(', '<']).next());
                if (is_test || cases)
                    && let Some(name) = name
                {
                    all.insert(name.to_owned());
                }
            }
        }
    }
    for (_, text) in page() {
        let named = text
            .split("it('")
            .skip(1)
            .chain(text.split("test('").skip(1));
        all.extend(
            named
                .filter_map(|rest| rest.split('\'').next())
                .map(str::to_owned),
        );
    }
    all
}
