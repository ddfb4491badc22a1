//! One transaction's work: what a run of entries touches, gathered in memory and written once.
//!
//! Nothing here depends on the order in which entries come: an order is a join, a place or a hold is the one of the highest
//! number, and times only grow. That is what lets history be filled in from the newest entry backwards.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use contract::{Actor, ConversationId, Event, MemberId, Order, Stage, StageGroup};
use rusqlite::{Connection, OptionalExtension};

use super::conversation::{Conversation, Holding, LABELLED, MAX_MERGES, SAID};
use super::judge::Bought;
use super::listing::{self, Deltas};
use super::saved::{self, Saved};
use super::steps::{self, Heard, Plan};
use super::team::{self, Shared};
use super::told::{Reading, Told};
use super::traits::{Numbers, Origin, Tally};
use super::{Applied, ApplyError, Happening, labels};
use crate::view::Amount;

mod erasing;
mod foreseeing;
mod linking;
mod writing;

pub(super) use writing::{Said, bought, stands};

/// Changed conversations are named up to this many; the page then reads again what it shows.
const MAX_NAMED: usize = 256;

/// Looked into for every entry; nobody outside chooses its keys to collide.
type Map<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// Gathers and writes what a run of entries changes.
pub(super) struct Batch<'db> {
    db: &'db Connection,
    member: MemberId,
    now: i64,
    next_conversation: i64,
    next_purchase: i64,
    rows: Map<ConversationId, i64>,
    conversations: Map<i64, Conversation>,
    dirty: BTreeSet<i64>,
    orders: Map<String, Touched>,
    /// What was just written of orders, by conversation.
    written: Map<i64, Vec<Bought>>,
    /// Conversations whose place changed, and what they were merged into before.
    relinked: BTreeMap<i64, i64>,
    /// Conversations of which something was said that moves nothing.
    told_of: BTreeSet<i64>,
    /// By the conversation that the entry names.
    moments: Vec<(i64, i64, u64, (i64, String))>,
    /// How the counts of what orders are narrowed by changed.
    tally: Tally,
    numbers: Numbers,
    /// The saved views, read when the first conversation is judged.
    saved: Option<Vec<Saved>>,
    /// What orders are followed up by, likewise.
    plan: Option<Plan>,
    /// When sources last told anything.
    heard: Heard,
    /// Who was erased; entries that name them are passed over.
    erased: Arc<BTreeSet<ConversationId>>,
    applied: Applied,
}

/// Says when lists and the search index follow what a batch changed; what is left is noted, and done by `settle`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Following {
    /// Both at once.
    Now,
    /// Lists at once, the index later.
    Lists,
    /// Both later.
    Later,
}

struct Touched {
    row: i64,
    /// The conversation its row names; `None` while it has no row.
    stored: Option<i64>,
    order: Order,
    placed_seq: u64,
    /// The conversation that the entry of `placed_seq` names.
    own: i64,
    was_paid: bool,
    /// What it was narrowed by before.
    origin: Origin,
}

impl Touched {
    /// Reads an order as it stands.
    fn by_key(db: &Connection, key: &str) -> Result<Option<Self>, ApplyError> {
        let found = db
            .prepare_cached(
                "SELECT id, conversation, own, placed_seq, fold FROM purchase WHERE order_key = ?1",
            )?
            .query_row([key], |row| {
                let fold = serde_json::from_str::<Order>(row.get_ref(4)?.as_str()?);
                let placed_seq: i64 = row.get(3)?;
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, placed_seq, fold))
            })
            .optional()?;
        let Some((row, conversation, own, placed_seq, fold)) = found else {
            return Ok(None);
        };
        let order = fold.map_err(|_| ApplyError::Corrupt)?;
        Ok(Some(Self {
            row,
            stored: Some(conversation),
            was_paid: order.was_paid(),
            origin: Origin::of(&order),
            order,
            placed_seq: placed_seq.unsigned_abs(),
            own,
        }))
    }
}

impl<'db> Batch<'db> {
    /// Begins a batch that judges everything as of `now`.
    pub(super) fn new(db: &'db Connection, member: MemberId, now: i64) -> rusqlite::Result<Self> {
        let next = |sql: &str| -> rusqlite::Result<i64> {
            db.prepare_cached(sql)?.query_row((), |row| row.get(0))
        };
        Ok(Self {
            db,
            member,
            now,
            next_conversation: next("SELECT coalesce(max(id), 0) + 1 FROM conversation")?,
            next_purchase: next("SELECT coalesce(max(id), 0) + 1 FROM purchase")?,
            rows: Map::default(),
            conversations: Map::default(),
            dirty: BTreeSet::new(),
            orders: Map::default(),
            written: Map::default(),
            relinked: BTreeMap::new(),
            told_of: BTreeSet::new(),
            moments: Vec::new(),
            tally: Tally::new(),
            numbers: Numbers::default(),
            saved: None,
            plan: None,
            heard: Heard::new(),
            erased: Arc::default(),
            applied: Applied::default(),
        })
    }

    /// Takes in one entry, after all of the batch were given to [`Batch::link`].
    pub(super) fn take(
        &mut self,
        seq: u64,
        stored_at: i64,
        public: Option<ConversationId>,
        reading: Reading,
    ) -> Result<(), ApplyError> {
        let Reading { told, what } = reading;
        self.applied.confirmed.extend(told.command());
        let (Some(public), Some(what)) = (public, what) else {
            return self.share(seq, stored_at, &told);
        };
        if self.is_erased(public) {
            return Ok(());
        }
        let own = self.own_row(public)?;
        let root = self.root(own)?;
        let at = told.at(stored_at);
        if told.is_happening() {
            let is_mine = told.actor() == Some(self.member);
            self.change(own, |conversation| {
                conversation.happened_at = conversation.happened_at.max(at);
                conversation.registers.take(signed(seq), stored_at, &told);
                if !is_mine {
                    conversation.news_at = conversation.news_at.max(stored_at);
                }
            })?;
        }
        self.dirty.insert(root);
        self.moments.push((own, at, seq, what));
        match told {
            Told::Event(event) => self.event(seq, stored_at, [own, root], &event),
            Told::Claimed(by) => self.hold(own, seq, Some(&by.by)),
            Told::Released(_) => self.hold(own, seq, None),
            Told::Assigned(told) => self.hold(own, seq, Some(&told.to)),
            Told::Noted(_) | Told::HandedOver(_) | Told::Received(_) => self.flag(own, SAID),
            Told::Labelled(told) => {
                labels::tell(self.db, own, signed(seq), &told.add, true)?;
                labels::tell(self.db, own, signed(seq), &told.remove, false)?;
                self.flag(own, LABELLED)
            }
            _ => Ok(()),
        }
    }

    /// Has a conversation judged again.
    pub(super) fn judge_again(&mut self, row: i64) {
        self.dirty.insert(row);
    }

    /// Writes everything, and returns what changed.
    pub(super) fn finish(mut self, following: Following) -> Result<Applied, ApplyError> {
        self.write_orders()?;
        self.write_moments()?;
        steps::hear(self.db, &self.heard)?;
        // A conversation that was taken in must not be listed any more, so merges are followed at once.
        match following {
            Following::Later if self.relinked.is_empty() => self.leave()?,
            Following::Now => self.follow(true)?,
            Following::Lists | Following::Later => self.follow(false)?,
        }
        self.write_conversations()?;
        let named = &mut self.applied.change.conversations;
        if named.len() > MAX_NAMED {
            named.clear();
            self.applied.change.everything = true;
        }
        self.name_owners()?;
        let happenings = self.applied.happenings.iter();
        let sales = happenings.filter(|happening| happening.is_sale());
        self.applied.change.sold = sales.map(|sale| sale.conversation_id).collect();
        Ok(self.applied)
    }
}

/// Following what changed.
impl Batch<'_> {
    /// Moves lists and counters, and the search index too where asked.
    fn follow(&mut self, index: bool) -> Result<(), ApplyError> {
        let mut deltas = Deltas::default();
        let mut worded = Vec::new();
        for row in std::mem::take(&mut self.dirty) {
            worded.extend(self.settle(row, &mut deltas)?);
        }
        if index {
            self.index(worded)?;
        } else {
            self.note(worded.iter().map(|words| words.conversation))?;
        }
        listing::add(self.db, &deltas)?;
        self.applied.change.counters = deltas.values().any(|delta| *delta != 0);
        Ok(())
    }

    /// Notes what has to follow later.
    fn leave(&mut self) -> Result<(), ApplyError> {
        let dirty = std::mem::take(&mut self.dirty);
        for row in &dirty {
            let public = self.load(*row)?.public;
            self.applied.change.conversations.push(public);
        }
        self.note(dirty)
    }
}

/// Taking entries in.
impl Batch<'_> {
    fn event(
        &mut self,
        seq: u64,
        stored_at: i64,
        [own, root]: [i64; 2],
        event: &Event,
    ) -> Result<(), ApplyError> {
        self.heard
            .entry(event.integration_id)
            .or_default()
            .add(stored_at);
        let public = self.load(root)?.public;
        let touched = match self.orders.get_mut(&event.order_key) {
            Some(touched) => touched,
            None => self.load_order(&event.order_key, own)?,
        };
        let stood = touched.order.stage();
        touched.order.absorb(event);
        let became_paid = !touched.was_paid && touched.order.was_paid();
        touched.was_paid |= became_paid;
        let happened = happened(event.stage, stood, touched.order.stage(), became_paid);
        let before = touched.own;
        if seq > touched.placed_seq {
            touched.placed_seq = seq;
            touched.own = own;
        }
        if happened && !event.is_test {
            self.applied.happenings.push(Happening {
                conversation_id: public,
                order_key: event.order_key.clone(),
                stage: event.stage,
                owner: None,
                amount: event.amount().map(|money| Amount {
                    minor: money.minor,
                    currency: money.currency,
                }),
                product: event.items.first().map(|item| item.name.clone()),
                first_name: event.customer.first_name().map(str::to_owned),
                stored_at,
                occurred_at: event.occurred_at.timestamp_millis(),
            });
        }
        let before = self.root(before)?;
        self.dirty.insert(before);
        Ok(())
    }

    /// Tells who has the conversations of what happened, now that all entries were taken in.
    fn name_owners(&mut self) -> Result<(), ApplyError> {
        let mut happenings = std::mem::take(&mut self.applied.happenings);
        for happening in &mut happenings {
            let own = self.own_row(happening.conversation_id)?;
            let root = self.root(own)?;
            happening.owner = self.owner(root)?.map(|owner| owner.member);
        }
        self.applied.happenings = happenings;
        Ok(())
    }

    fn load_order(&mut self, key: &str, own: i64) -> Result<&mut Touched, ApplyError> {
        let touched = match Touched::by_key(self.db, key)? {
            Some(touched) => touched,
            None => {
                let row = self.next_purchase;
                self.next_purchase += 1;
                Touched {
                    row,
                    stored: None,
                    order: Order::default(),
                    placed_seq: 0,
                    own,
                    was_paid: false,
                    origin: Origin::default(),
                }
            }
        };
        Ok(self.orders.entry(key.to_owned()).or_insert(touched))
    }

    /// Takes in what the whole team shares.
    fn share(&mut self, seq: u64, stored_at: i64, told: &Told) -> Result<(), ApplyError> {
        let change = &mut self.applied.change;
        match team::take(self.db, signed(seq), stored_at, told)? {
            Some(Shared::Members | Shared::Sources) => change.views = true,
            Some(Shared::Templates) => change.templates = true,
            Some(Shared::Sequences) => (change.templates, self.plan) = (true, None),
            None => change.views |= saved::take(self.db, signed(seq), told)?,
        }
        Ok(())
    }

    fn flag(&mut self, own: i64, flag: i64) -> Result<(), ApplyError> {
        self.change(own, |conversation| conversation.flags |= flag)
    }

    fn hold(&mut self, own: i64, seq: u64, holder: Option<&Actor>) -> Result<(), ApplyError> {
        let seq = signed(seq);
        self.change(own, |conversation| {
            if seq > conversation.hold_seq {
                conversation.hold_seq = seq;
                conversation.holder = holder.map(|actor| Holding {
                    member: actor.id,
                    name: actor.name.clone(),
                });
            }
        })
    }

    fn change(&mut self, row: i64, how: impl FnOnce(&mut Conversation)) -> Result<(), ApplyError> {
        self.load(row)?;
        how(self
            .conversations
            .get_mut(&row)
            .ok_or(ApplyError::Corrupt)?);
        Ok(())
    }

    /// Returns the row of a public id itself, wherever it was merged into.
    fn own_row(&mut self, public: ConversationId) -> Result<i64, ApplyError> {
        if let Some(row) = self.rows.get(&public) {
            return Ok(*row);
        }
        let conversation = match Conversation::by_public(self.db, public)? {
            Some(conversation) => conversation,
            None => {
                self.next_conversation += 1;
                Conversation::new(self.next_conversation - 1, public)
            }
        };
        let row = conversation.row;
        self.rows.insert(public, row);
        self.conversations.entry(row).or_insert(conversation);
        Ok(row)
    }

    /// Follows merges to the conversation that is shown.
    fn root(&mut self, row: i64) -> Result<i64, ApplyError> {
        let mut at = row;
        for _ in 0..MAX_MERGES {
            match self.load(at)?.merged_into {
                0 => return Ok(at),
                into => at = into,
            }
        }
        Err(ApplyError::Corrupt)
    }

    fn load(&mut self, row: i64) -> Result<&Conversation, ApplyError> {
        if !self.conversations.contains_key(&row) {
            let found = Conversation::by_row(self.db, row)?.ok_or(ApplyError::Corrupt)?;
            self.rows.insert(found.public, row);
            self.conversations.insert(row, found);
        }
        self.conversations.get(&row).ok_or(ApplyError::Corrupt)
    }
}

/// Tells whether an event of `told` brought an order that stood at `stood` to where it stands `now`; an approved sale is told
/// when the money comes, and what follows it, as its delivery, is no news.
fn happened(told: Stage, stood: Option<Stage>, now: Option<Stage>, became_paid: bool) -> bool {
    match told {
        Stage::PurchaseApproved | Stage::SubscriptionRenewed => became_paid,
        _ if told.group() == StageGroup::Approved => false,
        _ => now == Some(told) && stood != now,
    }
}

fn signed(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}
