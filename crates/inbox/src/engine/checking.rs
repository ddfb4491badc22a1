//! What an action may hold, as the service checks it too: a mistake is told at once and not when the line is back. Pure.

use contract::{Action, SnoozeUntil};

use crate::error::Refusal;
use crate::leaving::LONGEST_TEXT;

/// Longest key of an order, in bytes.
const LONGEST_KEY: usize = 512;

/// Longest label, in characters.
const LONGEST_LABEL: usize = 40;

/// The most labels or mentions of one action.
const MOST: usize = 20;

/// Checks an action that is about to be written down at `now` (Unix milliseconds); hand-overs have their own door.
///
/// # Errors
/// `Invalid`.
pub(super) fn check(action: &Action, now: i64) -> Result<(), Refusal> {
    match action {
        Action::Claim {}
        | Action::Release {}
        | Action::Assign { .. }
        | Action::Resolve {}
        | Action::Reopen {}
        | Action::Wake {}
        | Action::Merge { .. }
        | Action::Unmerge { .. }
        | Action::KeepApart { .. }
        | Action::Reveal { .. } => Ok(()),
        Action::Snooze { until } => snooze(until, now),
        Action::Label { add, remove } => labels(add, remove),
        Action::Note { text, mentions } => note(text, mentions.len()),
        Action::Receive { text, .. } => acceptable(
            text.chars().count() <= LONGEST_TEXT,
            "an answer has at most 4,000 characters",
        ),
        Action::HandOver { .. } => Err(Refusal::Invalid("a text is handed over, not acted")),
    }
}

fn snooze(until: &SnoozeUntil, now: i64) -> Result<(), Refusal> {
    match until {
        SnoozeUntil::Time { at } => acceptable(
            at.timestamp_millis() > now,
            "a conversation is put aside until a time to come",
        ),
        SnoozeUntil::Paid { order_key } | SnoozeUntil::Expired { order_key } => acceptable(
            (1..=LONGEST_KEY).contains(&order_key.len()),
            "an order's key has 1 to 512 bytes",
        ),
        SnoozeUntil::Reply {} => Ok(()),
    }
}

fn labels(add: &[String], remove: &[String]) -> Result<(), Refusal> {
    let count = add.len().saturating_add(remove.len());
    acceptable((1..=MOST).contains(&count), "1 to 20 labels at once")?;
    acceptable(
        add.iter().chain(remove).all(|label| is_label(label)),
        "a label has 1 to 40 characters in one line",
    )
}

fn is_label(label: &str) -> bool {
    label.trim() == label
        && (1..=LONGEST_LABEL).contains(&label.chars().count())
        && !label.chars().any(char::is_control)
}

fn note(text: &str, mentions: usize) -> Result<(), Refusal> {
    let fits = !text.trim().is_empty() && text.chars().count() <= LONGEST_TEXT;
    acceptable(fits, "a note has 1 to 4,000 characters")?;
    acceptable(mentions <= MOST, "a note mentions at most 20 members")
}

fn acceptable(fits: bool, otherwise: &'static str) -> Result<(), Refusal> {
    if fits {
        Ok(())
    } else {
        Err(Refusal::Invalid(otherwise))
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use contract::{Action, Channel, MemberId, SnoozeUntil};

    use super::check;

    fn label(add: &[&str], remove: &[&str]) -> Action {
        let owned = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect();
        Action::Label {
            add: owned(add),
            remove: owned(remove),
        }
    }

    fn until(at: i64) -> Action {
        let at = DateTime::from_timestamp_millis(at).expect("a time");
        Action::Snooze {
            until: SnoozeUntil::Time { at },
        }
    }

    fn note(text: &str, mentions: usize) -> Action {
        Action::Note {
            text: text.to_owned(),
            mentions: vec![MemberId::from_u128(1); mentions],
        }
    }

    #[test]
    fn what_the_service_would_refuse_is_not_written_down() {
        let forty = "é".repeat(40);
        let long = "é".repeat(41);
        let order = |order_key: &str| Action::Snooze {
            until: SnoozeUntil::Paid {
                order_key: order_key.to_owned(),
            },
        };
        let answer = |length: usize| Action::Receive {
            channel: Channel::Whatsapp,
            text: "a".repeat(length),
        };
        for (action, fits) in [
            (Action::Claim {}, true),
            (label(&["VIP"], &[]), true),
            (label(&[], &["VIP"]), true),
            (label(&[&forty], &[]), true),
            (label(&[&long], &[]), false),
            (label(&[], &[]), false),
            (label(&[" VIP"], &[]), false),
            (label(&["a\nb"], &[]), false),
            (label(&["a"; 20], &[]), true),
            (label(&["a"; 20], &["b"]), false),
            (until(1_001), true),
            (until(1_000), false),
            (order("kiwify:1"), true),
            (order(""), false),
            (note("x", 20), true),
            (note("x", 21), false),
            (note("  ", 0), false),
            (answer(0), true),
            (answer(4_000), true),
            (answer(4_001), false),
        ] {
            assert_eq!(check(&action, 1_000).is_ok(), fits, "{action:?}");
        }
    }
}
