//! The JSON of every type that crosses a wire; a change of format cannot slip through.

mod declared;
mod entries;
mod people;
mod sales;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeZone, Utc};
use contract::{Actor, Chain, CommandId, ConversationId, Entry, MemberId, kind};
use serde::Serialize;
use serde_json::value::RawValue;

use entries::entry;

/// Keeps how values look, and remembers of which types there was one.
#[derive(Default)]
struct Kept(BTreeSet<String>);

impl Kept {
    /// Holds one value to its snapshot.
    fn keep<T: Serialize>(&mut self, name: &str, value: &T) {
        insta::assert_json_snapshot!(name, value);
        self.remember::<T>();
    }

    /// Holds all values of a list to one snapshot.
    fn each<T: Serialize>(&mut self, name: &str, values: &[T]) {
        insta::assert_json_snapshot!(name, values);
        self.remember::<T>();
    }

    fn remember<T>(&mut self) {
        let path = std::any::type_name::<T>();
        let name = path.rsplit("::").next().unwrap_or(path);
        self.0.insert(name.to_owned());
    }
}

/// A new type that crosses a wire has no value here, and what is here has to be one.
#[test]
fn every_type_that_crosses_a_wire_has_a_snapshot() {
    let mut kept = Kept::default();
    sales::events(&mut kept);
    sales::the_fold_as_it_is_stored(&mut kept);
    sales::stages(&mut kept);
    sales::money(&mut kept);
    sales::codes_to_pay_by(&mut kept);
    entries::feed(&mut kept);
    entries::ids(&mut kept);
    entries::handling(&mut kept);
    entries::filters(&mut kept);
    entries::subjects(&mut kept);
    people::commands(&mut kept);
    people::steps(&mut kept);
    people::people_and_refusals(&mut kept);
    assert_eq!(declared::types(), kept.0);
}

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 21, 15, 0, 0)
        .single()
        .expect("a real moment")
}

fn person() -> Actor {
    Actor {
        id: MemberId::new(1, [1; 10]),
        name: "Larissa".to_owned(),
    }
}

fn conversation() -> ConversationId {
    ConversationId::new(2, [2; 10])
}

fn command() -> CommandId {
    CommandId::new(3, [3; 10])
}

#[test]
fn an_entry_follows_only_its_own_past() {
    let entry = entry();
    assert!(entry.follows(Chain::EMPTY));
    assert!(!entry.follows(entry.chain));
    let changed = Entry {
        body: RawValue::from_string("{}".to_owned()).expect("JSON"),
        ..entry
    };
    assert!(!changed.follows(Chain::EMPTY));
}

#[test]
fn the_chain_goes_on_over_an_erased_entry() {
    let first = entry();
    let second = Entry {
        seq: first.seq + 1,
        chain: first.chain.next(
            first.seq + 1,
            noon(),
            first.conversation_id,
            &first.kind,
            first.body.get(),
        ),
        at: noon(),
        ..first.clone()
    };
    let erased = Entry {
        conversation_id: None,
        kind: kind::ERASED.to_owned(),
        body: RawValue::from_string("{}".to_owned()).expect("JSON"),
        ..first.clone()
    };
    assert!(erased.follows(Chain::EMPTY) && second.follows(erased.chain));
    let swapped = Entry {
        chain: Chain::EMPTY,
        ..erased
    };
    assert!(!second.follows(swapped.chain), "what follows shows it");
}
