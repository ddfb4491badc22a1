//! How the app comes up: a driver, a home folder with nothing in it but what a login would set, a stand-in for the opener.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
};

use super::Launch;
use crate::{desktop::Desktop, driver::Driver, language, process::Owned};

const LOG: &str = "app.log";

/// Where the stand-in for the system's opener writes what it was given.
pub(super) const OPENED: &str = "opened";

/// Starts a driver and, through it, the app on `home` and `desktop`.
#[track_caller]
pub(super) fn open(launch: &Launch, home: &Path, desktop: &Desktop) -> Driver {
    let port = free_port();
    let mut command = at_login("WebKitWebDriver".as_ref(), launch, home, desktop);
    command
        .arg(format!("--port={port}"))
        .env("TAURI_WEBVIEW_AUTOMATION", "true");
    match Driver::open(command, port, &launch.binary, &launch.arguments) {
        Ok(driver) => driver,
        Err(error) => panic!("the app did not open: {error}\n{}", read_log(home)),
    }
}

/// Starts the app as a person does who forgot that it runs, and returns how that one ended.
#[track_caller]
pub(super) fn beside(launch: &Launch, home: &Path, desktop: &Desktop) -> ExitStatus {
    let mut command = at_login(&launch.binary, launch, home, desktop);
    command.args(&launch.arguments);
    Owned::start(&mut command).expect_end()
}

/// A program as it is started by somebody who has just logged in.
#[track_caller]
fn at_login(program: &Path, launch: &Launch, home: &Path, desktop: &Desktop) -> Command {
    let log = File::options()
        .create(true)
        .append(true)
        .open(home.join(LOG))
        .expect("a log file");
    let mut command = Command::new(program);
    command
        .env_clear()
        .envs(login_environment(home))
        .envs(desktop.environment())
        .envs(launch.environment.iter().cloned())
        .stdout(log.try_clone().expect("a second handle"))
        .stderr(log);
    command
}

/// Returns what the app and its driver wrote so far.
pub(super) fn read_log(home: &Path) -> String {
    let bytes = fs::read(home.join(LOG)).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a login would set, with every folder inside `home`.
fn login_environment(home: &Path) -> Vec<(&'static str, String)> {
    let inside = |name: &str| {
        let folder = home.join(name);
        fs::create_dir_all(&folder).expect("a folder in the temporary home");
        folder.to_string_lossy().into_owned()
    };
    vec![
        ("HOME", inside("home")),
        ("XDG_DATA_HOME", inside("data")),
        ("XDG_CONFIG_HOME", inside("config")),
        ("XDG_CACHE_HOME", inside("cache")),
        ("XDG_STATE_HOME", inside("state")),
        ("XDG_RUNTIME_DIR", inside("runtime")),
        ("PATH", path_with_opener(home)),
        ("LANG", language::NAME.to_owned()),
        ("LOCPATH", language::folder().to_string_lossy().into_owned()),
        // Neither is there, and looking for them costs seconds.
        ("NO_AT_BRIDGE", "1".to_owned()),
        ("GTK_USE_PORTAL", "0".to_owned()),
        ("BALCAO_LOG", "info".to_owned()),
    ]
}

/// What else opens links on a Linux desktop where `xdg-open` does not.
const OTHER_OPENERS: [&str; 5] = ["gio", "gnome-open", "kde-open6", "kde-open5", "kde-open"];

/// Puts a stand-in for `xdg-open` into the home: it writes down what it is given, and fails after it where asked to.
pub(super) fn put_opener(home: &Path, opens: bool) {
    let written = home.join(OPENED);
    let status = u8::from(!opens);
    let opener = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{}'\nexit {status}\n",
        written.display()
    );
    put_script(home, "xdg-open", &opener);
    for other in OTHER_OPENERS {
        put_script(home, other, "#!/bin/sh\nexit 1\n");
    }
}

fn put_script(home: &Path, name: &str, text: &str) {
    let script = home.join("bin").join(name);
    fs::write(&script, text).expect("a script in the temporary home");
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(&script, mode).expect("the script can be run");
    }
}

/// Puts a stand-in for what opens links first on the path.
fn path_with_opener(home: &Path) -> String {
    let folder = home.join("bin");
    fs::create_dir_all(&folder).expect("a folder in the temporary home");
    put_opener(home, true);
    format!(
        "{}:{}",
        folder.display(),
        std::env::var("PATH").unwrap_or_default()
    )
}

/// Lists the processes that were started with a folder of `home` as theirs, by their folder in `/proc`.
pub(super) fn processes_of(home: &Path) -> Vec<PathBuf> {
    let mark = format!("HOME={}/home\0", home.display());
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let marked = |process: &PathBuf| {
        let environment = fs::read(process.join("environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).contains(&mark)
    };
    let paths = processes.flatten().map(|process| process.path());
    paths.filter(marked).collect()
}

/// Returns a port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port on loopback")
        .port()
}
