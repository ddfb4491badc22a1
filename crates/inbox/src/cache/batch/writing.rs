//! Writing what a batch gathered: orders, moments, lists, words, and last the conversations themselves.

use std::collections::BTreeSet;

use contract::{ConversationId, MemberId};
use rusqlite::Connection;

use super::super::apply::{WIDE, side_by_side};
use super::super::conversation::{Conversation, Holding, LABELLED, SAID, Whole};
use super::super::facts::Facts;
use super::super::handling::{self, Stands};
use super::super::judge::{Bought, Standing, judge};
use super::super::listing::{self, Deltas};
use super::super::steps::Plan;
use super::super::traits::{self, Origin};
use super::super::{ApplyError, labels, said, saved, words};
use super::{Batch, Touched, signed};

/// Holds are looked for through so many merges of merges.
const MAX_DEPTH: usize = 64;

/// The words of a conversation that are not in the index yet.
#[derive(Debug)]
pub(super) struct Worded {
    pub(super) conversation: i64,
    /// The newest order's first event, in Unix milliseconds.
    newest_at: i64,
    text: String,
}

impl Batch<'_> {
    pub(super) fn write_orders(&mut self) -> Result<(), ApplyError> {
        let mut orders: Vec<(String, Touched)> =
            std::mem::take(&mut self.orders).into_iter().collect();
        // New rows are appended that way, and fill their pages.
        orders.sort_unstable_by_key(|(_, touched)| touched.row);
        let kept = keep(&orders)?;
        for (_, touched) in &orders {
            traits::count(
                &mut self.tally,
                &touched.origin,
                &Origin::of(&touched.order),
            );
        }
        traits::add(self.db, std::mem::take(&mut self.tally))?;
        for ((key, touched), kept) in orders.into_iter().zip(kept) {
            let conversation = self.root(touched.own)?;
            self.dirty.insert(conversation);
            self.write_order(&key, &touched, conversation, &kept)?;
            let (row, facts) = (touched.row, &kept.facts);
            traits::write(self.db, &mut self.numbers, row, conversation, facts)?;
            self.written.entry(conversation).or_default().push(Bought {
                row: touched.row,
                own: touched.own,
                key,
                facts: kept.facts,
            });
        }
        Ok(())
    }

    fn write_order(
        &self,
        key: &str,
        touched: &Touched,
        conversation: i64,
        kept: &Kept,
    ) -> rusqlite::Result<()> {
        let (row, own, placed_seq) = (touched.row, touched.own, signed(touched.placed_seq));
        let Some(stored) = touched.stored else {
            let sql =
                "INSERT INTO purchase (id, order_key, conversation, own, placed_seq, facts, fold)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let told = (&kept.facts_text, &kept.fold_text);
            self.db.prepare_cached(sql)?.execute((
                row,
                key,
                conversation,
                own,
                placed_seq,
                told.0,
                told.1,
            ))?;
            return Ok(());
        };
        let sql =
            "UPDATE purchase SET own = ?2, placed_seq = ?3, facts = ?4, fold = ?5 WHERE id = ?1";
        self.db.prepare_cached(sql)?.execute((
            row,
            own,
            placed_seq,
            &kept.facts_text,
            &kept.fold_text,
        ))?;
        // An index is written anew for each of its columns that is named, changed or not.
        if stored != conversation {
            self.db
                .prepare_cached("UPDATE purchase SET conversation = ?2 WHERE id = ?1")?
                .execute((row, conversation))?;
        }
        Ok(())
    }

    pub(super) fn write_moments(&mut self) -> Result<(), ApplyError> {
        let mut moments = Vec::with_capacity(self.moments.len());
        for (own, at, seq, what) in std::mem::take(&mut self.moments) {
            moments.push((self.root(own)?, at, seq, own, what));
        }
        // Rows go to the end whatever their order, and places are found faster one beside the other.
        moments.sort_unstable_by_key(|(conversation, at, seq, ..)| (*conversation, *at, *seq));
        let mut statement = self.db.prepare_cached(
            "INSERT INTO moment (conversation, at, seq, own, kind, what) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for (conversation, at, seq, own, (kind, what)) in moments {
            statement.execute((conversation, at, signed(seq), own, kind, what))?;
        }
        Ok(())
    }

    /// Judges one conversation and moves its rows; returns its words if they changed.
    pub(super) fn settle(
        &mut self,
        row: i64,
        deltas: &mut Deltas,
    ) -> Result<Option<Worded>, ApplyError> {
        let owner = self.owner(row)?;
        let whole = self.whole(row)?;
        let mut orders = self.orders_of(row)?;
        let (me, now, db) = (self.member, self.now, self.db);
        let told = Said::of(db, row, &whole)?;
        let stands = stands(db, row, &whole, &orders, me, now)?;
        if self.saved.is_none() {
            self.saved = Some(saved::standing(db, me)?);
        }
        if self.plan.is_none() {
            self.plan = Some(Plan::read(db)?);
        }
        let plan = self.plan.as_ref().ok_or(ApplyError::Corrupt)?;
        let conversation = self
            .conversations
            .get_mut(&row)
            .ok_or(ApplyError::Corrupt)?;
        let judged = judge(
            &mut orders,
            Standing {
                me,
                owner: owner.as_ref().map(|owner| owner.member),
                happened_at: whole.times.happened_at,
                heard_at: whole.times.heard_at,
                waits_since: whole.registers.waits_since(),
                stands: &stands,
                registers: &whole.registers,
                plan,
                labels: &told.names,
                said: &told.texts,
                saved: self.saved.as_deref().unwrap_or_default(),
                now,
            },
        );
        listing::relist(db, row, &conversation.listed, &judged.listed, deltas)?;
        listing::turn(db, row, &conversation.turns, &judged.turns)?;
        labels::wear(db, row, &conversation.labels, &told.labels)?;
        // One that stands by itself again may have heard nothing.
        if whole.times.heard_at != 0 || !self.relinked.is_empty() {
            traits::hear(db, &orders)?;
        }
        if conversation.owner != owner {
            own(db, row, conversation.owner.as_ref(), owner.as_ref())?;
        }
        conversation.is_judged = true;
        conversation.owner = owner;
        conversation.name = judged.name;
        conversation.listed = judged.listed;
        conversation.turns = judged.turns;
        conversation.urgency = judged.urgency;
        conversation.stands = stands.handling;
        conversation.labels = told.labels;
        let public: ConversationId = conversation.public;
        let is_new = words::hash(&judged.words) != conversation.word_hash;
        self.applied.change.conversations.push(public);
        Ok(is_new.then_some(Worded {
            conversation: row,
            newest_at: judged.newest_at,
            text: judged.words,
        }))
    }

    /// Puts words into the index, in place of those it has of the same conversations.
    pub(super) fn index(&mut self, worded: Vec<Worded>) -> Result<(), ApplyError> {
        let mut old = Vec::new();
        let mut new = Vec::new();
        for words in worded {
            let row = words::index_row(words.conversation, words.newest_at, &words.text);
            let hash = words::hash(&words.text);
            self.change(words.conversation, |conversation| {
                old.extend(Some(conversation.word_row).filter(|row| *row != 0));
                conversation.word_row = row;
                conversation.word_hash = hash;
            })?;
            if row != 0 {
                new.push((row, words.text));
            }
        }
        // The index takes rows in rising order at once, and has to begin a new run for each that falls back.
        old.sort_unstable();
        new.sort_unstable();
        for row in old {
            self.db
                .prepare_cached("DELETE FROM words WHERE rowid = ?1")?
                .execute([row])?;
        }
        for row in new {
            self.db
                .prepare_cached("INSERT INTO words (rowid, text) VALUES (?1, ?2)")?
                .execute(row)?;
        }
        Ok(())
    }

    /// Notes conversations that are to be settled when there is time.
    pub(in super::super) fn note(
        &self,
        rows: impl IntoIterator<Item = i64>,
    ) -> Result<(), ApplyError> {
        let mut note = self
            .db
            .prepare_cached("INSERT OR IGNORE INTO unsettled (conversation) VALUES (?1)")?;
        for row in rows {
            note.execute([row])?;
        }
        Ok(())
    }

    pub(super) fn write_conversations(&mut self) -> Result<(), ApplyError> {
        let mut rows: Vec<&Conversation> = self.conversations.values().collect();
        rows.sort_unstable_by_key(|conversation| conversation.row);
        for conversation in rows {
            conversation.write(self.db)?;
        }
        Ok(())
    }

    /// Returns a conversation's orders; of a new one all have just been written.
    fn orders_of(&mut self, row: i64) -> Result<Vec<Bought>, ApplyError> {
        let is_new = self.load(row)?.is_new;
        let written = self.written.remove(&row).unwrap_or_default();
        if is_new && self.relinked.is_empty() {
            Ok(written)
        } else {
            bought(self.db, row)
        }
    }

    /// Returns who has a conversation: its own newest hold, else the first that came with a merge after its own release.
    pub(super) fn owner(&mut self, row: i64) -> Result<Option<Holding>, ApplyError> {
        let conversation = self.load(row)?;
        if conversation.merged_into != 0 {
            return Ok(None);
        }
        if conversation.holder.is_some() || !conversation.has_merged {
            return Ok(conversation.holder.clone());
        }
        let conversation = conversation.clone();
        self.holding(&conversation, MAX_DEPTH)
    }

    fn holding(
        &mut self,
        conversation: &Conversation,
        depth: usize,
    ) -> Result<Option<Holding>, ApplyError> {
        if conversation.holder.is_some() || !conversation.has_merged || depth == 0 {
            return Ok(conversation.holder.clone());
        }
        let mut merged = Vec::new();
        for row in self.taken_in(conversation.row)? {
            let other = self.load(row)?;
            if other.merged_seq > conversation.hold_seq {
                merged.push(other.clone());
            }
        }
        merged.sort_by_key(|other| other.merged_seq);
        for other in merged {
            if let Some(holding) = self.holding(&other, depth - 1)? {
                return Ok(Some(holding));
            }
        }
        Ok(None)
    }
}

/// What a conversation is narrowed and found by, beside its orders.
#[derive(Debug, Default)]
pub(in super::super) struct Said {
    pub(in super::super) labels: BTreeSet<i64>,
    /// The labels' names, folded.
    pub(in super::super) names: Vec<String>,
    /// The newest notes and messages.
    pub(in super::super) texts: Vec<String>,
}

impl Said {
    /// Reads what was said in a conversation and told of its labels.
    pub(in super::super) fn of(
        db: &Connection,
        row: i64,
        whole: &Whole,
    ) -> Result<Self, ApplyError> {
        let mut told = Self::default();
        if whole.flags & LABELLED != 0 {
            told.labels = labels::of(db, whole.rows.iter().copied())?;
            let names = labels::names(db, told.labels.iter().copied())?;
            told.names = names.iter().map(|name| labels::folded(name)).collect();
        }
        if whole.flags & SAID != 0 {
            told.texts = said::texts(db, row)?;
        }
        Ok(told)
    }
}

/// Moves a conversation from who had it to who has it.
pub(super) fn own(
    db: &Connection,
    row: i64,
    before: Option<&Holding>,
    after: Option<&Holding>,
) -> rusqlite::Result<()> {
    if let Some(holding) = before {
        db.prepare_cached("DELETE FROM owned WHERE owner = ?1 AND conversation = ?2")?
            .execute((holding.member.as_u128().to_be_bytes(), row))?;
    }
    if let Some(holding) = after {
        db.prepare_cached("INSERT INTO owned (owner, conversation) VALUES (?1, ?2)")?
            .execute((holding.member.as_u128().to_be_bytes(), row))?;
    }
    Ok(())
}

/// Says how the work on a conversation stands.
pub(in super::super) fn stands(
    db: &Connection,
    row: i64,
    whole: &Whole,
    orders: &[Bought],
    me: MemberId,
    now: i64,
) -> Result<Stands, ApplyError> {
    let news = match whole.registers.aside_since() {
        Some(seq) => handling::since(db, row, seq)?,
        None => Vec::new(),
    };
    Ok(whole.registers.stands(orders, &news, now, me))
}

/// Reads the orders of a conversation.
pub(in super::super) fn bought(
    db: &Connection,
    conversation: i64,
) -> Result<Vec<Bought>, ApplyError> {
    let mut statement = db
        .prepare_cached("SELECT id, own, order_key, facts FROM purchase WHERE conversation = ?1")?;
    let rows = statement.query_map([conversation], |row| {
        let facts = serde_json::from_str(row.get_ref(3)?.as_str()?);
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, facts))
    })?;
    rows.map(|row| {
        let (row, own, key, facts) = row?;
        let facts = facts.map_err(|_| ApplyError::Corrupt)?;
        Ok(Bought {
            row,
            own,
            key,
            facts,
        })
    })
    .collect()
}

/// What is kept of one order, and its texts.
struct Kept {
    facts: Facts,
    facts_text: String,
    fold_text: String,
}

/// Writes down what is kept of orders, many of them on two threads.
fn keep(orders: &[(String, Touched)]) -> Result<Vec<Kept>, ApplyError> {
    if orders.len() < WIDE {
        return keep_run(orders);
    }
    let (front, back) = orders.split_at(orders.len() / 2);
    side_by_side(|| keep_run(front), || keep_run(back))
}

fn keep_run(orders: &[(String, Touched)]) -> Result<Vec<Kept>, ApplyError> {
    let text = |text: serde_json::Result<String>| text.map_err(|_| ApplyError::Corrupt);
    orders
        .iter()
        .map(|(_, touched)| {
            let facts = Facts::of(&touched.order).ok_or(ApplyError::Corrupt)?;
            Ok(Kept {
                facts_text: text(serde_json::to_string(&facts))?,
                fold_text: text(serde_json::to_string(&touched.order))?,
                facts,
            })
        })
        .collect()
}
