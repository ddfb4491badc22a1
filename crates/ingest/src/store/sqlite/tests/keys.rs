//! Keys: found wherever they are on their way, taken back with their job, known again after a restart.

use std::collections::HashMap;

use proptest::prelude::*;
use rusqlite::Connection;

use crate::store::Key16;
use crate::store::sqlite::keys::Keys;
use crate::store::sqlite::migrations::migrate;

/// So few gather that every run moves them several times, over both small tables.
const GATHERED: usize = 150;

#[derive(Debug, Clone)]
enum Act {
    /// Looks some keys up and stores those that are missing; then the job is kept or taken back.
    Job { first: u32, count: u32, kept: bool },
    /// Lets some keys go, every other one of them under a row that it does not lead to; then the job is kept or taken back.
    Remove { first: u32, count: u32, kept: bool },
    /// Ends a batch.
    Commit,
    /// Loses the batch and everything known by heart.
    Crash,
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0_u32..1_500, 1_u32..60, prop::bool::weighted(0.8))
            .prop_map(|(first, count, kept)| Act::Job { first, count, kept }),
        2 => (0_u32..1_500, 1_u32..60, prop::bool::weighted(0.8))
            .prop_map(|(first, count, kept)| Act::Remove { first, count, kept }),
        4 => Just(Act::Commit),
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
            Act::Remove { first, count, kept } => self.remove(*first..first + count, *kept),
            Act::Commit => {
                self.keys.settle(&self.db).unwrap();
                self.db.execute_batch("COMMIT; BEGIN").unwrap();
                self.committed = self.pending.clone();
            }
            Act::Crash => {
                self.db.execute_batch("ROLLBACK; BEGIN").unwrap();
                self.keys = Keys::gathering(GATHERED);
                self.pending = self.committed.clone();
            }
        }
    }

    fn job(&mut self, keys: std::ops::Range<u32>, kept: bool) {
        self.db.execute_batch("SAVEPOINT job").unwrap();
        self.keys.begin_job();
        let before = self.pending.clone();
        for n in keys {
            let found = self.keys.get(&self.db, key(n)).unwrap();
            assert_eq!(found, self.pending.get(&n).copied(), "key {n}");
            if found.is_none() {
                self.next += 1;
                self.keys.put(&self.db, key(n), self.next).unwrap();
                self.pending.insert(n, self.next);
            }
        }
        if !kept {
            self.db.execute_batch("ROLLBACK TO job").unwrap();
            self.keys.undo_job();
            self.pending = before;
        }
        self.db.execute_batch("RELEASE job").unwrap();
    }

    fn remove(&mut self, keys: std::ops::Range<u32>, kept: bool) {
        self.db.execute_batch("SAVEPOINT job").unwrap();
        self.keys.begin_job();
        let before = self.pending.clone();
        let mut gone = Vec::new();
        for n in keys {
            let row = self.pending.get(&n).copied().unwrap_or(-1);
            if n % 2 == 0 {
                self.pending.remove(&n);
                gone.push((key(n), row));
            } else {
                gone.push((key(n), row + 1));
            }
        }
        self.keys.remove(&self.db, &gone).unwrap();
        if !kept {
            self.db.execute_batch("ROLLBACK TO job").unwrap();
            self.keys.undo_job();
            self.pending = before;
        }
        self.db.execute_batch("RELEASE job").unwrap();
    }

    /// Counts the rows of the large table and of the small ones.
    fn rows(&self) -> (usize, usize) {
        let count = |table: &str| -> usize {
            let sql = format!("SELECT count(*) FROM {table}");
            self.db.query_row(&sql, [], |row| row.get(0)).unwrap()
        };
        (
            count("key"),
            count("fresh_key_even") + count("fresh_key_odd"),
        )
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
