//! Keys: found wherever they are on their way, taken back with their job, known again after a restart.

use std::collections::HashMap;

use proptest::prelude::*;
use rusqlite::Connection;

use crate::store::Key16;
use crate::store::sqlite::keys::Keys;
use crate::store::sqlite::migrations::migrate;

/// So few gather that every run moves them several times, over both small tables.
const GATHERED: usize = 150;

/// When batches end, in milliseconds.
const NOW: i64 = 1_000_000;

#[derive(Debug, Clone)]
enum Act {
    /// Looks some keys up and stores those that are missing; then the job is kept or taken back.
    Job { first: u32, count: u32, kept: bool },
    /// Burns some nonces; then the job is kept or taken back.
    Burn { first: u32, count: u32, kept: bool },
    /// Lets some keys go, every other one of them under a row that it does not lead to; then the job is kept or taken back.
    Remove { first: u32, count: u32, kept: bool },
    /// Ends a batch.
    Commit,
    /// Takes the batch back, which is run again.
    TakeBack,
    /// Loses the batch and everything known by heart.
    Crash,
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0_u32..1_500, 1_u32..60, prop::bool::weighted(0.8))
            .prop_map(|(first, count, kept)| Act::Job { first, count, kept }),
        2 => (2_000_u32..2_500, 1_u32..60, prop::bool::weighted(0.8))
            .prop_map(|(first, count, kept)| Act::Burn { first, count, kept }),
        2 => (0_u32..1_500, 1_u32..60, prop::bool::weighted(0.8))
            .prop_map(|(first, count, kept)| Act::Remove { first, count, kept }),
        4 => Just(Act::Commit),
        1 => Just(Act::TakeBack),
        1 => Just(Act::Crash),
    ]
}

fn key(n: u32) -> Key16 {
    Key16::of(&[&n.to_be_bytes()])
}

/// The tables beside a plain map that says what should be in them.
struct Bench {
    db: Connection,
    keys: Keys,
    committed: HashMap<u32, i64>,
    pending: HashMap<u32, i64>,
    next: i64,
}

impl Bench {
    fn new() -> Self {
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db, 0).unwrap();
        db.execute_batch("BEGIN").unwrap();
        Self {
            db,
            keys: Keys::gathering(GATHERED),
            committed: HashMap::new(),
            pending: HashMap::new(),
            next: 0,
        }
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Job { first, count, kept } => self.job(*first..first + count, *kept),
            Act::Burn { first, count, kept } => self.burn(*first..first + count, *kept),
            Act::Remove { first, count, kept } => self.remove(*first..first + count, *kept),
            Act::Commit => {
                self.keys.settle(&self.db, NOW).unwrap();
                self.db.execute_batch("COMMIT; BEGIN").unwrap();
                self.committed = self.pending.clone();
            }
            Act::TakeBack => {
                self.db.execute_batch("ROLLBACK; BEGIN").unwrap();
                self.keys.undo_batch();
                self.pending = self.committed.clone();
            }
            Act::Crash => {
                self.db.execute_batch("ROLLBACK; BEGIN").unwrap();
                self.keys = Keys::gathering(GATHERED);
                self.pending = self.committed.clone();
            }
        }
    }

    fn job(&mut self, keys: std::ops::Range<u32>, kept: bool) {
        self.in_job(kept, |bench| {
            for n in keys {
                let found = bench.keys.get(&bench.db, key(n)).unwrap();
                assert_eq!(found, bench.pending.get(&n).copied(), "key {n}");
                if found.is_none() {
                    bench.next += 1;
                    bench.keys.put(&bench.db, key(n), bench.next).unwrap();
                    bench.pending.insert(n, bench.next);
                }
            }
        });
    }

    fn burn(&mut self, nonces: std::ops::Range<u32>, kept: bool) {
        self.in_job(kept, |bench| {
            for n in nonces {
                let fresh = bench.keys.burn(&bench.db, key(n), NOW).unwrap();
                assert_eq!(fresh, bench.pending.insert(n, 0).is_none(), "nonce {n}");
            }
        });
    }

    fn remove(&mut self, keys: std::ops::Range<u32>, kept: bool) {
        self.in_job(kept, |bench| {
            let mut gone = Vec::new();
            for n in keys {
                let row = bench.pending.get(&n).copied().unwrap_or(-1);
                if n % 2 == 0 {
                    bench.pending.remove(&n);
                    gone.push((key(n), row));
                } else {
                    gone.push((key(n), row + 1));
                }
            }
            bench.keys.remove(&bench.db, &gone).unwrap();
        });
    }

    /// Does something as a job of the running batch, and keeps it or takes it back.
    fn in_job(&mut self, kept: bool, work: impl FnOnce(&mut Self)) {
        self.db.execute_batch("SAVEPOINT job").unwrap();
        self.keys.begin_job();
        let before = self.pending.clone();
        work(self);
        if !kept {
            self.db.execute_batch("ROLLBACK TO job").unwrap();
            self.keys.undo_job();
            self.pending = before;
        }
        self.db.execute_batch("RELEASE job").unwrap();
    }

    /// Tells whether a nonce is there, and leaves it as it is.
    fn is_burnt(&mut self, n: u32) -> bool {
        self.keys.begin_job();
        let fresh = self.keys.burn(&self.db, key(n), NOW).unwrap();
        self.keys.undo_job();
        !fresh
    }

    /// Counts the keys of the large table and of the small ones.
    fn rows(&self) -> (usize, usize) {
        let small = |table: &str| {
            self.count(&format!(
                "SELECT coalesce(sum(length(packed)), 0) / 24 FROM {table}"
            ))
        };
        (
            self.count("SELECT count(*) FROM key"),
            small("gathered_even") + small("gathered_odd"),
        )
    }

    fn count(&self, sql: &str) -> usize {
        self.db.query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn keys_are_found_whatever_happens(acts in prop::collection::vec(any_act(), 1..120)) {
        let mut bench = Bench::new();
        for act in &acts {
            bench.act(act);
        }
        for crash in [false, true] {
            if crash {
                bench.act(&Act::Commit);
                bench.act(&Act::Crash);
            }
            for n in 0..1_600 {
                let found = bench.keys.get(&bench.db, key(n)).unwrap();
                prop_assert_eq!(found, bench.pending.get(&n).copied(), "key {}", n);
            }
            for n in 2_000..2_600 {
                prop_assert_eq!(bench.is_burnt(n), bench.pending.contains_key(&n), "nonce {}", n);
            }
        }
    }
}

#[test]
fn gathered_keys_are_moved_and_the_small_tables_emptied() {
    let mut bench = Bench::new();
    for n in 0..100 {
        bench.act(&Act::Job {
            first: n * 20,
            count: 20,
            kept: true,
        });
        bench.act(&Act::Commit);
    }
    let (large, small) = bench.rows();
    assert!(
        large >= 1_500 && small < 2 * GATHERED + 100,
        "{large} {small}"
    );
}

/// Two processes that write in turn read everything anew each time, and still the small tables are emptied.
#[test]
fn what_one_process_began_to_move_the_other_moves_on() {
    let mut bench = Bench::new();
    for n in 0..400 {
        bench.keys = Keys::gathering(GATHERED);
        bench.act(&Act::Job {
            first: n * 4,
            count: 4,
            kept: true,
        });
        bench.act(&Act::Burn {
            first: 2_000 + n,
            count: 1,
            kept: true,
        });
        bench.act(&Act::Commit);
    }
    let (large, small) = bench.rows();
    assert!(
        large >= 1_200 && small < 2 * GATHERED + 100,
        "{large} {small}"
    );
}

#[test]
fn nonces_that_ended_meanwhile_are_not_moved() {
    let mut bench = Bench::new();
    let burn = |bench: &mut Bench, n: u32, ends: i64| {
        bench.in_job(true, |bench| {
            assert!(bench.keys.burn(&bench.db, key(n), ends).unwrap());
        });
    };
    for n in 0..100 {
        burn(&mut bench, n, NOW - 1);
        burn(&mut bench, 100 + n, NOW);
    }
    for _ in 0..10 {
        bench.act(&Act::Commit);
    }
    let (_, small) = bench.rows();
    let large = bench.count("SELECT count(*) FROM nonce WHERE expires_at = 1000000");
    assert_eq!((large, small), (100, 0));
    assert_eq!(bench.count("SELECT count(*) FROM nonce"), 100);
    assert!(bench.is_burnt(150) && !bench.is_burnt(50));
}

#[test]
fn keys_of_an_older_file_are_found_again() {
    use crate::store::sqlite::migrations::{STEPS, migrate_by};

    let mut db = Connection::open_in_memory().unwrap();
    migrate_by(&mut db, &STEPS[..12], 0).unwrap();
    for (table, n, value) in [("even", 1, 7_i64), ("odd", 2, i64::from(u32::MAX) + 3)] {
        let sql = format!("INSERT INTO fresh_key_{table} (key, value) VALUES (?1, ?2)");
        db.execute(&sql, rusqlite::params![key(n).0, value])
            .unwrap();
    }
    migrate(&mut db, 0).unwrap();
    let mut keys = Keys::default();
    assert_eq!(keys.get(&db, key(1)).unwrap(), Some(7));
    assert_eq!(
        keys.get(&db, key(2)).unwrap(),
        Some(i64::from(u32::MAX) + 3)
    );
}
