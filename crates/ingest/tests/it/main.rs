//! The service as its callers see it: every test runs a real service on a port of its own, with a real database in a folder of
//! its own, and speaks HTTP to it.

#![allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]

mod abandonment;
mod api;
mod commands;
mod custom;
mod described;
mod documented;
mod dumps;
mod duties;
mod erasing;
mod events;
mod feed;
mod integrations;
mod limits;
mod logs;
mod notices;
mod operations;
mod people;
mod planted;
mod presence;
mod probing;
mod reading_back;
mod registering;
mod repeats;
mod replay;
mod retention;
mod rotating;
mod sample_sales;
mod sessions;
mod sharing;
mod signing_in;
mod sources;
mod stopping;
mod sync;
mod sync_kills;
mod unsigned;
mod webhooks;

/// A file that nobody lists is a test that nobody runs.
#[test]
fn every_file_of_this_folder_is_part_of_it() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it");
    let listed = include_str!("main.rs");
    for file in std::fs::read_dir(folder).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let module = name.trim_end_matches(".rs");
        assert!(
            module == "main" || listed.contains(&format!("mod {module};")),
            "{name} is not listed"
        );
    }
}
