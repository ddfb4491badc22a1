use proptest::prelude::*;
use serde_json::Value;

use super::read::is_area;
use super::{Phone, PhoneFault};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../../fixtures/standards/phone.json"))
        .expect("the vectors are JSON")
}

#[test]
fn area_codes_are_those_in_use() {
    let vectors = vectors();
    let valid: Vec<String> = vectors["valid_ddd"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|area| area.to_string().replace('"', ""))
        .collect();
    assert_eq!(valid.len(), 67);
    for area in 0..100 {
        let area = format!("{area:02}");
        assert_eq!(is_area(&area), valid.contains(&area), "{area}");
    }
}

#[test]
fn vectors_hold() {
    let vectors = vectors();
    let cases = vectors["cases"].as_array().expect("a list");
    assert_eq!(cases.len(), 39);
    for case in cases {
        let (id, expect) = (&case["id"], &case["expect"]);
        let phone = Phone::parse(
            case["input"].as_str().expect("a text"),
            case["default_ddd"].as_str(),
        );
        assert_eq!(
            serde_json::to_value(phone.kind()).expect("kinds serialise"),
            expect["kind"],
            "{id}"
        );
        assert_eq!(phone.e164(), expect["e164"].as_str(), "{id}");
        let added = matches!(
            phone,
            Phone::Mobile {
                ninth_digit_added: true,
                ..
            }
        );
        assert_eq!(added, expect["ninth_digit_added"], "{id}");
        if let Some(candidates) = expect["whatsapp_candidates"].as_array() {
            assert_eq!(&phone.whatsapp_candidates(), candidates, "{id}");
        }
    }
}

#[test]
fn texts_around_the_number() {
    for (text, e164) in [
        ("Tel: (11) 98765-4321", Some("+5511987654321")),
        ("whatsapp +55 11 98765 4321", Some("+5511987654321")),
        ("(11) 3222-4455 ramal 12", Some("+551132224455")),
        ("+5555987654321", Some("+5555987654321")),
        ("+55 011 98765-4321", Some("+5511987654321")),
        ("11 98765-4321 falar com a portaria", None),
        ("+0123456789", None),
        ("+1234567", None),
    ] {
        assert_eq!(Phone::parse(text, None).e164(), e164, "{text}");
    }
    assert_eq!(
        Phone::parse("11a987654321", None),
        Phone::Invalid(PhoneFault::Words)
    );
}

#[test]
fn shown_and_masked() {
    for (text, display, masked) in [
        ("11987654321", "+55 11 98765-4321", "+55 11 9••••-4321"),
        ("1132224455", "+55 11 3222-4455", "+55 11 3•••-4455"),
        ("+351912345678", "+351912345678", "+35••••••••78"),
    ] {
        let phone = Phone::parse(text, None);
        assert_eq!(phone.display().as_deref(), Some(display));
        assert_eq!(phone.masked().as_deref(), Some(masked));
        assert!(!format!("{phone:?}").contains("98765"));
    }
    for text in ["", "0800 123 4567", "98765-4321"] {
        let phone = Phone::parse(text, None);
        assert_eq!(
            (phone.display(), phone.masked(), phone.wa_digits()),
            (None, None, None)
        );
        assert!(phone.whatsapp_candidates().is_empty());
    }
}

proptest! {
    #[test]
    fn any_text_is_answered(text in any::<String>(), near in "[+0-9 ()ramlRAMLİ-]{0,20}", area in prop::option::of("[0-9é]{0,3}")) {
        for text in [text, near] {
            let phone = Phone::parse(&text, area.as_deref());
            prop_assert!(phone.masked().is_none() == phone.e164().is_none());
        }
    }

    #[test]
    fn e164_reads_as_itself(text in "[+0-9 ()-]{8,18}") {
        if let Some(e164) = Phone::parse(&text, None).e164() {
            let again = Phone::parse(e164, None);
            prop_assert_eq!(again.e164(), Some(e164));
        }
    }

    #[test]
    fn mobiles_meet_with_and_without_the_ninth_digit(area in prop::sample::select(vec!["11", "31", "55", "85"]), first in 6_u8..10, rest in "[0-9]{7}") {
        let with = Phone::parse(&format!("{area}9{first}{rest}"), None);
        let without = Phone::parse(&format!("55{area}{first}{rest}"), None);
        prop_assert!(with.match_key().is_some());
        prop_assert_eq!(with.match_key(), without.match_key());
        for candidate in with.whatsapp_candidates() {
            let found = Phone::parse(&candidate, None);
            prop_assert_eq!(found.match_key(), with.match_key());
        }
    }
}
