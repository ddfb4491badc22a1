//! Overwriting what is erased where it lies: a row keeps its length, so that no page is split, joined or freed, and no copy of
//! the old content stays behind in one.

use contract::kind;
use rusqlite::{Connection, params};

use crate::store::StoreError;

/// What a stored body begins with that was erased. As the length that a packed body begins with it is beyond every limit.
pub(super) const BLANK: [u8; 4] = [0xff; 4];

/// What a stored body is that was let go for its age; as a length no better than the other.
pub(super) const LET_GO: [u8; 4] = [0xff, 0xff, 0xff, 0xfe];

/// Tells whether a stored body was let go for its age.
pub(super) fn is_let_go(packed: &[u8]) -> bool {
    packed == LET_GO
}

/// Tells whether a stored body was erased.
pub(super) fn covers(packed: &[u8]) -> bool {
    packed.starts_with(&BLANK)
}

/// Tells whether the body of a delivery was erased.
pub(super) fn is_blank(db: &Connection, delivery_row: i64) -> Result<bool, StoreError> {
    let blank = db
        .prepare_cached("SELECT substr(body, 1, 4) = ?2 FROM delivery WHERE id = ?1")?
        .query_row(params![delivery_row, BLANK], |row| row.get(0))?;
    Ok(blank)
}

/// Overwrites a delivery's body; returns how many bytes it has.
pub(super) fn delivery(db: &Connection, row: i64) -> Result<usize, StoreError> {
    let length: usize = db
        .prepare_cached("SELECT length(body) FROM delivery WHERE id = ?1")?
        .query_row([row], |row| row.get(0))?;
    db.prepare_cached("UPDATE delivery SET body = ?2 WHERE id = ?1")?
        .execute(params![row, vec![0xff_u8; length.max(BLANK.len())]])?;
    Ok(length)
}

/// Overwrites an entry: what is left is its number, its time and its chain; returns how many bytes its body has.
pub(super) fn entry(db: &Connection, position: i64) -> Result<usize, StoreError> {
    let [names, body] = db
        .prepare_cached(
            "SELECT length(conversation) + octet_length(kind), octet_length(body)
             FROM entry WHERE position = ?1",
        )?
        .query_row([position], |row| Ok([row.get(0)?, row.get(1)?]))?;
    db.prepare_cached(
        "UPDATE entry SET conversation = x'', kind = ?2, body = ?3 WHERE position = ?1",
    )?
    .execute(params![
        position,
        kind::ERASED,
        format!("{:1$}", "{}", filling(names, body))
    ])?;
    Ok(body)
}

/// Returns how long the new body has to be for the record to keep its length, given what the old one had: the bytes of its
/// conversation and kind, and those of its body.
fn filling(names: usize, body: usize) -> usize {
    let length = (names + body).saturating_sub(kind::ERASED.len());
    let grown = length_bytes(length).saturating_sub(length_bytes(body));
    length - grown
}

/// Returns how many bytes of a record's head tell the length of a text.
const fn length_bytes(length: usize) -> usize {
    match 13 + 2 * length {
        0..=0x7f => 1,
        0x80..=0x3fff => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::{filling, length_bytes};

    #[test]
    fn a_record_keeps_its_length() {
        let names = 16 + "commerce".len();
        for body in [2, 20, 30, 57, 58, 800, 8_100, 8_180, 8_185, 8_186, 20_000] {
            let before = names + body + length_bytes(body);
            let filled = filling(names, body);
            let after = "erased".len() + filled + length_bytes(filled);
            // Just behind the step from one byte of length to two no text fits exactly.
            assert!(before - after <= 1, "{body}: {before} and {after}");
        }
    }
}
