//! Where the finding of a person begins: by conversation, by what names them in the log, by order, by the platform's number.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;
use contract::kind;
use rusqlite::{Connection, params};

use super::super::super::append::position;
use super::super::super::deliveries::unpacked;
use super::super::super::place::{TraceKeys, optional};
use super::super::super::{blanking, keys};
use super::{Found, SLICE};
use crate::identity::{Trace, Traces};
use crate::store::{Fault, Key16, Sought, StoreError};

impl Found {
    /// Finds the conversations that a person is sought by, before merges are followed.
    pub(super) fn seed(&mut self, db: &Connection, sought: &Sought) -> Result<(), StoreError> {
        if let Some(id) = sought.conversation {
            let row = row_of(db, self.workspace_row, id.as_u128().to_be_bytes())?;
            self.seeds.insert(row.ok_or(StoreError::NotFound)?);
        }
        for (trace, text) in &sought.traces {
            self.needles.add(*trace, text);
            self.keys
                .insert(TraceKeys::one(self.workspace, *trace, text));
        }
        let orders: Vec<Key16> = sought
            .orders
            .iter()
            .map(|order| TraceKeys::one(self.workspace, Trace::Order, order))
            .collect();
        for row in keys::find(db, &orders)?.into_iter().flatten() {
            self.seed_row(db, row)?;
        }
        if let Some(number) = &sought.customer {
            self.seed_customer(db, number)?;
        }
        if sought.traces.is_empty() {
            return Ok(());
        }
        // A key leads to one conversation; that the person was named in others too, the log alone knows.
        let mut named = BTreeSet::new();
        let spotter = Spotter::of(&sought.traces)?;
        self.each_entry(db, self.entries_to, |entry| {
            if entry.kind == kind::COMMERCE && spotter.may_be_in(entry.body) {
                let traces = Traces::of(&entry.event()?);
                if sought
                    .traces
                    .iter()
                    .any(|(trace, text)| traces.has(*trace, text))
                {
                    named.extend(<[u8; 16]>::try_from(entry.conversation));
                }
            }
            Ok(())
        })?;
        for public in named {
            self.seeds.extend(row_of(db, self.workspace_row, public)?);
        }
        Ok(())
    }

    fn seed_row(&mut self, db: &Connection, row: i64) -> Result<(), StoreError> {
        let there: bool = db
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM conversation
                 WHERE id = ?1 AND workspace = ?2 AND erased_at = 0)",
            )?
            .query_row(params![row, self.workspace_row], |row| row.get(0))?;
        if there {
            self.seeds.insert(row);
        }
        Ok(())
    }

    /// Looks for deliveries of the one account that name its customer by the platform's number.
    fn seed_customer(&mut self, db: &Connection, number: &str) -> Result<(), StoreError> {
        let Some((integration, _)) = self.only_from else {
            return Ok(());
        };
        let mut last = 0;
        loop {
            let mut statement = db.prepare_cached(
                "SELECT id, integration, first_seq, entry_count, body
                 FROM delivery WHERE id > ?1 ORDER BY id LIMIT ?2",
            )?;
            let mut rows = statement.query(params![last, SLICE])?;
            let (mut count, mut named) = (0, Vec::new());
            while let Some(row) = rows.next()? {
                count += 1;
                last = row.get(0)?;
                let packed = row.get_ref(4)?.as_blob().map_err(|_| Fault::Damaged)?;
                let is_theirs = row.get::<_, i64>(1)? == integration
                    && !packed.is_empty()
                    && !blanking::covers(packed)
                    && names_customer(&unpacked(packed)?, number);
                if is_theirs {
                    named.push((last, row.get::<_, u64>(2)?, row.get::<_, u64>(3)?));
                }
            }
            for (delivery, first, entries) in named {
                self.seed_delivery(db, delivery, first..first.saturating_add(entries))?;
            }
            if count < SLICE {
                return Ok(());
            }
        }
    }

    /// Notes a delivery, and the conversations of what it brought.
    fn seed_delivery(
        &mut self,
        db: &Connection,
        delivery: i64,
        seqs: std::ops::Range<u64>,
    ) -> Result<(), StoreError> {
        if seqs.is_empty() {
            self.deliveries.insert(delivery);
        }
        for seq in seqs {
            let home: Option<Vec<u8>> = optional(
                db.prepare_cached("SELECT conversation FROM entry WHERE position = ?1")?
                    .query_row([position(self.workspace_row, seq)?], |row| row.get(0)),
            )?;
            let public = home.and_then(|home| <[u8; 16]>::try_from(home).ok());
            if let Some(public) = public {
                self.seeds.extend(row_of(db, self.workspace_row, public)?);
            }
        }
        Ok(())
    }
}

/// Tells whether a body names its customer by the platform's number. Platforms that say whom to erase have it at one place.
fn names_customer(body: &[u8], number: &str) -> bool {
    if !String::from_utf8_lossy(body).contains(number) {
        return false;
    }
    let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    match body.pointer("/customer/id") {
        Some(serde_json::Value::Number(id)) => id.to_string() == number,
        Some(serde_json::Value::String(id)) => id == number,
        _ => false,
    }
}

fn row_of(
    db: &Connection,
    workspace_row: i64,
    public: [u8; 16],
) -> Result<Option<i64>, StoreError> {
    optional(
        db.prepare_cached(
            "SELECT id FROM conversation WHERE public = ?1 AND workspace = ?2 AND erased_at = 0",
        )?
        .query_row(params![public, workspace_row], |row| row.get(0)),
    )
}

/// Spares most bodies from being read: match keys are in them letter by letter, but for the case of an address.
enum Spotter {
    Quick(AhoCorasick),
    /// Where small and capital letters of other alphabets count as one.
    Thorough(Vec<String>),
}

impl Spotter {
    fn of(traces: &[(Trace, String)]) -> Result<Self, StoreError> {
        let texts: Vec<String> = traces.iter().map(|(_, text)| text.to_lowercase()).collect();
        if !texts.iter().all(|text| text.is_ascii()) {
            return Ok(Self::Thorough(texts));
        }
        let search = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(texts);
        Ok(Self::Quick(search.map_err(|_| Fault::Internal)?))
    }

    fn may_be_in(&self, body: &str) -> bool {
        match self {
            Self::Quick(search) => search.is_match(body),
            Self::Thorough(texts) => {
                let small = body.to_lowercase();
                texts.iter().any(|text| small.contains(text.as_str()))
            }
        }
    }
}
