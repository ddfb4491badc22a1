//! One row of `conversation`, in memory.

use std::collections::BTreeSet;

use contract::{ConversationId, MemberId};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde::{Deserialize, Serialize};

use super::handling::Registers;
use super::judge::{Listed, Urgency};
use crate::view::Handling;

/// Merges are followed so far. They cannot go in a circle, so a longer row of them is damage.
pub(super) const MAX_MERGES: usize = 10_000;

/// Something was said in it: notes, texts handed over, answers.
pub(super) const SAID: i64 = 1;

/// Something was told of its labels.
pub(super) const LABELLED: i64 = 2;

/// Names a member who holds a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holding {
    pub(super) member: MemberId,
    pub(super) name: String,
}

/// Holds one conversation's row.
#[derive(Debug, Clone)]
pub(super) struct Conversation {
    pub(super) row: i64,
    pub(super) public: ConversationId,
    pub(super) merged_into: i64,
    pub(super) merged_seq: i64,
    pub(super) has_merged: bool,
    pub(super) hold_seq: i64,
    pub(super) holder: Option<Holding>,
    pub(super) owner: Option<Holding>,
    pub(super) happened_at: i64,
    pub(super) news_at: i64,
    pub(super) read_at: i64,
    pub(super) name: String,
    pub(super) listed: Vec<Listed>,
    pub(super) turns: Vec<i64>,
    pub(super) word_row: i64,
    pub(super) word_hash: i64,
    /// What was told of the work on it.
    pub(super) registers: Registers,
    /// [`SAID`] and [`LABELLED`].
    pub(super) flags: i64,
    /// How the work on it stands, over all that are merged.
    pub(super) stands: Handling,
    /// The labels it wears, over all that are merged.
    pub(super) labels: BTreeSet<i64>,
    /// What of it ends first, and what it is ranked by.
    pub(super) urgency: Urgency,
    /// It has no row in the table yet.
    pub(super) is_new: bool,
    /// It was judged since it was read, so what lists and search know of it is to be written too.
    pub(super) is_judged: bool,
    /// What its row says of `merged_into`.
    stored_into: i64,
}

const COLUMNS: &str =
    "id, public, merged_into, merged_seq, has_merged, hold_seq, holder, holder_name,
    owner, owner_name, happened_at, news_at, read_at, name, listed, turns, word_row, word_hash,
    press_seq, heard_at, handling, flags, stands, labels, urgency";

impl Conversation {
    /// Makes a conversation of which nothing is known.
    pub(super) fn new(row: i64, public: ConversationId) -> Self {
        Self {
            row,
            public,
            merged_into: 0,
            merged_seq: 0,
            has_merged: false,
            hold_seq: 0,
            holder: None,
            owner: None,
            happened_at: 0,
            news_at: 0,
            read_at: 0,
            name: String::new(),
            listed: Vec::new(),
            turns: Vec::new(),
            word_row: 0,
            word_hash: 0,
            registers: Registers::default(),
            flags: 0,
            stands: Handling::Open,
            labels: BTreeSet::new(),
            urgency: Urgency::default(),
            is_new: true,
            is_judged: false,
            stored_into: 0,
        }
    }

    /// Reads the row of a public id.
    pub(super) fn by_public(
        db: &Connection,
        public: ConversationId,
    ) -> rusqlite::Result<Option<Self>> {
        db.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM conversation WHERE public = ?1"
        ))?
        .query_row([public.as_u128().to_be_bytes()], Self::read)
        .optional()
    }

    /// Reads a row.
    pub(super) fn by_row(db: &Connection, row: i64) -> rusqlite::Result<Option<Self>> {
        db.prepare_cached(&format!("SELECT {COLUMNS} FROM conversation WHERE id = ?1"))?
            .query_row([row], Self::read)
            .optional()
    }

    /// Reads the conversation that is shown for a public id: itself, or what took it in.
    pub(super) fn shown(db: &Connection, public: ConversationId) -> rusqlite::Result<Option<Self>> {
        let mut found = Self::by_public(db, public)?;
        for _ in 0..MAX_MERGES {
            match found {
                Some(merged) if merged.merged_into != 0 => {
                    found = Self::by_row(db, merged.merged_into)?;
                }
                found => return Ok(found),
            }
        }
        Ok(None)
    }

    /// Returns its own times.
    pub(super) fn times(&self) -> Times {
        Times {
            happened_at: self.happened_at,
            news_at: self.news_at,
            read_at: self.read_at,
            heard_at: self.registers.heard_at,
        }
    }

    /// Returns a conversation and all that it took in, itself first; what is shown of it is of all of them.
    pub(super) fn parts(self, db: &Connection) -> rusqlite::Result<Vec<Self>> {
        let mut parts = vec![self];
        let mut at = 0;
        while let Some(part) = parts.get(at).filter(|_| at < MAX_MERGES) {
            if part.has_merged {
                let merged = Self::merged(db, part.row)?;
                parts.extend(merged);
            }
            at += 1;
        }
        Ok(parts)
    }

    /// Reads the conversations that were taken in by one.
    pub(super) fn merged(db: &Connection, into: i64) -> rusqlite::Result<Vec<Self>> {
        let mut statement = db.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM conversation WHERE merged_into = ?1 AND merged_into <> 0"
        ))?;
        let rows = statement.query_map([into], Self::read)?;
        rows.collect()
    }

    /// Writes the row: of one that was not judged again only what entries and marks tell.
    pub(super) fn write(&self, db: &Connection) -> rusqlite::Result<()> {
        if self.is_new {
            return self.insert(db);
        }
        // The indexes are on what hardly ever changes, and an index is written for each column that is named.
        if self.merged_into != self.stored_into {
            db.prepare_cached("UPDATE conversation SET merged_into = ?2 WHERE id = ?1")?
                .execute((self.row, self.merged_into))?;
        }
        if self.is_judged {
            self.write_judged(db)
        } else {
            self.write_told(db)
        }
    }

    /// Writes what entries and marks tell.
    fn write_told(&self, db: &Connection) -> rusqlite::Result<()> {
        let (holder, holder_name) = columns(self.holder.as_ref());
        db.prepare_cached(
            "UPDATE conversation SET merged_seq = ?2, has_merged = ?3, hold_seq = ?4, holder = ?5, holder_name = ?6,
                happened_at = ?7, news_at = ?8, read_at = ?9, press_seq = ?10, heard_at = ?11, handling = ?12,
                flags = ?13
            WHERE id = ?1",
        )?
        .execute((
            self.row,
            self.merged_seq,
            self.has_merged,
            self.hold_seq,
            holder,
            holder_name,
            self.happened_at,
            self.news_at,
            self.read_at,
            self.registers.press_seq,
            self.registers.heard_at,
            self.handling_text(),
            self.flags,
        ))?;
        Ok(())
    }

    /// Writes what entries and marks tell, and what was judged of it.
    fn write_judged(&self, db: &Connection) -> rusqlite::Result<()> {
        let (holder, holder_name) = columns(self.holder.as_ref());
        let (owner, owner_name) = columns(self.owner.as_ref());
        db.prepare_cached(
            "UPDATE conversation SET merged_seq = :merged_seq, has_merged = :has_merged, hold_seq = :hold_seq,
                holder = :holder, holder_name = :holder_name, owner = :owner, owner_name = :owner_name,
                happened_at = :happened_at, news_at = :news_at, read_at = :read_at, name = :name, listed = :listed,
                turns = :turns, word_row = :word_row, word_hash = :word_hash, press_seq = :press_seq,
                heard_at = :heard_at, handling = :handling, flags = :flags, stands = :stands, labels = :labels,
                urgency = :urgency
            WHERE id = :id",
        )?
        .execute(named_params! {
            ":id": self.row,
            ":merged_seq": self.merged_seq,
            ":has_merged": self.has_merged,
            ":hold_seq": self.hold_seq,
            ":holder": holder,
            ":holder_name": holder_name,
            ":owner": owner,
            ":owner_name": owner_name,
            ":happened_at": self.happened_at,
            ":news_at": self.news_at,
            ":read_at": self.read_at,
            ":name": self.name,
            ":listed": self.listed_text(),
            ":turns": json(&self.turns),
            ":word_row": self.word_row,
            ":word_hash": self.word_hash,
            ":press_seq": self.registers.press_seq,
            ":heard_at": self.registers.heard_at,
            ":handling": self.handling_text(),
            ":flags": self.flags,
            ":stands": stands_text(&self.stands),
            ":labels": json(&self.labels),
            ":urgency": urgency_text(&self.urgency),
        })?;
        Ok(())
    }

    fn insert(&self, db: &Connection) -> rusqlite::Result<()> {
        let (holder, holder_name) = columns(self.holder.as_ref());
        let (owner, owner_name) = columns(self.owner.as_ref());
        db.prepare_cached(
            "INSERT INTO conversation (id, public, merged_into, merged_seq, has_merged, hold_seq, holder, holder_name,
                owner, owner_name, happened_at, news_at, read_at, name, listed, turns, word_row, word_hash,
                press_seq, heard_at, handling, flags, stands, labels, urgency)
            VALUES (:id, :public, :merged_into, :merged_seq, :has_merged, :hold_seq, :holder, :holder_name,
                :owner, :owner_name, :happened_at, :news_at, :read_at, :name, :listed, :turns, :word_row, :word_hash,
                :press_seq, :heard_at, :handling, :flags, :stands, :labels, :urgency)",
        )?
        .execute(named_params! {
            ":id": self.row,
            ":public": self.public.as_u128().to_be_bytes(),
            ":merged_into": self.merged_into,
            ":merged_seq": self.merged_seq,
            ":has_merged": self.has_merged,
            ":hold_seq": self.hold_seq,
            ":holder": holder,
            ":holder_name": holder_name,
            ":owner": owner,
            ":owner_name": owner_name,
            ":happened_at": self.happened_at,
            ":news_at": self.news_at,
            ":read_at": self.read_at,
            ":name": self.name,
            ":listed": self.listed_text(),
            ":turns": json(&self.turns),
            ":word_row": self.word_row,
            ":word_hash": self.word_hash,
            ":press_seq": self.registers.press_seq,
            ":heard_at": self.registers.heard_at,
            ":handling": self.handling_text(),
            ":flags": self.flags,
            ":stands": stands_text(&self.stands),
            ":labels": json(&self.labels),
            ":urgency": urgency_text(&self.urgency),
        })?;
        Ok(())
    }

    /// Returns its place in a view, by the view's number.
    pub(super) fn place(&self, view: i64) -> Option<&Listed> {
        self.listed.iter().find(|listed| listed.view == view)
    }

    fn listed_text(&self) -> String {
        let listed: Vec<(i64, i64, i64)> = self
            .listed
            .iter()
            .map(|listed| (listed.view, listed.rank, listed.purchase))
            .collect();
        json(&listed)
    }

    fn handling_text(&self) -> String {
        if self.registers.is_blank() {
            return String::new();
        }
        json(&self.registers)
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let listed: Vec<(i64, i64, i64)> = parsed(row.get_ref(14)?.as_str()?);
        Ok(Self {
            row: row.get(0)?,
            public: ConversationId::from_u128(u128::from_be_bytes(row.get(1)?)),
            merged_into: row.get(2)?,
            merged_seq: row.get(3)?,
            has_merged: row.get(4)?,
            hold_seq: row.get(5)?,
            holder: holding(row, 6)?,
            owner: holding(row, 8)?,
            happened_at: row.get(10)?,
            news_at: row.get(11)?,
            read_at: row.get(12)?,
            name: row.get(13)?,
            listed: listed
                .into_iter()
                .map(|(view, rank, purchase)| Listed {
                    view,
                    rank,
                    purchase,
                })
                .collect(),
            turns: parsed(row.get_ref(15)?.as_str()?),
            word_row: row.get(16)?,
            word_hash: row.get(17)?,
            registers: {
                let mut told: Registers = parsed(row.get_ref(20)?.as_str()?);
                told.press_seq = row.get(18)?;
                told.heard_at = row.get(19)?;
                told
            },
            flags: row.get(21)?,
            stands: parsed(row.get_ref(22)?.as_str()?),
            labels: parsed(row.get_ref(23)?.as_str()?),
            urgency: parsed(row.get_ref(24)?.as_str()?),
            is_new: false,
            is_judged: false,
            stored_into: row.get(2)?,
        })
    }
}

/// Says when something last happened, and what of it was read; all in Unix milliseconds, 0 for never.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) happened_at: i64,
    pub(super) news_at: i64,
    pub(super) read_at: i64,
    /// When the customer last answered.
    pub(super) heard_at: i64,
}

/// What is shown of a conversation and all that it took in, together.
#[derive(Debug, Clone, Default)]
pub(super) struct Whole {
    pub(super) times: Times,
    pub(super) registers: Registers,
    pub(super) flags: i64,
    /// The rows, its own first.
    pub(super) rows: Vec<i64>,
}

impl Whole {
    /// Puts a conversation's parts together.
    pub(super) fn of(parts: &[Conversation]) -> Self {
        let mut registers = Registers::default();
        for part in parts {
            registers.join(&part.registers);
        }
        Self {
            times: Times::of(parts),
            registers,
            flags: parts.iter().fold(0, |flags, part| flags | part.flags),
            rows: parts.iter().map(|part| part.row).collect(),
        }
    }
}

impl Times {
    /// Puts the times of a conversation's parts together: while one of them has unread news, there is unread news.
    pub(super) fn of(parts: &[Conversation]) -> Self {
        let happened_at = parts.iter().map(|part| part.happened_at).max();
        let telling = parts
            .iter()
            .map(|part| (part.news_at > part.read_at, part.news_at, part.read_at))
            .max();
        let (_, news_at, read_at) = telling.unwrap_or_default();
        Self {
            happened_at: happened_at.unwrap_or(0),
            news_at,
            read_at,
            heard_at: parts
                .iter()
                .map(|part| part.registers.heard_at)
                .max()
                .unwrap_or(0),
        }
    }
}

/// Writes how the work stands; nothing while it is open.
fn stands_text(stands: &Handling) -> String {
    match stands {
        Handling::Open => String::new(),
        stands => serde_json::to_string(stands).unwrap_or_default(),
    }
}

/// Writes what of a conversation ends; nothing while nothing does.
fn urgency_text(urgency: &Urgency) -> String {
    if *urgency == Urgency::default() {
        return String::new();
    }
    serde_json::to_string(urgency).unwrap_or_default()
}

/// Reads a member's two columns; an empty id is nobody.
pub(super) fn holding(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Holding>> {
    let Ok(id) = <[u8; 16]>::try_from(row.get_ref(at)?.as_blob()?) else {
        return Ok(None);
    };
    Ok(Some(Holding {
        member: MemberId::from_u128(u128::from_be_bytes(id)),
        name: row.get(at + 1)?,
    }))
}

/// Writes a member's two columns.
pub(super) fn columns(holding: Option<&Holding>) -> (Vec<u8>, &str) {
    holding.map_or((Vec::new(), ""), |holding| {
        (
            holding.member.as_u128().to_be_bytes().to_vec(),
            holding.name.as_str(),
        )
    })
}

/// Writes what this module's columns hold; lists of numbers cannot fail to.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "[]".to_owned())
}

/// Reads what [`json`] wrote; a foreign text is an empty list, and the next judgement writes it anew.
pub(super) fn parsed<T: Default + for<'de> Deserialize<'de>>(text: &str) -> T {
    if text.is_empty() {
        return T::default();
    }
    serde_json::from_str(text).unwrap_or_default()
}
