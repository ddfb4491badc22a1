//! `cargo xtask types`: TypeScript from the Rust types that cross to the page.
//!
//! ts-rs writes a type from a test that its derive adds. They run in a folder of their own, and the result is compared
//! with, or replaces, what is committed.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};

use crate::{program::Program, repository::Repository};

/// The crates that hold types of the page. Those of the edge come from the root package.
const CRATES: &str = "--package contract --package follow_up --package inbox --package balcao";

/// Relative path and text of each file, in order.
type Files = BTreeMap<PathBuf, String>;

/// Writes the TypeScript and removes files whose type is gone.
///
/// # Errors
/// When the crates do not compile or a file cannot be written.
pub(crate) fn write(repository: &Repository) -> anyhow::Result<()> {
    let fresh = export(repository)?;
    let folder = repository.page_types();
    for stale in read(&folder)?
        .into_keys()
        .filter(|file| !fresh.contains_key(file))
    {
        fs::remove_file(folder.join(stale))?;
    }
    for (file, text) in &fresh {
        let path = folder.join(file);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, text).with_context(|| format!("{} was not written", path.display()))?;
    }
    println!("   {} files in ui/src/lib/types", fresh.len());
    Ok(())
}

/// Compares the TypeScript with the committed files.
///
/// # Errors
/// When they differ, naming each file and what to run.
pub(crate) fn check(repository: &Repository) -> anyhow::Result<()> {
    let differing = differences(&export(repository)?, &read(&repository.page_types())?);
    if differing.is_empty() {
        return Ok(());
    }
    bail!(
        "ui/src/lib/types is stale; run `cargo xtask types` and commit:\n   {}",
        differing.join("\n   ")
    )
}

/// Runs the exporting tests into an empty folder and returns what they wrote, with an index of it.
fn export(repository: &Repository) -> anyhow::Result<Files> {
    let folder = repository.target().join("types-export");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    // Not nextest: types that share a file are joined by one process.
    Program::cargo(
        repository,
        "test --quiet --lib --features balcao/custom-protocol",
    )
    .words(CRATES)
    .words("-- export_bindings")
    .env("TS_RS_EXPORT_DIR", &folder)
    .run()?;
    let mut files = read(&folder)?;
    if files.is_empty() {
        bail!("no type was exported; do the crates still derive `TS`?");
    }
    let index = index(&files);
    files.insert(PathBuf::from("index.ts"), index);
    Ok(files)
}

/// One module from which the page takes every type.
fn index(files: &Files) -> String {
    let mut text = String::from("// Written by `cargo xtask types`.\n");
    for file in files.keys() {
        let module = file.with_extension("");
        let module = module.to_string_lossy().replace('\\', "/");
        text.push_str(&format!("export * from \"./{module}\";\n"));
    }
    text
}

fn read(folder: &Path) -> anyhow::Result<Files> {
    let mut files = Files::new();
    if folder.exists() {
        collect(folder, folder, &mut files)?;
    }
    Ok(files)
}

fn collect(root: &Path, folder: &Path, files: &mut Files) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "ts") {
            let text = fs::read_to_string(&path)?.replace("\r\n", "\n");
            files.insert(path.strip_prefix(root)?.to_owned(), text);
        }
    }
    Ok(())
}

fn differences(fresh: &Files, committed: &Files) -> Vec<String> {
    let changed = fresh
        .iter()
        .filter_map(|(file, text)| match committed.get(file) {
            None => Some(format!("{} is missing", file.display())),
            Some(old) if old != text => Some(format!("{} differs", file.display())),
            Some(_) => None,
        });
    let gone = committed.keys().filter(|file| !fresh.contains_key(*file));
    changed
        .chain(gone.map(|file| format!("{} has no type any more", file.display())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(pairs: &[(&str, &str)]) -> Files {
        let owned = |(file, text): &(&str, &str)| (PathBuf::from(file), (*text).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn every_kind_of_staleness_is_named() {
        let fresh = files(&[("A.ts", "new"), ("B.ts", "same"), ("C.ts", "added")]);
        let committed = files(&[("A.ts", "old"), ("B.ts", "same"), ("D.ts", "left")]);
        let expected = [
            "A.ts differs",
            "C.ts is missing",
            "D.ts has no type any more",
        ];
        assert_eq!(differences(&fresh, &committed), expected);
        assert!(differences(&fresh, &fresh).is_empty());
    }

    #[test]
    fn the_index_names_every_file_without_its_ending() {
        let text = index(&files(&[("Money.ts", ""), ("view/Row.ts", "")]));
        assert!(
            text.contains("export * from \"./Money\";\nexport * from \"./view/Row\";\n"),
            "{text}"
        );
    }

    #[test]
    fn files_below_are_read_with_their_path() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("view")).unwrap();
        fs::write(folder.path().join("view/Row.ts"), "x\r\ny").unwrap();
        fs::write(folder.path().join("README.md"), "left out").unwrap();
        assert_eq!(
            read(folder.path()).unwrap(),
            files(&[("view/Row.ts", "x\ny")])
        );
    }
}
