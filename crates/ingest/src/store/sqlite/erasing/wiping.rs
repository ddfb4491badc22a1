//! Overwriting what stands between the rows of a page: when a page is split, the rows that move away stay behind as bytes that
//! nothing leads to, and a page that is free keeps what it held.
//!
//! Pages are read and written through the engine itself, within a transaction. Only bytes that no row and no index holds are
//! touched: <https://www.sqlite.org/fileformat2.html> says which those are.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

use super::super::place::optional;
use crate::store::{Fault, StoreError};

/// Where the header of the first page begins; that of any other begins the page.
const FILE_HEADER: usize = 100;
/// Where the file's header tells of the first page that lists free ones.
const FIRST_TRUNK: usize = 32;
/// What the head of a free run of bytes takes: where the next is, and how long this one is.
const FREE_RUN_HEAD: usize = 4;
/// What the head of a page takes that lists free ones: where the next is, and how many it lists.
const TRUNK_HEAD: usize = 8;

/// The pages that hold nothing.
#[derive(Default)]
pub(super) struct FreePages {
    /// Those that list others, each with how many bytes of it say something.
    trunks: Vec<(u32, usize)>,
    leaves: BTreeSet<u32>,
}

impl FreePages {
    /// Lists them.
    pub(super) fn read(db: &Connection) -> Result<Self, StoreError> {
        let mut found = Self::default();
        let Some(first) = page(db, 1)? else {
            return Ok(found);
        };
        let mut next = number32(&first, FIRST_TRUNK).unwrap_or(0);
        while next != 0 && found.trunks.iter().all(|(known, _)| *known != next) {
            let trunk = page(db, next)?.ok_or(Fault::Damaged)?;
            let count = number32(&trunk, 4).unwrap_or(0) as usize;
            let listed = trunk.get(TRUNK_HEAD..).unwrap_or_default();
            let (listed, _) = listed.as_chunks::<4>();
            let listed = listed.iter().take(count);
            found
                .leaves
                .extend(listed.map(|bytes| u32::from_be_bytes(*bytes)));
            found.trunks.push((next, TRUNK_HEAD + 4 * count));
            next = number32(&trunk, 0).unwrap_or(0);
        }
        Ok(found)
    }

    /// Lists their numbers.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> {
        let trunks = self.trunks.iter().map(|(number, _)| *number);
        trunks.chain(self.leaves.iter().copied())
    }

    /// Returns how many bytes of a free page say something; `None` for one that is in use.
    fn told(&self, number: u32) -> Option<usize> {
        if self.leaves.contains(&number) {
            return Some(0);
        }
        let mut trunks = self.trunks.iter();
        let trunk = trunks.find(|(trunk, _)| *trunk == number);
        trunk.map(|(_, told)| *told)
    }
}

/// Overwrites what nothing leads to in some pages; returns how many were written. Has to run within a transaction.
pub(super) fn wipe(db: &Connection, numbers: &[u32]) -> Result<usize, StoreError> {
    let free = FreePages::read(db)?;
    let mut count = 0;
    for number in numbers {
        let Some(before) = page(db, *number)? else {
            continue;
        };
        let after = match free.told(*number) {
            Some(told) => blank_from(&before, told),
            None => wiped(&before, *number),
        };
        if let Some(after) = after {
            db.prepare_cached("UPDATE sqlite_dbpage SET data = ?2 WHERE pgno = ?1")?
                .execute(params![number, after])?;
            count += 1;
        }
    }
    Ok(count)
}

/// Returns a page of rows without what stands between them; `None` where there is nothing, and for every other kind of page.
pub(super) fn wiped(page: &[u8], number: u32) -> Option<Vec<u8>> {
    let mut after = page.to_vec();
    for (from, to) in gaps(page, number)? {
        after.get_mut(from..to)?.fill(0);
    }
    (after != page).then_some(after)
}

fn blank_from(page: &[u8], told: usize) -> Option<Vec<u8>> {
    let mut after = page.to_vec();
    after.get_mut(told..)?.fill(0);
    (after != page).then_some(after)
}

/// Lists the bytes of a page of rows that nothing leads to; `None` where its head does not read as one of such a page.
fn gaps(page: &[u8], number: u32) -> Option<Vec<(usize, usize)>> {
    let head = if number == 1 { FILE_HEADER } else { 0 };
    let rows_from = match page.get(head)? {
        2 | 5 => head + 12,
        10 | 13 => head + 8,
        _ => return None,
    };
    let rows = number16(page, head + 3)?;
    let content = match number16(page, head + 5)? {
        0 => 65_536,
        from => from,
    };
    let listed_to = rows_from + 2 * rows;
    if listed_to > content || content > page.len() {
        return None;
    }
    let is_inside = |at: usize| (content..page.len()).contains(&at);
    for row in 0..rows {
        if !is_inside(number16(page, rows_from + 2 * row)?) {
            return None;
        }
    }
    let mut gaps = vec![(listed_to, content)];
    let mut next = number16(page, head + 1)?;
    while next != 0 {
        let size = number16(page, next + 2)?;
        let after = number16(page, next)?;
        let end = next + size;
        let goes_on = after == 0 || after >= end;
        if !is_inside(next) || size < FREE_RUN_HEAD || end > page.len() || !goes_on {
            return None;
        }
        gaps.push((next + FREE_RUN_HEAD, end));
        next = after;
    }
    Some(gaps)
}

fn page(db: &Connection, number: u32) -> Result<Option<Vec<u8>>, StoreError> {
    optional(
        db.prepare_cached("SELECT data FROM sqlite_dbpage WHERE pgno = ?1")?
            .query_row([number], |row| row.get(0)),
    )
}

fn number16(page: &[u8], at: usize) -> Option<usize> {
    let bytes = page.get(at..)?.first_chunk::<2>()?;
    Some(usize::from(u16::from_be_bytes(*bytes)))
}

fn number32(page: &[u8], at: usize) -> Option<u32> {
    let bytes = page.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::{FreePages, wipe, wiped};

    /// A leaf with one row at its end, a free run before it, and bytes left behind between.
    fn leaf() -> Vec<u8> {
        let mut page = vec![0xee_u8; 64];
        page[..10].copy_from_slice(&[13, 0, 30, 0, 1, 0, 30, 0, 0, 50]);
        page[30..34].copy_from_slice(&[0, 0, 0, 20]);
        page
    }

    #[test]
    fn only_what_nothing_leads_to_is_overwritten() {
        let after = wiped(&leaf(), 2).expect("there is something");
        assert!(after[10..30].iter().all(|byte| *byte == 0));
        assert_eq!(after[30..34], [0, 0, 0, 20], "the run itself stays listed");
        assert!(after[34..50].iter().all(|byte| *byte == 0));
        assert!(
            after[50..].iter().all(|byte| *byte == 0xee),
            "the row stays"
        );
        assert_eq!(wiped(&after, 2), None, "nothing is left to do");
    }

    #[test]
    fn a_page_that_does_not_read_is_left_alone() {
        let changed = |at: usize, to: u8| {
            let mut page = leaf();
            page[at] = to;
            page
        };
        for (what, page) in [
            ("another kind", changed(0, 0)),
            ("rows in the list", changed(9, 20)),
            ("a row beyond the page", changed(9, 64)),
            ("a list beyond the rows", changed(4, 12)),
            ("rows beyond the page", changed(6, 65)),
            ("a run in the list", changed(2, 12)),
            ("a run beyond the page", changed(33, 40)),
            ("a run that leads back", changed(31, 30)),
            ("a run shorter than its head", changed(33, 3)),
            ("half a page", leaf()[..40].to_vec()),
            ("nothing", Vec::new()),
        ] {
            assert_eq!(wiped(&page, 2), None, "{what}");
        }
    }

    /// Rows of all lengths come, grow and go while nothing is overwritten by the engine: afterwards no page holds any of what
    /// went, and all that stayed reads as before.
    #[test]
    fn nothing_is_left_of_what_went_and_the_rest_reads() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pages.db");
        let db = Connection::open(&path).unwrap();
        db.pragma_update(None, "secure_delete", false).unwrap();
        db.execute_batch(
            "CREATE TABLE one (id INTEGER PRIMARY KEY, text TEXT);
             CREATE TABLE two (key TEXT PRIMARY KEY, text TEXT) WITHOUT ROWID;",
        )
        .unwrap();
        for n in 0..600_usize {
            let text = format!("planted-{n:04}-{}", "x".repeat(n * 53 % 900));
            let key = n * 7_919 % 600;
            db.execute("INSERT INTO one VALUES (?1, ?2)", (key, &text))
                .unwrap();
            db.execute(
                "INSERT INTO two VALUES (?1, ?2)",
                (format!("{key:03}"), &text),
            )
            .unwrap();
        }
        db.execute_batch(
            "UPDATE one SET text = 'kept' || text WHERE id % 5 = 0;
             DELETE FROM one WHERE id % 5 <> 0; DELETE FROM two WHERE key >= '050';
             BEGIN",
        )
        .unwrap();
        let pages: Vec<u32> = (1..=db
            .query_row("PRAGMA page_count", [], |row| row.get(0))
            .unwrap())
            .collect();
        let free = FreePages::read(&db).unwrap();
        let listed: usize = db
            .query_row("PRAGMA freelist_count", [], |row| row.get(0))
            .unwrap();
        assert!(listed > 0 && free.numbers().count() == listed);
        assert!(wipe(&db, &pages).unwrap() > 0);
        db.execute_batch("COMMIT").unwrap();
        let verdict: String = db
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(verdict, "ok");
        let kept: Vec<String> = db
            .prepare("SELECT text FROM one UNION ALL SELECT text FROM two")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let file = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        for n in 0..600 {
            let word = format!("planted-{n:04}");
            let stays = kept.iter().any(|text| text.contains(&word));
            assert_eq!(file.contains(&word), stays, "{word}");
        }
        // And it is still written to.
        db.execute_batch("DELETE FROM one; INSERT INTO one VALUES (1, 'new')")
            .unwrap();
    }
}
