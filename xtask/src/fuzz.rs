//! `cargo xtask fuzz`: the targets of `crates/providers/fuzz`, each for its time, begun from the fixtures.
//!
//! The compiler that is there builds them: coverage is an option of its code generator, and code without `unsafe` needs no address
//! sanitizer. Who has a nightly compiler and cargo-fuzz can run the same targets with it.

use std::{
    fs,
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
};

use anyhow::Context;
use clap::Args;
use serde_json::Value;

use crate::{
    program::Program,
    repository::Repository,
    steps::{self, Outcome, Step},
};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How long each target runs.
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u32,
    /// Only this target.
    #[arg(long, value_name = "TARGET")]
    only: Option<String>,
    /// Go on after a crash and list all of them at the end.
    #[arg(long)]
    keep_going: bool,
}

const FOLDER: &str = "crates/providers/fuzz";

/// What makes the compiler count which ways were taken and tell what was compared.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

/// Where the seeds lie of what has no fixtures, a folder a target.
const SEEDS: &str = "seeds";

/// How many seconds each target has where all of them are but one of many tests.
const BRIEFLY: u32 = 60;

/// Runs the targets.
pub(crate) fn run(repository: &Repository, options: &Options) -> anyhow::Result<()> {
    let wanted = |name: &String| options.only.as_ref().is_none_or(|only| only == name);
    let targets: Vec<String> = targets(repository)?.into_iter().filter(wanted).collect();
    anyhow::ensure!(!targets.is_empty(), "no target is called so");
    let host = built(repository)?;
    let all: Vec<Step<'_>> = targets
        .into_iter()
        .map(|name| target(repository, &host, name, options.seconds))
        .collect();
    steps::run(&all, options.keep_going)
}

/// Runs every target for a minute, as many at once as there are processors.
pub(crate) fn briefly(repository: &Repository) -> anyhow::Result<()> {
    let host = built(repository)?;
    let left = Mutex::new(targets(repository)?);
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let work = || -> anyhow::Result<()> {
        while let Some(name) = next() {
            let told = attack(repository, &host, &name, BRIEFLY)?
                .told()
                .with_context(|| format!("only this: cargo xtask fuzz --only {name}"))?;
            let tried = tried(&told).unwrap_or("no count of");
            println!("   {name}: {tried} bodies");
        }
        Ok(())
    };
    thread::scope(|scope| {
        let at_once = thread::available_parallelism().map_or(1, usize::from);
        let working: Vec<_> = (0..at_once).map(|_| scope.spawn(work)).collect();
        working
            .into_iter()
            .try_for_each(|one| one.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

/// Builds the targets and lays out their seeds; returns the machine they are built for.
fn built(repository: &Repository) -> anyhow::Result<String> {
    sow(repository, &repository.root().join(FOLDER))?;
    let host = host(repository)?;
    cargo(repository, &host, "build").words("--bins").run()?;
    Ok(host)
}

fn target<'a>(repository: &'a Repository, host: &'a str, name: String, seconds: u32) -> Step<'a> {
    let again = format!("cargo xtask fuzz --only {name}");
    let shown = format!("fuzz {name}");
    Step::new(
        shown,
        "whatever comes is read or refused by name",
        again,
        move || {
            let attack = attack(repository, host, &name, seconds)?;
            attack.run().map(|()| Outcome::Done)
        },
    )
}

/// Reads how many bodies a target was given from what it told at its end.
fn tried(told: &str) -> Option<&str> {
    told.lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
        .map(str::trim)
}

/// Returns the program that gives a target broken bodies for so many seconds.
fn attack(
    repository: &Repository,
    host: &str,
    name: &str,
    seconds: u32,
) -> anyhow::Result<Program> {
    let within = |part: &str| repository.root().join(FOLDER).join(part).join(name);
    fs::create_dir_all(within("artifacts"))?;
    let program = cargo(repository, host, "run")
        .arg("--bin")
        .arg(name)
        .arg("--")
        .arg(within("corpus"))
        .arg(format!(
            "-artifact_prefix={}/",
            within("artifacts").display()
        ))
        .arg(format!("-max_total_time={seconds}"))
        .words("-max_len=65536 -timeout=10 -rss_limit_mb=2048 -verbosity=0 -print_final_stats=1");
    Ok(program)
}

/// Everything but the targets themselves, as build scripts, is built without the flags: that is what naming the machine does.
fn cargo(repository: &Repository, host: &str, verb: &str) -> Program {
    Program::cargo(repository, verb)
        .words("--release --locked --manifest-path crates/providers/fuzz/Cargo.toml --target")
        .arg(host)
        .arg("--target-dir")
        .arg(repository.target().join("fuzz"))
        .env("RUSTFLAGS", FLAGS)
}

fn host(repository: &Repository) -> anyhow::Result<String> {
    let told = Program::new(repository, "rustc").words("-vV").read()?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not name its host")?.to_owned())
}

fn targets(repository: &Repository) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for file in fs::read_dir(repository.root().join(FOLDER).join("fuzz_targets"))? {
        let path = file?.path();
        let name = path.file_stem().context("a target has a name")?;
        names.push(name.to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Writes the fixtures where the targets look for a beginning.
fn sow(repository: &Repository, folder: &Path) -> anyhow::Result<()> {
    let fixtures = repository.root().join("fixtures/providers");
    for platform in fs::read_dir(&fixtures)? {
        let platform = platform?.path();
        if !platform.is_dir() {
            continue;
        }
        let slug = platform.file_name().context("a folder has a name")?;
        let slug = slug.to_string_lossy().into_owned();
        for file in fs::read_dir(&platform)? {
            let path = file?.path();
            let fixture: Value = match fs::read(&path).map(|text| serde_json::from_slice(&text)) {
                Ok(Ok(fixture)) => fixture,
                _ => continue,
            };
            let name = path.file_stem().context("a fixture has a name")?;
            let name = format!("{slug}-{}", name.to_string_lossy());
            let seed = seed(&fixture);
            write(folder, &slug, &name, &seed)?;
            write(folder, "headers", &name, &seed)?;
            if slug == "custom" {
                write(folder, "settings", &name, &seed)?;
            }
        }
    }
    for target in fs::read_dir(folder.join(SEEDS))? {
        let target = target?;
        let name = target.file_name().to_string_lossy().into_owned();
        for file in fs::read_dir(target.path())? {
            let path = file?.path();
            let stem = path.file_stem().context("a seed has a name")?;
            let stem = format!("seed-{}", stem.to_string_lossy());
            write(folder, &name, &stem, &fs::read(&path)?)?;
        }
    }
    Ok(())
}

fn write(folder: &Path, target: &str, name: &str, seed: &[u8]) -> anyhow::Result<()> {
    let corpus: PathBuf = folder.join("corpus").join(target);
    fs::create_dir_all(&corpus)?;
    fs::write(corpus.join(name), seed).with_context(|| format!("writing a seed of {target}"))
}

/// Writes a fixture's request as the targets read it.
fn seed(fixture: &Value) -> Vec<u8> {
    let text = |path: &str| fixture.pointer(path).and_then(Value::as_str);
    let mut seed = Vec::new();
    if let Some(settings) = fixture.get("settings") {
        seed.extend_from_slice(settings.to_string().as_bytes());
        seed.push(0);
    }
    seed.extend_from_slice(text("/request/query").unwrap_or_default().as_bytes());
    let headers = fixture.pointer("/request/headers");
    for (name, value) in headers.and_then(Value::as_object).into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        seed.extend_from_slice(format!("\n{name}: {value}").as_bytes());
    }
    seed.extend_from_slice(b"\n\n");
    let body = text("/pulled/bodyText").or(text("/request/bodyText"));
    seed.extend_from_slice(body.unwrap_or_default().as_bytes());
    seed
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{seed, tried};

    #[test]
    fn how_many_bodies_were_tried_is_read_from_the_end() {
        let told = "INFO: seed corpus: files: 91\nstat::number_of_executed_units: 14096\nstat::peak_rss_mb: 43\n";
        assert_eq!(tried(told), Some("14096"));
        assert_eq!(tried("it crashed"), None);
    }

    #[test]
    fn a_fixture_becomes_a_request_as_text() {
        let fixture = json!({
            "request": {"query": "a=1", "headers": {"X-Sign": "ab"}, "bodyText": "{}"},
            "settings": {"shop": "x"},
        });
        let expected = b"{\"shop\":\"x\"}\0a=1\nX-Sign: ab\n\n{}";
        assert_eq!(seed(&fixture), expected);
    }
}
