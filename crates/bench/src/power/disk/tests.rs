use std::collections::BTreeSet;
use std::path::Path;

use super::Disk;
use crate::power::Contents;
use crate::power::trace::{Call, Handle, Seen, What};
use crate::torture::Dice;

/// Enough throws to see everything that may be seen.
const THROWS: u64 = 600;

struct Machine(Disk);

impl Machine {
    fn new() -> Self {
        Self(Disk::empty(Path::new("/data")))
    }

    fn seen(&mut self, thread: u32, what: What) -> anyhow::Result<()> {
        self.0.take(&Seen {
            at: 0,
            thread,
            what,
        })
    }

    fn does(&mut self, call: Call, result: i64) {
        self.seen(1, What::Begins(call)).expect("understood");
        self.seen(1, What::Ends(Some(result))).expect("understood");
    }

    fn opens(&mut self, name: &str, number: u32) -> Handle {
        let path = format!("/data{name}");
        let call = Call::Open {
            path: path.clone(),
            make: !name.is_empty(),
            empty: false,
            append: false,
        };
        self.does(call, i64::from(number));
        Handle { number, path }
    }

    fn writes(&mut self, to: &Handle, at: u64, bytes: &[u8]) {
        let length = bytes.len() as i64;
        self.does(write(to, at, bytes), length);
    }

    fn flushes(&mut self, handle: &Handle) {
        self.does(Call::Sync(handle.clone()), 0);
    }

    /// Makes a file that is there for good.
    fn holds(&mut self, name: &str, bytes: &[u8]) -> Handle {
        let file = self.opens(name, 20);
        let folder = self.opens("", 21);
        self.writes(&file, 0, bytes);
        self.flushes(&file);
        self.flushes(&folder);
        file
    }

    /// Returns every state that a cut was seen to leave.
    fn cuts(&self) -> BTreeSet<Vec<(String, Vec<u8>)>> {
        (0..THROWS)
            .map(|seed| self.0.thrown(&mut Dice(seed * 7_919)))
            .map(|left| left.into_iter().collect())
            .collect()
    }
}

fn write(to: &Handle, at: u64, bytes: &[u8]) -> Call {
    Call::Write {
        to: to.clone(),
        at: Some(at),
        bytes: bytes.to_vec(),
    }
}

fn state(files: &[(&str, &[u8])]) -> Vec<(String, Vec<u8>)> {
    let files = files.iter();
    files
        .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()))
        .collect()
}

#[test]
fn what_was_flushed_is_there_and_nothing_else_is_sure() {
    let mut machine = Machine::new();
    let file = machine.holds("/a", b"1111");
    machine.writes(&file, 0, b"22");
    machine.writes(&file, 2, b"33");
    let all = ["1111", "2211", "1133", "2233"];
    let expected = all.map(|bytes| state(&[("a", bytes.as_bytes())]));
    assert_eq!(machine.cuts(), BTreeSet::from(expected));
    machine.flushes(&file);
    assert_eq!(
        machine.cuts(),
        BTreeSet::from([state(&[("a", b"2233")])]),
        "after the flush only one state is left"
    );
}

#[test]
fn of_two_writes_to_one_place_either_may_be_the_last() {
    let mut machine = Machine::new();
    let file = machine.holds("/a", b"1");
    machine.writes(&file, 0, b"2");
    machine.writes(&file, 0, b"3");
    let expected = ["1", "2", "3"].map(|bytes| state(&[("a", bytes.as_bytes())]));
    assert_eq!(machine.cuts(), BTreeSet::from(expected));
}

#[test]
fn a_flush_covers_what_had_ended_when_it_began() {
    let mut machine = Machine::new();
    let file = machine.holds("/a", b"1");
    let began = machine.seen(2, What::Begins(write(&file, 0, b"2")));
    began.expect("understood");
    machine
        .seen(1, What::Begins(Call::Sync(file.clone())))
        .expect("understood");
    machine.seen(2, What::Ends(Some(1))).expect("understood");
    let both = ["1", "2"].map(|bytes| state(&[("a", bytes.as_bytes())]));
    assert_eq!(machine.cuts(), BTreeSet::from(both.clone()));
    machine.seen(1, What::Ends(Some(0))).expect("understood");
    assert_eq!(machine.cuts(), BTreeSet::from(both));
}

#[test]
fn a_flush_that_failed_promises_nothing() {
    let mut machine = Machine::new();
    let file = machine.holds("/a", b"1");
    machine.writes(&file, 0, b"2");
    machine.does(Call::Sync(file), -1);
    assert_eq!(machine.cuts().len(), 2);
}

#[test]
fn writes_tear_at_sectors_and_a_file_that_grew_may_hold_anything() {
    let mut machine = Machine::new();
    let file = machine.holds("/a", &[1; 1024]);
    machine.writes(&file, 0, &[2; 1536]);
    let (mut torn, mut stale) = (false, false);
    for left in machine.cuts() {
        let [(_, bytes)] = left.as_slice() else {
            panic!("one file");
        };
        let (sectors, rest) = bytes.as_chunks::<512>();
        assert!(rest.is_empty());
        for sector in sectors.iter().take(2) {
            assert!(*sector == [1; 512] || *sector == [2; 512], "torn within");
        }
        torn |= sectors.first() != sectors.get(1);
        stale |= sectors.get(2).is_some_and(|sector| *sector != [2; 512]);
    }
    assert!(torn && stale);
}

#[test]
fn a_name_is_sure_once_its_folder_is_flushed() {
    let mut machine = Machine::new();
    let file = machine.opens("/a", 5);
    machine.writes(&file, 0, b"1");
    machine.flushes(&file);
    let (none, there) = (state(&[]), state(&[("a", b"1")]));
    assert_eq!(
        machine.cuts(),
        BTreeSet::from([none, there.clone()]),
        "the file is flushed, its name is not"
    );
    let folder = machine.opens("", 6);
    machine.flushes(&folder);
    assert_eq!(machine.cuts(), BTreeSet::from([there]));
}

#[test]
fn a_file_is_under_its_old_name_or_its_new_one_and_a_removed_one_may_come_back() {
    let mut machine = Machine::new();
    let old = machine.holds("/a", b"old");
    machine.does(Call::Close(old), 0);
    machine.holds("/b", b"new");
    machine.does(
        Call::Rename {
            from: "/data/b".to_owned(),
            onto: "/data/a".to_owned(),
        },
        0,
    );
    let (before, after) = (
        state(&[("a", b"old"), ("b", b"new")]),
        state(&[("a", b"new")]),
    );
    assert_eq!(machine.cuts(), BTreeSet::from([before, after.clone()]));
    let folder = machine.opens("", 6);
    machine.flushes(&folder);
    machine.does(Call::Unlink("/data/a".to_owned()), 0);
    assert_eq!(machine.cuts(), BTreeSet::from([after, state(&[])]));
}

#[test]
fn a_second_name_may_be_missing_and_the_first_may_stay() {
    let mut machine = Machine::new();
    machine.holds("/a.new", b"1");
    machine.does(
        Call::Link {
            from: "/data/a.new".to_owned(),
            onto: "/data/a".to_owned(),
        },
        0,
    );
    machine.does(Call::Unlink("/data/a.new".to_owned()), 0);
    let left = machine.cuts();
    assert!(left.contains(&state(&[("a", b"1"), ("a.new", b"1")])));
    assert!(left.contains(&state(&[("a.new", b"1")])));
    let folder = machine.opens("", 6);
    machine.flushes(&folder);
    assert_eq!(machine.cuts(), BTreeSet::from([state(&[("a", b"1")])]));
}

#[test]
fn a_running_machine_has_everything() {
    let mut machine = Machine::new();
    let file = machine.opens("/a", 5);
    machine.does(
        Call::Write {
            to: file.clone(),
            at: None,
            bytes: b"12345".to_vec(),
        },
        5,
    );
    machine.does(Call::Seek(file.clone()), 1);
    machine.does(
        Call::Write {
            to: file.clone(),
            at: None,
            bytes: b"x".to_vec(),
        },
        1,
    );
    machine.does(Call::Length(file.clone(), 3), 0);
    machine.does(Call::Grow(file, 4), 0);
    machine.opens("/a-shm", 6);
    let expected = Contents::from([("a".to_owned(), b"1x3\0".to_vec())]);
    assert_eq!(machine.0.everything(), expected);
}

#[test]
fn what_a_killed_program_had_begun_is_settled_by_what_is_there() {
    for (there, happened) in [(b"1", false), (b"2", true)] {
        let mut machine = Machine::new();
        let file = machine.holds("/a", b"1");
        for what in [
            What::Begins(write(&file, 0, b"2")),
            What::Starts(Contents::from([("a".to_owned(), there.to_vec())])),
        ] {
            machine.seen(1, what).expect("understood");
        }
        let file = machine.opens("/a", 3);
        machine.flushes(&file);
        let bytes: &[u8] = if happened { b"2" } else { b"1" };
        assert_eq!(machine.cuts(), BTreeSet::from([state(&[("a", bytes)])]));
    }
}

#[test]
fn a_folder_that_was_not_followed_rightly_is_refused() {
    for there in [
        Contents::new(),
        Contents::from([("a".to_owned(), b"2".to_vec())]),
        Contents::from([
            ("a".to_owned(), b"1".to_vec()),
            ("b".to_owned(), Vec::new()),
        ]),
    ] {
        let mut machine = Machine::new();
        machine.holds("/a", b"1");
        assert!(machine.seen(1, What::Starts(there)).is_err());
    }
}

#[test]
fn a_disk_may_be_deaf_to_flushes() {
    let mut machine = Machine(Disk::empty(Path::new("/data")).deaf_to("-wal"));
    let file = machine.opens("/a-wal", 5);
    let folder = machine.opens("", 6);
    machine.flushes(&folder);
    machine.writes(&file, 0, b"1");
    machine.flushes(&file);
    assert!(machine.cuts().contains(&state(&[("a-wal", b"")])));
}

#[test]
fn what_cannot_be_followed_is_refused() {
    let unseen = Handle {
        number: 40,
        path: "/data/a".to_owned(),
    };
    for call in [
        write(&unseen, 0, b"1"),
        Call::Map(unseen.clone()),
        Call::Length(unseen.clone(), 0),
        Call::Other("sendfile".to_owned(), vec!["/data/a".to_owned()]),
    ] {
        let mut machine = Machine::new();
        assert!(
            machine.seen(1, What::Begins(call.clone())).is_err(),
            "{call:?}"
        );
    }
}
