//! The pictures that the documents show are those that are taken, and each of them is there.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::repository::Repository;

/// Where the documents look for pictures, beside themselves or below.
const FOLDER: &str = "screenshots/";

/// Returns what is wrong: a document that shows a picture nobody takes or that is not there, a picture no scene takes.
pub(super) fn faults(repository: &Repository, taken: &BTreeSet<String>) -> Vec<String> {
    let mut faults = Vec::new();
    for document in documents(repository.root()) {
        let text = fs::read_to_string(&document).unwrap_or_default();
        for picture in shown(&text) {
            let file = document.parent().map(|folder| folder.join(picture));
            let name = Path::new(picture).file_stem().unwrap_or_default();
            let told = document.display();
            if !file.is_some_and(|file| file.is_file()) {
                faults.push(format!("{told}: there is no {picture}"));
            } else if !taken.contains(&*name.to_string_lossy()) {
                faults.push(format!("{told}: nothing takes {picture}"));
            }
        }
    }
    let kept = files(&repository.root().join("docs").join(FOLDER), "png");
    let stem = |file: &PathBuf| {
        file.file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    let stray = kept.iter().map(stem).filter(|name| !taken.contains(name));
    faults.extend(stray.map(|name| format!("nothing takes {name}, which is kept")));
    faults
}

/// The documents at the root and in `docs`.
fn documents(root: &Path) -> Vec<PathBuf> {
    let mut found = files(root, "md");
    found.extend(files(&root.join("docs"), "md"));
    found
}

fn files(folder: &Path, kind: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ext| ext == kind))
        .collect();
    found.sort();
    found
}

/// The addresses of a document's pictures that lie in the folder of pictures.
fn shown(text: &str) -> impl Iterator<Item = &str> {
    let addresses = text
        .split("](")
        .skip(1)
        .chain(text.split("src=\"").skip(1))
        .chain(text.split("srcset=\"").skip(1));
    addresses
        .filter_map(|rest| rest.split([')', '"', ' ']).next())
        .filter(|address| address.contains(FOLDER) && !address.contains("://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_the_documents_show_is_taken_and_there() {
        let repository = Repository::find().unwrap();
        let taken = super::super::names();
        assert_eq!(faults(&repository, &taken), Vec::<String>::new());
    }

    #[test]
    fn a_picture_is_found_however_it_is_shown() {
        let text = "![a](screenshots/a.png) [b](other.md) <img src=\"docs/screenshots/c.png\" width=\"400\">\n\
                    ![far](https://example.com/screenshots/d.png)";
        let found: Vec<&str> = shown(text).collect();
        assert_eq!(found, ["screenshots/a.png", "docs/screenshots/c.png"]);
    }

    #[test]
    fn what_is_missing_or_nobodys_is_told() {
        let repository = Repository::find().unwrap();
        let faults = faults(&repository, &BTreeSet::new());
        assert!(
            faults.iter().any(|fault| fault.contains("nothing takes")),
            "{faults:?}"
        );
    }
}
