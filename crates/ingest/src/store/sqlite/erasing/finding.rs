//! Finding all that is held of a person: their conversations, the entries that name those, and the deliveries that brought them
//! or speak of the person otherwise.
//!
//! The log and the deliveries are walked in slices, each a short read, so that nothing waits for it. What came meanwhile is
//! looked through by the writer.

use std::collections::{BTreeMap, BTreeSet};

use contract::{ConversationId, Event, IntegrationId, WorkspaceId, kind};
use rusqlite::{Connection, params};

use super::super::append::position;
use super::super::blanking;
use super::super::deliveries::unpacked;
use super::super::place::TraceKeys;
use super::Veil;
use super::needles::Needles;
use crate::identity::Traces;
use crate::store::{Fault, Key16, Sought, StoreError};

mod seeds;

/// Rows read at once.
const SLICE: u32 = 512;

/// All that is held of a person.
pub(in super::super) struct Found {
    pub(super) workspace: WorkspaceId,
    pub(super) workspace_row: i64,
    /// The rows that were found themselves, before merges are followed.
    seeds: BTreeSet<i64>,
    /// The person's conversations: rows and ids.
    pub(super) conversations: BTreeMap<i64, ConversationId>,
    only_from: Option<(i64, IntegrationId)>,
    /// Another account than the one meant has told of one of them, or of one that is merged with it.
    is_mixed: bool,
    /// The places of their entries.
    pub(super) entries: BTreeSet<i64>,
    pub(super) deliveries: BTreeSet<i64>,
    /// The hashed phones, addresses and documents.
    pub(super) keys: BTreeSet<Key16>,
    /// Accounts and their orders.
    pub(super) orders: BTreeSet<(IntegrationId, String)>,
    pub(super) needles: Needles,
    /// Checkouts that are waited for.
    pub(super) checkouts: BTreeSet<[u8; 16]>,
    /// Fetches of their orders.
    pub(super) jobs: BTreeSet<i64>,
    /// Up to where the log, the deliveries and the checkouts were looked through.
    entries_to: i64,
    deliveries_to: i64,
    checkouts_to: i64,
}

impl Found {
    /// Looks for a person. `only_from` is the row of the account that all has to come from.
    pub(super) fn look(
        db: &Connection,
        workspace: WorkspaceId,
        sought: &Sought,
        only_from: Option<(i64, IntegrationId)>,
    ) -> Result<Self, StoreError> {
        let workspace_row = db
            .prepare_cached("SELECT id FROM workspace WHERE public = ?1")?
            .query_row([workspace.as_u128().to_be_bytes()], |row| row.get(0))?;
        let mut found = Self {
            workspace,
            workspace_row,
            seeds: BTreeSet::new(),
            conversations: BTreeMap::new(),
            only_from,
            is_mixed: false,
            entries: BTreeSet::new(),
            deliveries: BTreeSet::new(),
            keys: BTreeSet::new(),
            orders: BTreeSet::new(),
            needles: Needles::default(),
            checkouts: BTreeSet::new(),
            jobs: BTreeSet::new(),
            entries_to: position(workspace_row, 0)?,
            deliveries_to: 0,
            checkouts_to: -1,
        };
        found.seed(db, sought)?;
        found.conversations = found.whole(db)?;
        found.gather_entries(db)?;
        if found.is_mixed {
            found.let_go(sought);
        }
        found.gather_deliveries(db)?;
        found.gather_checkouts(db)?;
        found.jobs = found.jobs_of(db)?;
        Ok(found)
    }

    /// Leaves out what is on its way out with all customers of an account.
    pub(super) fn leave_out(&mut self, veil: &Veil) {
        let hidden = |id: &ConversationId| veil.hides_conversation(&id.as_u128().to_be_bytes());
        self.conversations.retain(|_, id| !hidden(id));
        self.deliveries.retain(|row| !veil.hides_delivery(*row));
    }

    /// Tells whether nothing is held.
    pub(super) fn is_empty(&self) -> bool {
        self.conversations.is_empty() && self.deliveries.is_empty()
    }

    /// Looks through what came since; false when the person's conversations are others now, so that all has to be begun anew.
    pub(super) fn look_on(&mut self, db: &Connection) -> Result<bool, StoreError> {
        if self.whole(db)? != self.conversations {
            return Ok(false);
        }
        self.gather_entries(db)?;
        if self.is_mixed {
            return Ok(false);
        }
        self.gather_deliveries(db)?;
        self.gather_checkouts(db)?;
        Ok(true)
    }

    /// Looks through what came since, on a reader's connection; tells whether so little did that the writer can do the rest.
    pub(super) fn catch_up(mut self, db: &Connection) -> Result<(Self, bool), StoreError> {
        let before = (self.entries_to, self.deliveries_to);
        // Where the conversations are others now, the writer will say so.
        let is_same = self.look_on(db)?;
        let near = i64::from(SLICE);
        let is_near = self.entries_to - before.0 < near && self.deliveries_to - before.1 < near;
        Ok((self, is_near || !is_same))
    }

    /// Tells whether a text names the person; one from another account does not count where only one is meant.
    pub(super) fn are_in(&self, body: &[u8], from: Option<IntegrationId>) -> bool {
        let counts = match (self.only_from, from) {
            (Some((_, only)), Some(from)) => only == from,
            _ => true,
        };
        counts && self.needles.are_in(body)
    }

    /// Follows merges both ways from what was found.
    fn whole(&self, db: &Connection) -> Result<BTreeMap<i64, ConversationId>, StoreError> {
        let mut whole = BTreeMap::new();
        let mut next: Vec<i64> = self.seeds.iter().copied().collect();
        while let Some(row) = next.pop() {
            if whole.contains_key(&row) {
                continue;
            }
            let (public, into): ([u8; 16], i64) = db
                .prepare_cached("SELECT public, merged_into FROM conversation WHERE id = ?1")?
                .query_row([row], |row| Ok((row.get(0)?, row.get(1)?)))?;
            whole.insert(row, ConversationId::from_u128(u128::from_be_bytes(public)));
            next.extend(Some(into).filter(|into| *into != 0));
            let mut below = db.prepare_cached(
                "SELECT id FROM conversation WHERE merged_into = ?1 AND merged_into <> 0",
            )?;
            for part in below.query_map([row], |row| row.get::<_, i64>(0))? {
                next.push(part?);
            }
        }
        Ok(whole)
    }

    /// Keeps only what needs no conversation: of somebody whom another account knows too, a person has to decide.
    fn let_go(&mut self, sought: &Sought) {
        self.is_mixed = false;
        self.seeds.clear();
        self.conversations.clear();
        self.entries.clear();
        self.orders.clear();
        self.needles = Needles::default();
        for (trace, text) in &sought.traces {
            self.needles.add(*trace, text);
        }
    }

    fn publics(&self) -> BTreeSet<Vec<u8>> {
        let ids = self.conversations.values();
        ids.map(|id| id.as_u128().to_be_bytes().to_vec()).collect()
    }

    fn gather_entries(&mut self, db: &Connection) -> Result<(), StoreError> {
        let mine = self.publics();
        let (mut places, mut events) = (BTreeSet::new(), Vec::<Event>::new());
        let to = self.each_entry(db, self.entries_to, |entry| {
            if mine.contains(entry.conversation) {
                places.insert(entry.position);
                if entry.kind == kind::COMMERCE {
                    events.push(entry.event()?);
                }
            }
            Ok(())
        })?;
        for event in events {
            let only = self.only_from.map(|(_, only)| only);
            self.is_mixed |= only.is_some_and(|only| only != event.integration_id);
            self.needles.add_event(&event);
            let traces = Traces::of(&event);
            let keys = TraceKeys::of(self.workspace, &traces);
            self.keys.extend(keys.personal());
            self.orders
                .insert((event.integration_id, event.external_id));
        }
        self.entries.append(&mut places);
        self.entries_to = to;
        Ok(())
    }

    /// Walks the workspace's entries behind a place; returns where the next walk begins.
    fn each_entry(
        &self,
        db: &Connection,
        after: i64,
        mut take: impl FnMut(&Walked<'_>) -> Result<(), StoreError>,
    ) -> Result<i64, StoreError> {
        let end = position(self.workspace_row + 1, 0)?;
        let mut last = after;
        loop {
            let mut statement = db.prepare_cached(
                "SELECT position, conversation, kind, body FROM entry
                 WHERE position > ?1 AND position < ?2 ORDER BY position LIMIT ?3",
            )?;
            let mut rows = statement.query(params![last, end, SLICE])?;
            let mut count = 0;
            while let Some(row) = rows.next()? {
                count += 1;
                last = row.get(0)?;
                take(&Walked {
                    position: last,
                    conversation: row.get_ref(1)?.as_blob().map_err(|_| Fault::Damaged)?,
                    kind: row.get_ref(2)?.as_str().map_err(|_| Fault::Damaged)?,
                    body: row.get_ref(3)?.as_str().map_err(|_| Fault::Damaged)?,
                })?;
            }
            if count < SLICE {
                return Ok(last);
            }
        }
    }

    fn gather_deliveries(&mut self, db: &Connection) -> Result<(), StoreError> {
        loop {
            let mut statement = db.prepare_cached(
                "SELECT id, workspace, integration, first_seq, entry_count, duplicate_of, body
                 FROM delivery WHERE id > ?1 ORDER BY id LIMIT ?2",
            )?;
            let mut rows = statement.query(params![self.deliveries_to, SLICE])?;
            let mut count = 0;
            while let Some(row) = rows.next()? {
                count += 1;
                self.deliveries_to = row.get(0)?;
                if row.get::<_, i64>(1)? == self.workspace_row && self.is_about(row)? {
                    self.deliveries.insert(self.deliveries_to);
                }
            }
            if count < SLICE {
                return Ok(());
            }
        }
    }

    /// Looks through the checkouts that are waited for, of which those of new deliveries are new.
    fn gather_checkouts(&mut self, db: &Connection) -> Result<(), StoreError> {
        let mut statement = db.prepare_cached(
            "SELECT key, delivery, event FROM checkout WHERE workspace = ?1 AND delivery > ?2",
        )?;
        let mut rows = statement.query(params![self.workspace_row, self.checkouts_to])?;
        while let Some(row) = rows.next()? {
            let delivery: i64 = row.get(1)?;
            let event = row.get_ref(2)?.as_str().map_err(|_| Fault::Damaged)?;
            let origin: Origin = serde_json::from_str(event).map_err(|_| Fault::Damaged)?;
            self.checkouts_to = self.checkouts_to.max(delivery);
            let is_theirs = self.deliveries.contains(&delivery)
                || self.are_in(event.as_bytes(), Some(origin.integration_id));
            if is_theirs {
                self.checkouts.insert(row.get(0)?);
            }
        }
        Ok(())
    }

    fn jobs_of(&self, db: &Connection) -> Result<BTreeSet<i64>, StoreError> {
        let mut found = BTreeSet::new();
        let accounts: BTreeSet<IntegrationId> = self.orders.iter().map(|(id, _)| *id).collect();
        for account in accounts {
            let orders = self.orders.iter().filter(|(id, _)| *id == account);
            let orders: Vec<&String> = orders.map(|(_, order)| order).collect();
            let mut statement = db.prepare_cached(
                "SELECT id FROM job WHERE kind = 0
                 AND integration = (SELECT id FROM integration WHERE public = ?1)
                 AND subject IN (SELECT value FROM json_each(?2))",
            )?;
            let orders = serde_json::to_string(&orders).map_err(|_| Fault::Internal)?;
            let ids = params![account.as_u128().to_be_bytes(), orders];
            for id in statement.query_map(ids, |row| row.get::<_, i64>(0))? {
                found.insert(id?);
            }
        }
        Ok(found)
    }

    /// Tells whether a delivery brought one of the entries, repeats one that did, or names the person without having made an
    /// entry. What made one entry of somebody else's is theirs, even where both have an address in common.
    fn is_about(&self, row: &rusqlite::Row<'_>) -> Result<bool, StoreError> {
        let integration: i64 = row.get(2)?;
        if self.only_from.is_some_and(|(only, _)| only != integration) {
            return Ok(false);
        }
        let (first, count, original): (u64, u64, i64) = (row.get(3)?, row.get(4)?, row.get(5)?);
        let places = position(self.workspace_row, first)?
            ..position(self.workspace_row, first.saturating_add(count))?;
        if self.entries.range(places).next().is_some() || self.deliveries.contains(&original) {
            return Ok(true);
        }
        if count == 1 || original != 0 {
            return Ok(false);
        }
        let packed = row.get_ref(6)?.as_blob().map_err(|_| Fault::Damaged)?;
        Ok(!blanking::covers(packed) && self.needles.are_in(&unpacked(packed)?))
    }
}

/// Where a stored event came from.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Origin {
    pub(super) integration_id: IntegrationId,
}

/// One entry on the way past.
struct Walked<'a> {
    position: i64,
    conversation: &'a [u8],
    kind: &'a str,
    body: &'a str,
}

impl Walked<'_> {
    fn event(&self) -> Result<Event, StoreError> {
        serde_json::from_str(self.body).map_err(|_| Fault::Damaged.into())
    }
}
