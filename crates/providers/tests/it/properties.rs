//! What the fuzz targets hold of any bytes, tried on their seeds and on broken forms of them: few enough for every run, the same
//! each time, and without the compiler's help that `cargo xtask fuzz` has.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::case::{self, Case};
use crate::robustness::{Dice, broken, seed};

#[path = "../../fuzz/src/lib.rs"]
#[expect(
    unreachable_pub,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "the targets are programs of their own, in which a panic is the report"
)]
mod held;

/// How many broken forms of all its seeds together each target is given.
const BREAKAGES: usize = 3_000;

/// One test a target, so that they run side by side.
macro_rules! every_target_holds {
    ($($name:ident: $held:expr;)*) => {
        mod targets {
            $(#[test]
            fn $name() {
                super::hold(stringify!($name), $held);
            })*
        }

        /// The targets that are held.
        const TARGETS: &[&str] = &[$(stringify!($name)),*];
    };
}

every_target_holds! {
    kiwify: |data| super::held::webhook("kiwify", data);
    hotmart: |data| super::held::webhook("hotmart", data);
    shopify: |data| super::held::webhook("shopify", data);
    nuvemshop: |data| super::held::webhook("nuvemshop", data);
    yampi: |data| super::held::webhook("yampi", data);
    cartpanda: |data| super::held::webhook("cartpanda", data);
    vega: |data| super::held::webhook("vega", data);
    luna: |data| super::held::webhook("luna", data);
    zedy: |data| super::held::webhook("zedy", data);
    adorei: |data| super::held::webhook("adorei", data);
    iset: |data| super::held::webhook("iset", data);
    cart_abandonment: |data| super::held::webhook("cart_abandonment", data);
    unified: |data| super::held::webhook("unified", data);
    custom: |data| super::held::webhook("custom", data);
    headers: super::held::proofs;
    settings: super::held::settings;
    cursors: super::held::pages;
    positions: super::held::positions;
    written: super::held::written;
}

#[test]
fn every_target_is_held() {
    let files = files(&folder().join("fuzz_targets"));
    let there: BTreeSet<String> = files.iter().map(|file| stem(file)).collect();
    let held: BTreeSet<String> = TARGETS.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(held, there);
}

/// Gives a target its seeds, and broken forms of them.
fn hold(target: &str, held: impl Fn(&[u8])) {
    let seeds = seeds(target);
    assert!(!seeds.is_empty(), "{target} has no seeds");
    let each = BREAKAGES.div_ceil(seeds.len());
    for (name, data) in &seeds {
        held(data);
        let mut dice = Dice(seed(name));
        for _ in 0..each {
            held(&broken(data, &mut dice));
        }
    }
}

/// Returns what a target begins with: its platform's fixtures, all fixtures, or the files laid down for it.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let written = |case: &Case| (case.label(), as_request(case));
    match target {
        "headers" => case::all().iter().map(written).collect(),
        "settings" => case::of("custom").iter().map(written).collect(),
        slug if providers::provider(slug).is_some() => case::of(slug).iter().map(written).collect(),
        other => {
            let files = files(&folder().join("seeds").join(other));
            let read = |file: &PathBuf| (stem(file), std::fs::read(file).expect("a seed"));
            files.iter().map(read).collect()
        }
    }
}

/// Writes a fixture's request as the targets read it.
fn as_request(case: &Case) -> Vec<u8> {
    let mut data = case.settings().as_json().to_string().into_bytes();
    data.push(0);
    data.extend_from_slice(case.request.query.as_bytes());
    for (name, value) in &case.request.headers {
        data.extend_from_slice(format!("\n{name}: {value}").as_bytes());
    }
    data.extend_from_slice(b"\n\n");
    data.extend_from_slice(case.body());
    data
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<PathBuf> = listed
        .map(|file| file.expect("the folder can be listed").path())
        .collect();
    files.sort();
    files
}

fn stem(file: &Path) -> String {
    let stem = file.file_stem().and_then(|stem| stem.to_str());
    stem.expect("a file has a name").to_owned()
}
