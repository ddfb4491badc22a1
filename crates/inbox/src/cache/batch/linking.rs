//! Who is one person, as of the end of a batch: taken in before all else, so that everything is put where it is shown then.
//!
//! Where a conversation belongs is a register: of the entries that name it the one of the highest number decides. A batch's
//! links are set as a whole before any is followed, since in the middle of it older and newer ones could go in a circle.

use std::collections::BTreeSet;

use contract::ConversationId;

use super::super::ApplyError;
use super::super::conversation::{Conversation, MAX_MERGES, Whole};
use super::super::links::{self, Link, Standing};
use super::super::told::Told;
use super::{Batch, signed};

/// Rows that follow a conversation to where it is shown.
const MOVES: [&str; 3] = [
    "UPDATE trait SET conversation = ?2
    WHERE purchase IN (SELECT id FROM purchase WHERE conversation = ?1 AND own = ?3)",
    "UPDATE purchase SET conversation = ?2 WHERE conversation = ?1 AND own = ?3",
    "UPDATE moment SET conversation = ?2 WHERE conversation = ?1 AND own = ?3",
];

impl Batch<'_> {
    /// Takes in what one entry says of conversations being one person's; call it for all before [`Batch::relinked`].
    pub(in super::super) fn link(
        &mut self,
        seq: u64,
        stored_at: i64,
        public: Option<ConversationId>,
        told: &Told,
    ) -> Result<(), ApplyError> {
        let Some(public) = public else { return Ok(()) };
        if [Some(public), told.other()]
            .into_iter()
            .flatten()
            .any(|public| self.is_erased(public))
        {
            return Ok(());
        }
        match told {
            Told::Merged(merged) => {
                let link = Link::new(&merged.reason, merged.by.as_ref(), stored_at);
                let (into, from) = (self.own_row(public)?, self.own_row(merged.from)?);
                self.relink(seq, from, into, Some(&link))?;
                self.say(seq, [into, from], Standing::Merged, "")
            }
            Told::Unmerged(unmerged) => {
                let (into, from) = (self.own_row(public)?, self.own_row(unmerged.from)?);
                self.relink(seq, from, 0, None)?;
                self.say(seq, [into, from], Standing::Apart, "")
            }
            Told::Suggested(told) => {
                let pair = [self.own_row(public)?, self.own_row(told.other)?];
                self.say(seq, pair, Standing::Suggested, &told.reason)
            }
            Told::KeptApart(told) => {
                let pair = [self.own_row(public)?, self.own_row(told.other)?];
                self.say(seq, pair, Standing::Apart, "")
            }
            Told::Shared(told) => {
                let row = self.own_row(public)?;
                self.told_of.insert(row);
                Ok(links::share(self.db, row, told.names)?)
            }
            _ => Ok(()),
        }
    }

    /// Moves what conversations have whose place changed to where it is shown now.
    pub(in super::super) fn relinked(&mut self) -> Result<(), ApplyError> {
        let rows: Vec<i64> = self.relinked.keys().copied().collect();
        for row in rows {
            let (before, now) = (self.root_before(row)?, self.root(row)?);
            self.dirty.extend([before, now]);
            if before == now {
                continue;
            }
            for part in self.carried(row)? {
                for sql in MOVES {
                    self.db.prepare_cached(sql)?.execute([before, now, part])?;
                }
            }
        }
        for row in std::mem::take(&mut self.told_of) {
            let root = self.root(row)?;
            self.dirty.insert(root);
        }
        Ok(())
    }

    /// Returns what is shown of a conversation and all that it took in: nothing of one that was taken in itself.
    pub(super) fn whole(&mut self, row: i64) -> Result<Whole, ApplyError> {
        let conversation = self.load(row)?;
        if conversation.merged_into != 0 {
            return Ok(Whole::default());
        }
        if !conversation.has_merged {
            return Ok(Whole {
                times: conversation.times(),
                registers: conversation.registers.clone(),
                flags: conversation.flags,
                rows: vec![row],
            });
        }
        let mut rows = vec![row];
        let mut parts: Vec<Conversation> = Vec::new();
        while let Some(row) = rows.pop().filter(|_| parts.len() < MAX_MERGES) {
            let part = self.load(row)?.clone();
            if part.has_merged {
                rows.extend(self.taken_in(row)?);
            }
            parts.push(part);
        }
        Ok(Whole::of(&parts))
    }

    /// Returns the rows that one took in, as they stand in this batch.
    pub(super) fn taken_in(&mut self, row: i64) -> Result<BTreeSet<i64>, ApplyError> {
        let mut known = self.taken_in_before(row)?;
        known.extend(self.relinked.keys());
        let mut rows = BTreeSet::new();
        for other in known {
            if self.load(other)?.merged_into == row {
                rows.insert(other);
            }
        }
        Ok(rows)
    }

    fn taken_in_before(&self, row: i64) -> Result<BTreeSet<i64>, ApplyError> {
        let mut statement = self.db.prepare_cached(
            "SELECT id FROM conversation WHERE merged_into = ?1 AND merged_into <> 0",
        )?;
        let rows = statement.query_map([row], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Sets a conversation's link, unless a newer entry set it. `into` is the row that the entry names, not the one shown for
    /// it, so that merges that are told later but happened earlier leave the same rows.
    pub(super) fn relink(
        &mut self,
        seq: u64,
        from: i64,
        into: i64,
        link: Option<&Link>,
    ) -> Result<(), ApplyError> {
        let seq = signed(seq);
        if from == into {
            return Ok(());
        }
        if into != 0 {
            self.change(into, |conversation| conversation.has_merged = true)?;
        }
        let found = self.load(from)?;
        if seq <= found.merged_seq {
            return Ok(());
        }
        let before = found.merged_into;
        self.change(from, |conversation| {
            conversation.merged_into = into;
            conversation.merged_seq = seq;
        })?;
        self.relinked.entry(from).or_insert(before);
        Ok(links::write_link(self.db, from, link)?)
    }

    fn say(
        &mut self,
        seq: u64,
        pair: [i64; 2],
        standing: Standing,
        reason: &str,
    ) -> Result<(), ApplyError> {
        let [one, other] = pair;
        if one == other {
            return Ok(());
        }
        self.told_of.extend(pair);
        Ok(links::say(self.db, pair, signed(seq), standing, reason)?)
    }

    /// Returns where a row's things are now: where it was shown before this batch.
    fn root_before(&mut self, row: i64) -> Result<i64, ApplyError> {
        let mut at = row;
        for _ in 0..MAX_MERGES {
            let before = match self.relinked.get(&at) {
                Some(before) => *before,
                None => self.load(at)?.merged_into,
            };
            match before {
                0 => return Ok(at),
                into => at = into,
            }
        }
        Err(ApplyError::Corrupt)
    }

    /// Returns a relinked row and all that came with it: what it took in before, but what was relinked itself.
    fn carried(&self, row: i64) -> Result<Vec<i64>, ApplyError> {
        let mut rows = vec![row];
        let mut at = 0;
        while let Some(row) = rows.get(at).filter(|_| at < MAX_MERGES) {
            let below = self.taken_in_before(*row)?;
            rows.extend(
                below
                    .into_iter()
                    .filter(|row| !self.relinked.contains_key(row)),
            );
            at += 1;
        }
        Ok(rows)
    }
}
