//! A program that crashes leaves nothing of its memory behind.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use testkit::until;

struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_crash_leaves_no_core() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("balcao.db").display());
    // A shell that lets its children leave cores, as far as this computer lets it.
    let mut service = Service(
        Command::new("sh")
            .args(["-c", "ulimit -S -c $(ulimit -H -c); exec \"$0\" serve"])
            .arg(env!("CARGO_BIN_EXE_balcao-ingest"))
            .env("BALCAO_DATABASE", database)
            .env("BALCAO_BIND", "127.0.0.1:0")
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let limits = format!("/proc/{}/limits", service.0.id());
    until("the limit", || {
        let text = fs::read_to_string(&limits).unwrap_or_default();
        let line = text
            .lines()
            .find(|line| line.starts_with("Max core file size"))
            .unwrap_or_default()
            .to_owned();
        let words: Vec<_> = line.split_whitespace().collect();
        if words.get(4..6) == Some(&["0", "0"]) {
            Ok(())
        } else {
            Err(line)
        }
    });
    let pid = Pid::from_child(&service.0);
    kill_process(pid, Signal::ABORT).unwrap();
    let status = service.0.wait().unwrap();
    assert_eq!(status.signal(), Some(Signal::ABORT.as_raw()));
    assert!(!status.core_dumped());
}
