//! Who else a conversation's person is, may be, and is not: what was told, with what is pending laid over it.

use std::collections::BTreeMap;

use contract::phone::Phone;
use contract::{Action, Actor, ConversationId, Customer};
use rusqlite::Connection;

use super::super::batch::bought;
use super::super::conversation::{Conversation, Times};
use super::super::judge::{self, Bought};
use super::super::links::{self, Said, Standing};
use super::super::{ApplyError, Overlay, Pending};
use super::talk;
use crate::view::{MergeState, MergedPerson, PersonPart, Suggestion};

/// The reason of a merge that somebody asked for.
const PERSON: &str = "person";

/// Suggestions shown at once, the newest; the others come up when these are dealt with.
const MAX_SUGGESTED: usize = 5;

/// Says who else a conversation's person is or may be.
pub(super) struct People {
    pub(super) merged: Vec<MergedPerson>,
    pub(super) suggestions: Vec<Suggestion>,
    pub(super) shared: Option<u32>,
}

/// Reads who else a person is; `parts` begin with the conversation that is shown, `orders` come newest first.
pub(super) fn people(
    db: &Connection,
    parts: &[Conversation],
    orders: &[Bought],
    overlay: &Overlay,
) -> Result<People, ApplyError> {
    let mut shared = None;
    for part in parts {
        shared = shared.max(links::shared(db, part.row)?);
    }
    let mut people = People {
        merged: merged(db, parts, orders, overlay)?,
        suggestions: suggestions(db, parts, &talk::customer(orders))?,
        shared,
    };
    for pending in &overlay.pending {
        people.lay(db, parts, pending, &overlay.me)?;
    }
    Ok(people)
}

impl People {
    /// Lays one pending action over what was told.
    fn lay(
        &mut self,
        db: &Connection,
        parts: &[Conversation],
        pending: &Pending,
        me: &Actor,
    ) -> Result<(), ApplyError> {
        let (other, is_merge) = match pending.action {
            Action::Merge { other } => (other, true),
            Action::KeepApart { other } => (other, false),
            Action::Unmerge { from } => {
                self.separate(from);
                return Ok(());
            }
            _ => return Ok(()),
        };
        let (Some(one), Some(other)) = (
            Conversation::shown(db, pending.conversation_id)?,
            Conversation::shown(db, other)?,
        ) else {
            return Ok(());
        };
        let is_here = |found: &Conversation| parts.iter().any(|part| part.row == found.row);
        match (is_here(&one), is_here(&other)) {
            (true, false) if is_merge => {
                self.forget(other.public);
                self.merged.push(MergedPerson {
                    id: other.public,
                    name: Some(other.name).filter(|name| !name.is_empty()),
                    reason: PERSON.to_owned(),
                    by_name: Some(me.name.clone()),
                    by_me: true,
                    at: pending.made_at,
                    state: MergeState::Merging,
                });
            }
            (true, false) => self.forget(other.public),
            (false, true) => self.forget(one.public),
            _ => {}
        }
        Ok(())
    }

    fn forget(&mut self, id: ConversationId) {
        self.suggestions.retain(|suggestion| suggestion.id != id);
    }

    fn separate(&mut self, from: ConversationId) {
        self.merged
            .retain(|person| person.id != from || person.state != MergeState::Merging);
        for person in self.merged.iter_mut().filter(|person| person.id == from) {
            person.state = MergeState::Separating;
        }
    }
}

fn merged(
    db: &Connection,
    parts: &[Conversation],
    orders: &[Bought],
    overlay: &Overlay,
) -> Result<Vec<MergedPerson>, ApplyError> {
    let mut taken: Vec<&Conversation> = parts.iter().skip(1).collect();
    taken.sort_by_key(|part| part.merged_seq);
    let mut people = Vec::new();
    for part in taken {
        let own = orders.iter().filter(|bought| bought.own == part.row);
        let name = judge::name(own);
        let link = links::link(db, part.row)?.ok_or(ApplyError::Corrupt)?;
        people.push(MergedPerson {
            id: part.public,
            name: Some(name).filter(|name| !name.is_empty()),
            reason: link.reason,
            by_me: link
                .by
                .as_ref()
                .is_some_and(|by| by.member == overlay.me.id),
            by_name: link.by.map(|by| by.name),
            at: link.at,
            state: MergeState::Merged,
        });
    }
    Ok(people)
}

/// Returns who may be the same person, newest first: somebody of whom a part was suggested for a part of this one, and no part
/// was kept apart from any of this one's, as the service has it.
fn suggestions(
    db: &Connection,
    parts: &[Conversation],
    person: &Customer,
) -> Result<Vec<Suggestion>, ApplyError> {
    let mut others: BTreeMap<ConversationId, (Conversation, Vec<Said>)> = BTreeMap::new();
    for part in parts {
        for said in links::said(db, part.row)? {
            let Some(other) = Conversation::by_row(db, said.other)? else {
                continue;
            };
            let Some(other) = Conversation::shown(db, other.public)? else {
                continue;
            };
            if !parts.iter().any(|part| part.row == other.row) {
                let entry = others.entry(other.public).or_insert((other, Vec::new()));
                entry.1.push(said);
            }
        }
    }
    let mut suggested = Vec::new();
    for (other, said) in others.into_values() {
        let is_known = Times::of(&other.clone().parts(db)?).happened_at != 0;
        let is_apart = said.iter().any(|said| said.standing == Standing::Apart);
        let newest = said
            .into_iter()
            .filter(|said| said.standing == Standing::Suggested)
            .max_by_key(|said| said.seq);
        if let Some(said) = newest.filter(|_| is_known && !is_apart) {
            suggested.push((said.seq, other, said.reason));
        }
    }
    suggested.sort_by_key(|(seq, ..)| std::cmp::Reverse(*seq));
    let mut shown = Vec::new();
    for (_, other, reason) in suggested.into_iter().take(MAX_SUGGESTED) {
        let theirs = talk::customer(&talk::newest_first(bought(db, other.row)?));
        shown.push(Suggestion {
            id: other.public,
            name: Some(other.name).filter(|name| !name.is_empty()),
            differs: differing(person, &theirs, &reason),
            reason,
        });
    }
    Ok(shown)
}

/// Returns the parts that both people are known by and that differ, but the one they were found to have in common.
fn differing(one: &Customer, other: &Customer, reason: &str) -> Vec<PersonPart> {
    let phone = |person: &Customer| {
        let told = person.phone.as_deref().or(person.phone_typed.as_deref())?;
        Phone::parse(told, None).match_key().map(str::to_owned)
    };
    let email = |person: &Customer| Some(person.email.as_deref()?.trim().to_lowercase());
    let document = |person: &Customer| {
        let told = person.document.as_deref()?.chars();
        Some(told.filter(char::is_ascii_alphanumeric).collect::<String>())
    };
    let parts = [
        (PersonPart::Phone, "phone", phone(one), phone(other)),
        (PersonPart::Email, "email", email(one), email(other)),
        (
            PersonPart::Document,
            "document",
            document(one),
            document(other),
        ),
    ];
    parts
        .into_iter()
        .filter(|(_, name, one, other)| {
            *name != reason && one.is_some() && other.is_some() && one != other
        })
        .map(|(part, ..)| part)
        .collect()
}
