use chrono::DateTime;
use contract::{Action, Channel, MemberId, PersonPart, SnoozeUntil};

use super::{Before, is_current, opposites};

const ME: MemberId = MemberId::from_u128(1);
const RAFAEL: MemberId = MemberId::from_u128(2);
const BIA: MemberId = MemberId::from_u128(3);

fn until(at: i64) -> SnoozeUntil {
    SnoozeUntil::Time {
        at: DateTime::from_timestamp_millis(at).expect("a time"),
    }
}

fn snooze(at: i64) -> Action {
    Action::Snooze { until: until(at) }
}

fn label(add: &[&str], remove: &[&str]) -> Action {
    let owned = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect();
    Action::Label {
        add: owned(add),
        remove: owned(remove),
    }
}

fn owned_by(owner: Option<MemberId>) -> Before {
    Before {
        owner,
        ..Before::default()
    }
}

fn back(action: &Action, before: &Before) -> Vec<Action> {
    opposites(action, before, ME)
}

#[test]
fn a_hand_is_given_back_to_whoever_had_it() {
    let assign = |to| Action::Assign { to };
    for (action, owner, expected) in [
        (Action::Claim {}, None, vec![Action::Release {}]),
        (Action::Claim {}, Some(ME), vec![]),
        (Action::Release {}, Some(ME), vec![Action::Claim {}]),
        (Action::Release {}, None, vec![]),
        (assign(ME), None, vec![Action::Release {}]),
        (assign(RAFAEL), Some(RAFAEL), vec![]),
        (assign(RAFAEL), Some(BIA), vec![assign(BIA)]),
        (assign(RAFAEL), Some(ME), vec![assign(ME)]),
        (assign(RAFAEL), None, vec![assign(ME), Action::Release {}]),
    ] {
        assert_eq!(
            back(&action, &owned_by(owner)),
            expected,
            "{action:?} of {owner:?}"
        );
    }
}

#[test]
fn handling_goes_back_to_what_it_was() {
    let open = Before::default();
    let resolved = Before::default().resolved(true);
    let snoozed = Before {
        snooze: Some(until(9)),
        ..Before::default()
    };
    for (action, before, expected) in [
        (Action::Resolve {}, &open, vec![Action::Reopen {}]),
        (Action::Resolve {}, &resolved, vec![]),
        (
            Action::Resolve {},
            &snoozed,
            vec![Action::Reopen {}, snooze(9)],
        ),
        (Action::Reopen {}, &resolved, vec![Action::Resolve {}]),
        (Action::Reopen {}, &open, vec![]),
        (snooze(5), &open, vec![Action::Wake {}]),
        (snooze(5), &snoozed, vec![snooze(9)]),
        (snooze(5), &resolved, vec![Action::Resolve {}]),
        (Action::Wake {}, &snoozed, vec![snooze(9)]),
        (Action::Wake {}, &open, vec![]),
    ] {
        assert_eq!(back(&action, before), expected, "{action:?} of {before:?}");
    }
    assert!(is_current(&snooze(9), 8) && !is_current(&snooze(9), 9));
}

#[test]
fn only_labels_that_changed_are_turned_back() {
    let before = Before {
        labels: vec!["VIP".to_owned(), "troca".to_owned()],
        ..Before::default()
    };
    for (action, expected) in [
        (label(&["novo"], &[]), vec![label(&[], &["novo"])]),
        (label(&["vip"], &[]), vec![]),
        (label(&[], &["vip"]), vec![label(&["VIP"], &[])]),
        (label(&[], &["outro"]), vec![]),
        (
            label(&["novo", "VIP"], &["Troca", "outro"]),
            vec![label(&["troca"], &["novo"])],
        ),
    ] {
        assert_eq!(back(&action, &before), expected, "{action:?}");
    }
}

#[test]
fn what_was_said_stays_said() {
    let note = Action::Note {
        text: "x".to_owned(),
        mentions: Vec::new(),
    };
    let answer = Action::Receive {
        channel: Channel::Whatsapp,
        text: String::new(),
    };
    let reveal = Action::Reveal {
        part: PersonPart::Phone,
    };
    for action in [note, answer, reveal] {
        assert_eq!(back(&action, &Before::default()), [], "{action:?}");
    }
}
