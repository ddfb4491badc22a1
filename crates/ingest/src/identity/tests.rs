use contract::{ConversationId, Customer};
use proptest::prelude::*;

use super::{Found, Kinds, Trace, document_key, email_key, phone_key, place};

fn kinds(traces: &[Trace]) -> Kinds {
    traces.iter().copied().fold(Kinds::default(), Kinds::with)
}

fn conversation(n: u8) -> ConversationId {
    ConversationId::from_u128(n.into())
}

#[test]
fn placing_by_what_was_found() {
    use Trace::{Document, Email, Order, Phone};
    let nobody: &[Trace] = &[];
    // Found: trace, conversation (smaller is older), known by. Expected: conversation, merged with reason.
    type Case<'a> = (
        &'a str,
        &'a [(Trace, u8, &'a [Trace])],
        Option<u8>,
        &'a [(u8, Trace)],
    );
    let cases: &[Case<'_>] = &[
        ("nothing leads anywhere", &[], None, &[]),
        ("a known phone", &[(Phone, 1, &[Phone])], Some(1), &[]),
        (
            "all lead to one",
            &[(Order, 1, &[Phone]), (Phone, 1, &[Phone])],
            Some(1),
            &[],
        ),
        (
            "an order stays, whoever writes",
            &[(Order, 2, &[Phone]), (Phone, 1, &[Phone])],
            Some(2),
            &[],
        ),
        (
            "phone before e-mail",
            &[(Phone, 2, &[Phone, Email]), (Email, 1, &[Email, Phone])],
            Some(2),
            &[],
        ),
        (
            "e-mail before document",
            &[(Email, 2, &[Email]), (Document, 1, &[Document, Email])],
            Some(2),
            &[],
        ),
        (
            "an anonymous order joins its person",
            &[(Order, 1, nobody), (Phone, 2, &[Phone])],
            Some(2),
            &[(1, Phone)],
        ),
        (
            "also when the person is older",
            &[(Order, 2, nobody), (Email, 1, &[Email])],
            Some(1),
            &[(2, Email)],
        ),
        (
            "nothing contradicts: the older stays",
            &[(Phone, 2, &[Phone]), (Email, 1, &[Email])],
            Some(1),
            &[(2, Email)],
        ),
        (
            "and the other way",
            &[(Phone, 1, &[Phone]), (Email, 2, &[Email])],
            Some(1),
            &[(2, Email)],
        ),
        (
            "two phones contradict",
            &[(Phone, 1, &[Phone]), (Email, 2, &[Phone, Email])],
            Some(1),
            &[],
        ),
        (
            "three become one",
            &[
                (Phone, 3, &[Phone]),
                (Email, 2, &[Email]),
                (Document, 1, &[Document]),
            ],
            Some(1),
            &[(3, Email), (2, Document)],
        ),
        (
            "an anonymous order and two who contradict",
            &[
                (Order, 1, nobody),
                (Phone, 2, &[Phone, Email]),
                (Email, 3, &[Email, Phone]),
            ],
            Some(2),
            &[(1, Phone)],
        ),
        (
            "one is merged once",
            &[
                (Order, 1, nobody),
                (Phone, 2, &[Phone, Email]),
                (Email, 2, &[Phone, Email]),
            ],
            Some(2),
            &[(1, Phone)],
        ),
    ];
    for (what, found, expected, merged) in cases {
        let found: Vec<Found> = found
            .iter()
            .map(|(trace, n, known_by)| Found {
                trace: *trace,
                conversation: conversation(*n),
                kinds: kinds(known_by),
            })
            .collect();
        let placing = place(&found);
        assert_eq!(placing.conversation, expected.map(conversation), "{what}");
        let merges: Vec<_> = placing.merges.iter().map(|m| (m.from, m.reason)).collect();
        let merged: Vec<_> = merged
            .iter()
            .map(|(n, reason)| (conversation(*n), *reason))
            .collect();
        assert_eq!(merges, merged, "{what}");
    }
}

#[test]
fn texts_that_mean_the_same_have_one_key() {
    for (one, other) in [
        ("+5511987654321", "11 98765-4321"),
        ("+5511987654321", "+55 11 8765-4321"),
        ("+5511987654321", "5511987654321"),
    ] {
        assert!(phone_key(one).is_some());
        assert_eq!(phone_key(one), phone_key(other), "{other}");
    }
    assert_eq!(email_key(" Ana@Example.COM "), email_key("ana@example.com"));
    assert_eq!(document_key("123.456.789-09"), document_key("12345678909"));
    assert_eq!(
        document_key("12.abc.345/01de-35"),
        document_key("12ABC34501DE35")
    );
}

#[test]
fn landlines_and_other_mobiles_stay_apart() {
    assert_ne!(phone_key("+551133334444"), phone_key("+5511933334444"));
    assert_ne!(phone_key("+5511987654321"), phone_key("+5521987654321"));
}

#[test]
fn what_leads_to_nobody_has_no_key() {
    for text in ["", "123", "11 0000-0000", "0800 123 4567"] {
        assert_eq!(phone_key(text), None, "{text}");
    }
    for text in ["", "ana", "@example.com", "ana@", " "] {
        assert_eq!(email_key(text), None, "{text}");
    }
    for text in ["", "123", "123456789012"] {
        assert_eq!(document_key(text), None, "{text}");
    }
}

#[test]
fn debug_shows_kinds_and_never_the_person() {
    let traces = super::Traces {
        order: "kiwify:1".to_owned(),
        phone: phone_key("+5511987654321"),
        email: email_key("ana@example.com"),
        document: None,
    };
    assert_eq!(format!("{traces:?}"), "Traces({Phone, Email})");
    assert!(Customer::default().is_unreachable());
}

fn any_found() -> impl Strategy<Value = Vec<Found>> {
    // A conversation is known by the same traces wherever it is found; by at least the one that led to it.
    let known = prop::collection::vec(0_u8..8, 5);
    let hits = prop::collection::vec(prop::option::of(0_u8..5), 4);
    (known, hits).prop_map(|(known, hits)| {
        let mut known: Vec<Kinds> = known.into_iter().map(Kinds::from_bits).collect();
        for (trace, hit) in Trace::ALL.into_iter().zip(&hits) {
            if let Some(n) = hit {
                known[usize::from(*n)] = known[usize::from(*n)].with(trace);
            }
        }
        let found = Trace::ALL.into_iter().zip(hits);
        found
            .filter_map(|(trace, hit)| {
                hit.map(|n| Found {
                    trace,
                    conversation: conversation(n),
                    kinds: known[usize::from(n)],
                })
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn a_placing_is_sound(found in any_found()) {
        let placing = place(&found);
        prop_assert_eq!(placing.conversation.is_some(), !found.is_empty());
        let mut ended = Vec::new();
        for merge in &placing.merges {
            prop_assert!(Some(merge.from) != placing.conversation, "nothing ends in itself");
            prop_assert!(!ended.contains(&merge.from), "nothing ends twice");
            prop_assert!(found.iter().any(|f| f.conversation == merge.from));
            ended.push(merge.from);
        }
        // The event's first conversation is the one that is left, or was taken into it.
        if let (Some(first), Some(left)) = (found.first(), placing.conversation) {
            prop_assert!(first.conversation == left || ended.contains(&first.conversation));
        }
        // Whoever is known never ends in somebody unknown.
        let anonymous = |id| found.iter().any(|f| f.conversation == id && f.kinds.is_anonymous());
        if placing.conversation.is_some_and(anonymous) {
            prop_assert!(ended.iter().all(|id| anonymous(*id)));
        }
    }
}
