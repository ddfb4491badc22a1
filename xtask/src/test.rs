//! `cargo xtask test`: everything that has to hold, cheapest first.

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};

use crate::{
    api, fuzz,
    program::{Program, find},
    repository::Repository,
    setup,
    steps::{self, Outcome, Step},
    types,
};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only these parts.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// Go on after a failure and list all of them at the end.
    #[arg(long)]
    keep_going: bool,
}

/// The parts of the test, in the order they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Formatting.
    Fmt,
    /// Warnings, spelling, licences.
    Lint,
    /// The crates' own tests.
    Unit,
    /// The TypeScript written from Rust is up to date.
    Types,
    /// The page: types, tests, build.
    Ui,
    /// The service against the description of its interface.
    Api,
    /// Programs together, without a display.
    It,
    /// Whatever may be sent, for a moment each.
    Fuzz,
    /// The real window.
    App,
}

/// One feature set for whatever builds the root package, so that it is built once.
const APP: &str = "--features balcao/custom-protocol";

pub(crate) fn run(repository: &Repository, options: &Options) -> anyhow::Result<()> {
    let chosen = |part| options.only.is_empty() || options.only.contains(&part);
    install_what_is_missing(repository, &chosen)?;
    let mut all = Vec::new();
    for part in Part::value_variants()
        .iter()
        .copied()
        .filter(|part| chosen(*part))
    {
        all.extend(steps_of(part, repository));
    }
    steps::run(&all, options.keep_going)
}

/// The checkers are wanted by `lint` alone, and formatting wants nothing.
fn install_what_is_missing(
    repository: &Repository,
    chosen: &impl Fn(Part) -> bool,
) -> anyhow::Result<()> {
    let building = Part::value_variants()
        .iter()
        .any(|part| *part != Part::Fmt && chosen(*part));
    if chosen(Part::Lint) {
        setup::run(repository)
    } else if building {
        setup::for_building(repository)
    } else {
        Ok(())
    }
}

fn steps_of(part: Part, repository: &Repository) -> Vec<Step<'_>> {
    match part {
        Part::Fmt => vec![cargo(
            repository,
            "fmt",
            "the code is formatted",
            "fmt --all --check",
        )],
        Part::Lint => lints(repository),
        Part::Unit => vec![unit(repository)],
        Part::Types => vec![Step::new(
            "types",
            "the committed TypeScript is what Rust says",
            "cargo xtask types --check",
            || types::check(repository).map(|()| Outcome::Done),
        )],
        Part::Ui => page(repository),
        Part::Api => vec![
            setup::schemathesis_step(repository),
            Step::new(
                "api",
                "the service does what its description says, and refuses the rest with a stable code",
                "cargo xtask test --only api",
                || api::check(repository).map(|()| Outcome::Done),
            ),
        ],
        Part::It => vec![it(repository)],
        Part::Fuzz => vec![Step::new(
            "fuzz",
            "what nobody thought of is read or refused by name",
            "cargo xtask test --only fuzz",
            || fuzz::briefly(repository).map(|()| Outcome::Done),
        )],
        Part::App => vec![
            page_build(repository),
            invented_page(repository),
            app(repository),
        ],
    }
}

fn lints(repository: &Repository) -> Vec<Step<'_>> {
    vec![
        Step::new(
            "clippy",
            "the compiler and clippy find nothing",
            "cargo xtask test --only lint",
            || {
                Program::cargo(repository, "clippy --workspace --all-targets --locked")
                    .words(APP)
                    .words("-- -D warnings")
                    .run()?;
                Ok(Outcome::Done)
            },
        ),
        Step::new(
            "typos",
            "words are spelt as they should be",
            "cargo xtask test --only lint",
            || typos(repository),
        ),
        Step::new(
            "deny",
            "licences, sources and banned crates",
            "cargo deny --offline check bans licenses sources",
            || deny(repository),
        ),
    ]
}

fn typos(repository: &Repository) -> anyhow::Result<Outcome> {
    let Some(typos) = setup::typos(repository) else {
        bail!("typos is not installed; `cargo xtask setup` does it");
    };
    Program::new(repository, typos).run()?;
    Ok(Outcome::Done)
}

/// Advisories are left to the network and so out of this gate.
fn deny(repository: &Repository) -> anyhow::Result<Outcome> {
    if find("cargo-deny").is_none() {
        bail!("cargo-deny is not installed; `cargo xtask setup` does it");
    }
    // Building fetches only what this system needs; what goes into the others is checked too.
    Program::cargo(repository, "fetch --locked").run()?;
    Program::cargo(repository, "deny --offline check bans licenses sources").run()?;
    Ok(Outcome::Done)
}

fn unit(repository: &Repository) -> Step<'_> {
    Step::new(
        "unit",
        "each crate does what it says",
        "cargo xtask test --only unit",
        || {
            tests(repository, "--workspace --exclude balcao --locked").run()?;
            Ok(Outcome::Done)
        },
    )
}

fn it(repository: &Repository) -> Step<'_> {
    Step::new(
        "it",
        "the programs work together, without a display",
        "cargo xtask test --only it",
        || {
            programs(repository)?;
            tests(
                repository,
                &format!("--package balcao --lib --test it --locked {APP}"),
            )
            .run()?;
            Ok(Outcome::Done)
        },
    )
}

fn app(repository: &Repository) -> Step<'_> {
    Step::new(
        "app",
        "journeys through the real window",
        "cargo xtask test --only app",
        || {
            if !cfg!(target_os = "linux") {
                let reason = "the window is driven through WebKitWebDriver, which Linux has";
                return Ok(Outcome::Skipped(reason.to_owned()));
            }
            programs(repository)?;
            tests(
                repository,
                &format!("--package balcao --test app --locked {APP}"),
            )
            .run()
            .context("pictures and logs of failed journeys are in target/app-failures")?;
            Ok(Outcome::Done)
        },
    )
}

/// Tests start the service and its tools as programs, which stand beside them once they are built.
fn programs(repository: &Repository) -> anyhow::Result<()> {
    Program::cargo(
        repository,
        "build --package ingest --package bench --bins --locked",
    )
    .run()
}

fn page(repository: &Repository) -> Vec<Step<'_>> {
    let npm = |name, why, words: &'static str| {
        Step::new(name, why, format!("npm --prefix ui {words}"), move || {
            setup::page_dependencies(repository)?;
            Program::npm(repository, words).run()?;
            Ok(Outcome::Done)
        })
    };
    vec![
        npm("ui format", "the page's source is formatted", "run lint"),
        npm("ui types", "the page's types hold", "run check"),
        npm("ui tests", "the page's own tests", "test"),
        page_build(repository),
    ]
}

fn page_build(repository: &Repository) -> Step<'_> {
    Step::new(
        "page",
        "the page builds into ui/dist, which the app embeds",
        "npm --prefix ui run build",
        || build_page(repository).map(|()| Outcome::Done),
    )
}

/// The page against the shop it invents for itself: every state at once, and the same each time.
fn invented_page(repository: &Repository) -> Step<'_> {
    Step::new(
        "invented page",
        "the page builds with its invented shop, for pictures",
        "npm --prefix ui run build:invented",
        || build_invented(repository).map(|()| Outcome::Done),
    )
}

fn build_invented(repository: &Repository) -> anyhow::Result<()> {
    setup::page_dependencies(repository)?;
    Program::npm(repository, "run build:invented").run()
}

/// Takes the pictures that the main screens are compared with, and keeps those that look otherwise.
pub(crate) fn accept_pictures(repository: &Repository) -> anyhow::Result<()> {
    build_page(repository)?;
    build_invented(repository)?;
    tests(
        repository,
        &format!("--package balcao --test app --locked {APP} pictures::"),
    )
    .env("BALCAO_ACCEPT", "1")
    .run()
}

/// Builds the page that the app embeds.
pub(crate) fn build_page(repository: &Repository) -> anyhow::Result<()> {
    setup::page_dependencies(repository)?;
    Program::npm(repository, "run build").run()
}

fn cargo<'a>(
    repository: &'a Repository,
    name: &'static str,
    why: &'static str,
    words: &'static str,
) -> Step<'a> {
    Step::new(name, why, format!("cargo {words}"), move || {
        Program::cargo(repository, words).run()?;
        Ok(Outcome::Done)
    })
}

/// nextest where it is installed: it runs tests side by side and shows only what failed.
fn tests(repository: &Repository, words: &str) -> Program {
    // A snapshot that changed is a failure here, not a new file.
    let cargo = |runner| {
        Program::cargo(repository, runner)
            .words(words)
            .env("INSTA_UPDATE", "no")
    };
    // The tests that write TypeScript are run by `types`, into a folder of their own.
    if find("cargo-nextest").is_some() {
        cargo("nextest run --no-fail-fast").words("-E not(test(export_bindings))")
    } else {
        cargo("test --no-fail-fast").words("-- --skip export_bindings")
    }
}
