//! A desktop of one's own: a display, a session bus and a notification daemon that no other test can see.
//!
//! With a display each, tests do not share a clipboard; with a bus each, the app's single-instance lock and its
//! notifications stay apart. So journeys run side by side on one machine, and never on the developer's screen.

mod windows;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{process::Owned, wait::until};
pub use windows::{Place, Stranger, Windows};

const SCREEN: &str = "1600x1000x24";

/// A running desktop; it ends when dropped, and every program on it with it.
#[derive(Debug)]
pub struct Desktop {
    display: String,
    bus: String,
    // Ended in this order: the daemons first, the display last.
    _notifications: Owned,
    _bus: Owned,
    _display: Owned,
}

/// A notification as the desktop's daemon received it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The program that sent it.
    pub app: String,
    /// Its title.
    pub summary: String,
    /// Its text.
    pub body: String,
}

impl Desktop {
    /// Starts a display, a session bus and a notification daemon, and waits until all three answer.
    ///
    /// `home` holds what the daemons write.
    ///
    /// # Panics
    /// When one of the programs is missing or does not answer.
    #[track_caller]
    pub fn start(home: &Path) -> Self {
        let (server, number) = Owned::start_and_read_line(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", SCREEN])
                .args(["-nolisten", "tcp", "-noreset"])
                .stderr(Stdio::null()),
        );
        let display = format!(":{number}");
        let (bus_daemon, bus) = Owned::start_and_read_line(
            Command::new("dbus-daemon")
                .args(["--nofork", "--nopidfile", "--print-address=1"])
                .arg(format!("--config-file={}", bus_config(home).display()))
                .env("DISPLAY", &display)
                .env("HOME", home)
                .stderr(Stdio::null()),
        );
        let notifications = Owned::start(
            Command::new("dunst")
                .env("DISPLAY", &display)
                .env("DBUS_SESSION_BUS_ADDRESS", &bus)
                .env("HOME", home)
                .env("XDG_CONFIG_HOME", home.join("dunst"))
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        let desktop = Self {
            display,
            bus,
            _notifications: notifications,
            _bus: bus_daemon,
            _display: server,
        };
        until("the notification daemon", || desktop.ask_dunst("is-paused"));
        desktop
    }

    /// Returns the variables that put a program on this desktop.
    pub fn environment(&self) -> [(&'static str, &str); 2] {
        [
            ("DISPLAY", &self.display),
            ("DBUS_SESSION_BUS_ADDRESS", &self.bus),
        ]
    }

    /// Returns the windows of this desktop.
    ///
    /// # Panics
    /// When the display does not answer.
    #[track_caller]
    pub fn windows(&self) -> Windows {
        Windows::of(&self.display)
    }

    /// Returns the text on the clipboard, or an empty text when there is none.
    ///
    /// # Panics
    /// When `xclip` is missing.
    #[track_caller]
    pub fn clipboard(&self) -> String {
        self.run(
            "xclip",
            &["-selection", "clipboard", "-out", "-target", "UTF8_STRING"],
        )
        .unwrap_or_default()
    }

    /// Waits until the clipboard holds exactly `text`.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    pub fn expect_clipboard(&self, text: &str) {
        until("the clipboard", || {
            let found = self.clipboard();
            if found == text {
                Ok(())
            } else {
                Err(format!("it holds {found:?}, not {text:?}"))
            }
        });
    }

    /// Waits until a notification matches and returns it. Those on screen are dismissed on the way.
    ///
    /// # Panics
    /// When none does, listing those that were shown.
    #[track_caller]
    pub fn expect_notice(&self, what: &str, matches: impl Fn(&Notice) -> bool) -> Notice {
        until(what, || {
            let notices = self.notices();
            notices
                .iter()
                .find(|notice| matches(notice))
                .cloned()
                .ok_or_else(|| format!("shown were {notices:?}"))
        })
    }

    /// Returns every notification so far, newest first. Those on screen are dismissed, since only then they are told.
    ///
    /// # Panics
    /// When the daemon does not answer.
    #[track_caller]
    pub fn notices(&self) -> Vec<Notice> {
        let told = self
            .ask_dunst("close-all")
            .and_then(|_| self.ask_dunst("history"))
            .unwrap_or_else(|reason| panic!("notifications: {reason}"));
        parse_history(&told)
    }

    /// Acts on the newest notification on screen as a click on it would.
    ///
    /// # Panics
    /// When the daemon does not answer.
    #[track_caller]
    pub fn click_notice(&self) {
        if let Err(reason) = self.ask_dunst("action") {
            panic!("notifications: {reason}");
        }
    }

    /// Returns how many notifications are on screen.
    ///
    /// # Panics
    /// When the daemon does not answer.
    #[track_caller]
    pub fn notices_on_screen(&self) -> usize {
        self.run("dunstctl", &["count", "displayed"])
            .ok()
            .and_then(|count| count.trim().parse().ok())
            .expect("dunstctl counts")
    }

    fn ask_dunst(&self, verb: &str) -> Result<String, String> {
        self.run("dunstctl", &[verb])
    }

    /// Runs a program on this desktop and returns what it wrote to standard output.
    ///
    /// # Errors
    /// What it wrote to standard error, when it failed.
    ///
    /// # Panics
    /// When the program is missing.
    #[track_caller]
    pub fn run(&self, program: &str, args: &[&str]) -> Result<String, String> {
        let output = Command::new(program)
            .args(args)
            .envs(self.environment())
            .output()
            .unwrap_or_else(|error| panic!("{program}: {error}; run `cargo xtask setup`"));
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }
}

/// Writes the configuration of a bus on which nothing starts by itself: a keychain that the computer happens to have would
/// ask for a password on a screen that nobody sees.
fn bus_config(home: &Path) -> PathBuf {
    let file = home.join("bus.conf");
    let text = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <keep_umask/>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;
    fs::write(&file, text).expect("the bus's configuration is written");
    file
}

/// Reads `dunstctl history`: a list of lists of variants, each `{"type": …, "data": …}`.
fn parse_history(text: &str) -> Vec<Notice> {
    let told: Value = serde_json::from_str(text).unwrap_or_default();
    let entries = told
        .pointer("/data/0")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let field = |entry: &Value, name: &str| {
        let value = entry.get(name).and_then(|variant| variant.get("data"));
        value.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    entries
        .iter()
        .map(|entry| Notice {
            app: field(entry, "appname"),
            summary: field(entry, "summary"),
            body: field(entry, "body"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_is_read_newest_first() {
        let text = r#"{"type":"aa{sv}","data":[[
            {"appname":{"type":"s","data":"Balcão"},"summary":{"type":"s","data":"Venda"},"body":{"type":"s","data":"R$ 10"}},
            {"appname":{"type":"s","data":"Balcão"},"summary":{"type":"s","data":"Antes"}}]]}"#;
        let notices = parse_history(text);
        assert_eq!(notices.len(), 2);
        assert_eq!(notices[0].summary, "Venda");
        assert_eq!(notices[0].body, "R$ 10");
        assert_eq!(notices[1].body, "");
        assert!(parse_history("not json").is_empty());
    }
}
