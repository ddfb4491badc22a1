//! Integration tests without a display: the real service as a process, the desktop's core against it.

mod crash;
mod overload;
mod power;

use std::path::Path;

/// A file that is not listed above would silently not be tested.
#[test]
fn every_file_here_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let listed = include_str!("main.rs");
    for file in std::fs::read_dir(folder).expect("the folder of this test") {
        let path = file.expect("an entry").path();
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .expect("a plain name");
        assert!(
            name == "main" || listed.contains(&format!("mod {name};")),
            "{name} is not listed in main.rs"
        );
    }
}
