use contract::{ConversationId, Customer};
use proptest::prelude::*;

use super::names::folded;
use super::{
    Found, Kinds, MOST_NAMES, Names, Settled, Settlement, Trace, document_key, email_key,
    phone_key, place,
};

const TRACES: [Trace; 4] = [Trace::Order, Trace::Phone, Trace::Email, Trace::Document];

fn kinds(traces: &[Trace]) -> Kinds {
    traces.iter().copied().fold(Kinds::default(), Kinds::with)
}

fn conversation(n: u8) -> ConversationId {
    ConversationId::from_u128(n.into())
}

fn names(range: std::ops::Range<u64>) -> Names {
    range.fold(Names::default(), Names::with)
}

fn found(trace: Trace, n: u8, kinds: Kinds) -> Found {
    Found {
        trace,
        conversation: conversation(n),
        kinds,
        names: Names::default(),
    }
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
            .map(|(trace, n, known_by)| self::found(*trace, *n, kinds(known_by)))
            .collect();
        let placing = place(&found, None, &[]);
        assert_eq!(placing.conversation, expected.map(conversation), "{what}");
        let merges: Vec<_> = placing.merges.iter().map(|m| (m.from, m.reason)).collect();
        let merged: Vec<_> = merged
            .iter()
            .map(|(n, reason)| (conversation(*n), *reason))
            .collect();
        assert_eq!(merges, merged, "{what}");
    }
}

/// Two who have an e-mail address in common.
fn two(one: Kinds, other: Kinds) -> [Found; 2] {
    [found(Trace::Phone, 1, one), found(Trace::Email, 2, other)]
}

fn settled(how: Settlement) -> Settled {
    Settled {
        one: conversation(2),
        other: conversation(1),
        how,
    }
}

#[test]
fn what_contradicts_is_suggested_once_and_never_to_those_kept_apart() {
    use Trace::{Email, Phone};
    let same = two(kinds(&[Phone]), kinds(&[Phone, Email]));
    let asked = place(&same, None, &[]);
    assert!(asked.merges.is_empty());
    let [suggestion] = asked.suggestions.as_slice() else {
        panic!("one suggestion: {asked:?}");
    };
    assert_eq!(
        (suggestion.other, suggestion.reason),
        (conversation(2), Email)
    );
    for how in [Settlement::Suggested, Settlement::Apart] {
        let placing = place(&same, None, &[settled(how)]);
        assert!(placing.suggestions.is_empty() && placing.merges.is_empty());
    }
    let fitting = two(kinds(&[Phone]), kinds(&[Email]));
    assert_eq!(
        place(&fitting, None, &[settled(Settlement::Suggested)])
            .merges
            .len(),
        1
    );
    let apart = place(&fitting, None, &[settled(Settlement::Apart)]);
    assert!(apart.merges.is_empty() && apart.suggestions.is_empty());
}

#[test]
fn those_kept_apart_do_not_meet_through_a_third() {
    use Trace::{Document, Email, Order};
    let found = [
        found(Order, 1, Kinds::default()),
        found(Email, 2, kinds(&[Email])),
        found(Document, 3, kinds(&[Document])),
    ];
    let apart = |one, other| Settled {
        one: conversation(one),
        other: conversation(other),
        how: Settlement::Apart,
    };
    for (apart, expected) in [
        (apart(2, 3), vec![1]),
        (apart(3, 1), vec![1]),
        (apart(1, 2), vec![1]),
    ] {
        let placing = place(&found, None, &[apart]);
        let merges: Vec<_> = placing.merges.iter().map(|merge| merge.from).collect();
        let expected: Vec<_> = expected.into_iter().map(conversation).collect();
        assert_eq!(merges, expected, "{apart:?}");
    }
}

#[test]
fn more_names_than_one_person_has_are_not_gathered() {
    use Trace::{Email, Phone};
    let most = MOST_NAMES as u64;
    // Names of the one, of the other, the event's. Expected: merged, suggested.
    for (one, other, name, expected) in [
        (0..2, 2..most, None, (1, 0)),
        (0..most, 0..most, Some(1), (1, 0)),
        (0..2, 2..most, Some(90), (0, 1)),
        (0..2, 2..most + 1, None, (0, 1)),
        (0..most, most..most + 1, None, (0, 1)),
        (0..most, 0..1, Some(90), (0, 0)),
        (0..most + 1, 0..1, None, (0, 0)),
        (0..1, 0..most + 1, None, (0, 0)),
    ] {
        let what = format!("{one:?} {other:?} {name:?}");
        let [mut first, mut second] = two(kinds(&[Phone]), kinds(&[Email]));
        first.names = names(one);
        second.names = names(other);
        let placing = place(&[first, second], name, &[]);
        let found = (placing.merges.len(), placing.suggestions.len());
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn names_that_mean_the_same_are_folded_alike() {
    for (one, other) in [
        ("Rita de Teste", "RITA  TESTE"),
        ("João Conceição", "joao da conceicao"),
        ("Joa\u{303}o Teste", "João Teste"),
        (" Ana ", "ana"),
        ("Ana (Teste)", "Ana - Teste"),
    ] {
        assert!(folded(one).is_some());
        assert_eq!(folded(one), folded(other), "{one}");
    }
    for (one, other) in [("Ana Teste", "Ana"), ("Ana Teste", "Bia Teste")] {
        assert_ne!(folded(one), folded(other));
    }
    for nothing in ["", "  ", "- ."] {
        assert_eq!(folded(nothing), None);
    }
}

#[test]
fn names_are_noted_up_to_one_too_many() {
    let some = names(1..4).with(2);
    assert_eq!((some.count(), some.are_shared()), (3, false));
    let many = some.union(names(2..100));
    assert_eq!((many.count(), many.are_shared()), (MOST_NAMES + 1, true));
    assert!(many.has(6) && !many.has(7));
    assert_eq!(Names::from_bytes(&many.bytes()), many);
    assert_eq!(Names::from_bytes(&[]), Names::default());
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
        name: folded("Ana de Teste"),
        ..super::Traces::default()
    };
    assert_eq!(format!("{traces:?}"), "Traces({Phone, Email})");
    assert!(Customer::default().is_unreachable());
}

fn any_found() -> impl Strategy<Value = Vec<Found>> {
    // A conversation is known by the same traces and names wherever it is found; by at least the trace that led to it.
    let known = prop::collection::vec((0_u8..8, 0_u64..8, 0_u64..8), 5);
    let hits = prop::collection::vec(prop::option::of(0_u8..5), 4);
    (known, hits).prop_map(|(known, hits)| {
        let mut kinds: Vec<Kinds> = known.iter().map(|(k, ..)| Kinds::from_bits(*k)).collect();
        for (trace, hit) in TRACES.into_iter().zip(&hits) {
            if let Some(n) = hit {
                kinds[usize::from(*n)] = kinds[usize::from(*n)].with(trace);
            }
        }
        let hits = TRACES.into_iter().zip(hits);
        hits.filter_map(|(trace, hit)| {
            hit.map(|n| {
                let (_, first, last) = known[usize::from(n)];
                Found {
                    names: names(first..last),
                    ..found(trace, n, kinds[usize::from(n)])
                }
            })
        })
        .collect()
    })
}

fn any_settled() -> impl Strategy<Value = Vec<Settled>> {
    let one = (0_u8..5, 0_u8..5, any::<bool>()).prop_map(|(one, other, is_apart)| Settled {
        one: conversation(one),
        other: conversation(other),
        how: if is_apart {
            Settlement::Apart
        } else {
            Settlement::Suggested
        },
    });
    prop::collection::vec(one, 0..4)
}

proptest! {
    #[test]
    fn a_placing_is_sound(found in any_found(), settled in any_settled(), name in prop::option::of(0_u64..8)) {
        let placing = place(&found, name, &settled);
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
        // What became one has nothing that contradicts, gathers no more names than a person has, and was never kept apart.
        let group: Vec<ConversationId> = placing.conversation.into_iter().chain(ended.clone()).collect();
        let mut once: Vec<Found> = Vec::new();
        for f in found.iter().filter(|f| group.contains(&f.conversation)) {
            if once.iter().all(|known| known.conversation != f.conversation) {
                once.push(*f);
            }
        }
        if !ended.is_empty() {
            let all = once.iter().fold(Names::default(), |all, f| all.union(f.names));
            prop_assert!(!name.map_or(all, |name| all.with(name)).are_shared());
            for (n, one) in once.iter().enumerate() {
                prop_assert!(once.iter().skip(n + 1).all(|other| one.kinds.is_disjoint(other.kinds)));
            }
        }
        for pair in settled.iter().filter(|pair| pair.how == Settlement::Apart && pair.one != pair.other) {
            prop_assert!(!(group.contains(&pair.one) && group.contains(&pair.other)));
        }
        // Nobody is asked about what is one already, or twice.
        let mut asked = Vec::new();
        for suggestion in &placing.suggestions {
            prop_assert!(!group.contains(&suggestion.other) && !asked.contains(&suggestion.other));
            asked.push(suggestion.other);
        }
    }
}
