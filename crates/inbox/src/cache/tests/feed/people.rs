//! Who is one person: telling it, and a model of what the service would know of it.

use std::collections::BTreeMap;

use contract::entry::{KeptApart, MergeSuggested, Merged, Shared, Unmerged};
use contract::{Actor, ConversationId, kind};

use super::{Feed, conversation};

impl Feed {
    /// Tells of a merge that evidence showed.
    pub(crate) fn merge(&mut self, into: ConversationId, from: ConversationId) -> &mut Self {
        self.merged(into, from, "phone", None)
    }

    /// Tells of a merge that somebody asked for.
    pub(crate) fn merge_by(
        &mut self,
        into: ConversationId,
        from: ConversationId,
        by: &Actor,
    ) -> &mut Self {
        self.merged(into, from, "person", Some(by))
    }

    pub(crate) fn unmerge(
        &mut self,
        into: ConversationId,
        from: ConversationId,
        by: &Actor,
    ) -> &mut Self {
        let told = self.by(by);
        let body = Unmerged {
            from,
            command_id: told.command_id,
            by: told.by,
        };
        self.entry(Some(into), kind::UNMERGED, &body)
    }

    pub(crate) fn suggest(
        &mut self,
        one: ConversationId,
        other: ConversationId,
        reason: &str,
    ) -> &mut Self {
        let body = MergeSuggested {
            other,
            reason: reason.to_owned(),
        };
        self.entry(Some(one), kind::MERGE_SUGGESTED, &body)
    }

    pub(crate) fn keep_apart(
        &mut self,
        one: ConversationId,
        other: ConversationId,
        by: &Actor,
    ) -> &mut Self {
        let told = self.by(by);
        let body = KeptApart {
            other,
            command_id: told.command_id,
            by: told.by,
        };
        self.entry(Some(one), kind::KEPT_APART, &body)
    }

    pub(crate) fn share(&mut self, one: ConversationId, names: u32) -> &mut Self {
        self.entry(Some(one), kind::SHARED, &Shared { names })
    }

    fn merged(
        &mut self,
        into: ConversationId,
        from: ConversationId,
        reason: &str,
        by: Option<&Actor>,
    ) -> &mut Self {
        let told = by.map(|by| self.by(by));
        let body = Merged {
            from,
            reason: reason.to_owned(),
            command_id: told.as_ref().map(|told| told.command_id),
            by: told.map(|told| told.by),
        };
        self.entry(Some(into), kind::MERGED, &body)
    }

    /// Returns the same feed, at the same numbers, in which no merge was ever told that was undone later.
    pub(crate) fn without_undone_merges(&self) -> Self {
        let mut last = BTreeMap::new();
        for entry in &self.entries {
            if let Ok(merged) = entry.read::<Merged>()
                && entry.kind == kind::MERGED
            {
                last.insert(merged.from, entry.seq);
            }
            if let Ok(unmerged) = entry.read::<Unmerged>()
                && entry.kind == kind::UNMERGED
            {
                last.remove(&unmerged.from);
            }
        }
        let mut feed = Self::default();
        for entry in &self.entries {
            let is_link = [kind::MERGED, kind::UNMERGED].contains(&entry.kind.as_str());
            let stands = !is_link || last.values().any(|seq| *seq == entry.seq);
            let kind = if stands {
                entry.kind.as_str()
            } else {
                "conversation.sung_to"
            };
            feed.at = entry.at;
            feed.entry(entry.conversation_id, kind, &entry.body);
        }
        feed
    }
}

/// Knows which conversations of a story are merged: a forest, as the service keeps it.
#[derive(Default)]
pub(super) struct Families {
    into: BTreeMap<u64, u64>,
}

impl Families {
    /// Returns the conversation that stands for one.
    pub(super) fn root(&self, mut one: u64) -> u64 {
        while let Some(into) = self.into.get(&one) {
            one = *into;
        }
        one
    }

    /// Merges what stands for two; returns the one that stays and the one taken in, unless they are one already.
    pub(super) fn merge(
        &mut self,
        one: u64,
        other: u64,
    ) -> Option<(ConversationId, ConversationId)> {
        let (into, from) = (self.root(one), self.root(other));
        if into == from {
            return None;
        }
        self.into.insert(from, into);
        Some((conversation(into), conversation(from)))
    }

    /// Undoes a merge; returns the one that stood for both and the one that stands by itself again.
    pub(super) fn unmerge(&mut self, one: u64) -> Option<(ConversationId, ConversationId)> {
        let root = self.root(one);
        self.into.remove(&one)?;
        Some((conversation(root), conversation(one)))
    }
}
