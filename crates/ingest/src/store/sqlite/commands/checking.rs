//! What a command's body may hold, whoever sends it.

use contract::{Action, SnoozeUntil};

/// Longest note and message, in characters.
const LONGEST_TEXT: usize = 4_000;

/// Longest key of a template or an order, in bytes.
const LONGEST_KEY: usize = 512;

/// Longest label, in characters.
const LONGEST_LABEL: usize = 40;

/// The most labels or mentions of one command.
const MOST: usize = 20;

/// Tells whether a command's body can be done at all.
pub(super) fn is_acceptable(action: &Action) -> bool {
    match action {
        Action::Claim {}
        | Action::Release {}
        | Action::Assign { .. }
        | Action::Resolve {}
        | Action::Reopen {}
        | Action::Wake {}
        | Action::Reveal { .. }
        | Action::Merge { .. }
        | Action::Unmerge { .. }
        | Action::KeepApart { .. } => true,
        Action::Snooze { until } => match until {
            SnoozeUntil::Time { .. } | SnoozeUntil::Reply {} => true,
            SnoozeUntil::Paid { order_key } | SnoozeUntil::Expired { order_key } => {
                !order_key.is_empty() && is_key(order_key)
            }
        },
        Action::Label { add, remove } => {
            let count = add.len() + remove.len();
            (1..=MOST).contains(&count) && add.iter().chain(remove).all(|label| is_label(label))
        }
        Action::Note { text, mentions } => is_text(text) && mentions.len() <= MOST,
        Action::Receive { text, .. } => is_short(text),
        Action::HandOver {
            text,
            template_key,
            order_key,
            ..
        } => {
            let keys = [template_key, order_key];
            is_text(text) && keys.into_iter().flatten().all(|key| is_key(key))
        }
    }
}

fn is_text(text: &str) -> bool {
    !text.trim().is_empty() && is_short(text)
}

fn is_short(text: &str) -> bool {
    text.chars().take(LONGEST_TEXT + 1).count() <= LONGEST_TEXT
}

fn is_key(key: &str) -> bool {
    key.len() <= LONGEST_KEY
}

fn is_label(label: &str) -> bool {
    let length = label.chars().take(LONGEST_LABEL + 1).count();
    label.trim() == label
        && (1..=LONGEST_LABEL).contains(&length)
        && !label.chars().any(char::is_control)
}
