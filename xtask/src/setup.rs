//! `cargo xtask setup`: what building and testing need, installed once.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};

use crate::{
    program::{Program, find},
    repository::Repository,
    steps::{self, Outcome, Step},
};

/// Debian's names, and what each is for.
const PACKAGES: &[(&str, &str)] = &[
    ("build-essential", "a C compiler, for the embedded database"),
    ("pkg-config", "finds the libraries below"),
    (
        "libwebkit2gtk-4.1-dev",
        "the web view the app's page runs in",
    ),
    ("librsvg2-dev", "icons"),
    ("libssl-dev", "the web view's cryptography"),
    ("python3-venv", "a place for the spelling checker"),
    ("webkit2gtk-driver", "drives the real window in tests"),
    ("xvfb", "a display for each test"),
    ("dbus", "a session bus for each test"),
    ("dunst", "receives the notifications that tests expect"),
    ("locales", "Portuguese for the windows under test"),
    ("xclip", "reads the clipboard in tests"),
    (
        "strace",
        "records what programs write, for simulated power cuts",
    ),
    ("fonts-inter", "a font, so that pictures have letters"),
];

const ELSEWHERE: &str = "\
   this is not a Debian or Ubuntu, so install by hand what your system calls:
     Fedora:  gcc pkgconf webkit2gtk4.1-devel librsvg2-devel openssl-devel xorg-x11-server-Xvfb dbus-daemon dunst xclip strace
     Arch:    base-devel webkit2gtk-4.1 librsvg openssl xorg-server-xvfb dbus dunst xclip strace
     macOS:   xcode-select --install
     Windows: the Visual Studio C++ build tools and the WebView2 runtime
   https://tauri.app/start/prerequisites/ has the details; the tests of the real window run on Linux only";

const TYPOS: &str = "typos==1.52.0";
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// Installs everything that is missing.
pub(crate) fn run(repository: &Repository) -> anyhow::Result<()> {
    let mut all = building(repository);
    all.extend(checking(repository));
    steps::run(&all, false)
}

/// Installs what is missing to build and run, and leaves out what only checks.
pub(crate) fn for_building(repository: &Repository) -> anyhow::Result<()> {
    steps::run(&building(repository), false)
}

fn building(repository: &Repository) -> Vec<Step<'_>> {
    vec![
        Step::new(
            "system packages",
            "the web view to build against, and what drives it in tests",
            "cargo xtask setup",
            || system_packages(repository),
        ),
        Step::new(
            "node",
            "builds and tests the page",
            "cargo xtask setup",
            || node(repository),
        ),
        Step::new(
            "page dependencies",
            "exactly what ui/package-lock.json names",
            "npm --prefix ui ci",
            || page_dependencies(repository),
        ),
    ]
}

fn checking(repository: &Repository) -> Vec<Step<'_>> {
    vec![
        Step::new(
            "typos",
            "the spelling checker, into target/tools",
            "cargo xtask setup",
            || install_typos(repository),
        ),
        Step::new(
            "nextest",
            "runs tests side by side; without it `cargo test` is used",
            "cargo install --locked cargo-nextest",
            || {
                Ok(told_when_missing(
                    "cargo-nextest",
                    "cargo install --locked cargo-nextest",
                ))
            },
        ),
        Step::new(
            "cargo-deny",
            "checks licences and sources; building it takes about four minutes, once",
            "cargo install --locked cargo-deny",
            || install_deny(repository),
        ),
    ]
}

fn system_packages(repository: &Repository) -> anyhow::Result<Outcome> {
    if find("apt-get").is_none() {
        println!("{ELSEWHERE}");
        return Ok(Outcome::Skipped("no apt-get here".to_owned()));
    }
    let missing: Vec<_> = PACKAGES
        .iter()
        .filter(|(name, _)| !is_installed(repository, name))
        .collect();
    if missing.is_empty() {
        return Ok(Outcome::Skipped(format!(
            "all {} are there",
            PACKAGES.len()
        )));
    }
    for (name, why) in &missing {
        println!("   {name}: {why}");
    }
    as_root(repository)?.words("update").run()?;
    let install = as_root(repository)?.words("install --yes --no-install-recommends");
    missing
        .iter()
        .fold(install, |command, (name, _)| command.arg(name))
        .run()?;
    Ok(Outcome::Done)
}

fn is_installed(repository: &Repository, package: &str) -> bool {
    Program::new(repository, "dpkg-query")
        .words("--show --showformat=${db:Status-Status}")
        .arg(package)
        .read()
        .is_ok_and(|status| status == "installed")
}

/// apt-get as root, waiting for another that is at work instead of failing.
fn as_root(repository: &Repository) -> anyhow::Result<Program> {
    let is_root = Program::new(repository, "id").words("-u").read()?.trim() == "0";
    let command = if is_root {
        Program::new(repository, "apt-get")
    } else if find("sudo").is_some() {
        Program::new(repository, "sudo").arg("apt-get")
    } else {
        bail!("installing packages needs root or sudo");
    };
    Ok(command
        .words("-o DPkg::Lock::Timeout=300")
        .env("DEBIAN_FRONTEND", "noninteractive"))
}

fn node(repository: &Repository) -> anyhow::Result<Outcome> {
    if !Program::npm(repository, "--version").succeeds() {
        bail!("npm is missing; install Node.js 20 or newer from https://nodejs.org/");
    }
    Ok(Outcome::Done)
}

/// Installs the page's dependencies when the lock file is newer than what is there.
pub(crate) fn page_dependencies(repository: &Repository) -> anyhow::Result<Outcome> {
    let page = repository.page();
    let lock = page.join("package-lock.json");
    if !lock.exists() {
        bail!("{} is missing", lock.display());
    }
    if is_newer(&page.join("node_modules/.package-lock.json"), &lock) {
        return Ok(Outcome::Skipped("they are up to date".to_owned()));
    }
    Program::npm(repository, "ci --no-audit --no-fund").run()?;
    Ok(Outcome::Done)
}

fn is_newer(left: &Path, right: &Path) -> bool {
    let changed = |path: &Path| fs::metadata(path).and_then(|file| file.modified());
    match (changed(left), changed(right)) {
        (Ok(left), Ok(right)) => left >= right,
        _ => false,
    }
}

/// Finds the spelling checker, the project's own first.
pub(crate) fn typos(repository: &Repository) -> Option<PathBuf> {
    let own = environment_program(repository, "typos");
    if own.exists() {
        Some(own)
    } else {
        find("typos")
    }
}

fn install_typos(repository: &Repository) -> anyhow::Result<Outcome> {
    if typos(repository).is_some() {
        return Ok(Outcome::Skipped("it is there".to_owned()));
    }
    install_by_pip(repository, TYPOS)?;
    Ok(Outcome::Done)
}

/// The step that installs what tries the service against its description.
pub(crate) fn schemathesis_step(repository: &Repository) -> Step<'_> {
    Step::new(
        "schemathesis",
        "tries interfaces against their description; from PyPI, into target/tools",
        "cargo xtask test --only api",
        || {
            if schemathesis(repository).exists() {
                return Ok(Outcome::Skipped("it is there".to_owned()));
            }
            install_by_pip(repository, SCHEMATHESIS)
                .context("schemathesis comes from PyPI, which has to be reachable once")?;
            Ok(Outcome::Done)
        },
    )
}

/// Where it lies once it is installed.
pub(crate) fn schemathesis(repository: &Repository) -> PathBuf {
    environment_program(repository, "schemathesis")
}

fn install_by_pip(repository: &Repository, package: &str) -> anyhow::Result<()> {
    if !environment_program(repository, "pip").exists() {
        let python = if cfg!(windows) { "python" } else { "python3" };
        Program::new(repository, python)
            .words("-m venv")
            .arg(repository.tools())
            .run()?;
    }
    Program::new(repository, environment_program(repository, "pip"))
        .words("install --quiet --disable-pip-version-check")
        .arg(package)
        .run()
}

fn environment_program(repository: &Repository, name: &str) -> PathBuf {
    let folder = if cfg!(windows) { "Scripts" } else { "bin" };
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    repository.tools().join(folder).join(file)
}

fn install_deny(repository: &Repository) -> anyhow::Result<Outcome> {
    if find("cargo-deny").is_some() {
        return Ok(Outcome::Skipped("it is there".to_owned()));
    }
    Program::cargo(repository, "install --locked cargo-deny").run()?;
    Ok(Outcome::Done)
}

fn told_when_missing(program: &str, how: &str) -> Outcome {
    match find(program) {
        Some(_) => Outcome::Skipped("it is there".to_owned()),
        None => Outcome::Skipped(format!("it is not there, which is fine; `{how}` gets it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_never_the_newer_one() {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().join("there");
        fs::write(&there, "x").unwrap();
        let missing = folder.path().join("missing");
        assert!(is_newer(&there, &there));
        assert!(!is_newer(&missing, &there));
        assert!(!is_newer(&there, &missing));
    }
}
