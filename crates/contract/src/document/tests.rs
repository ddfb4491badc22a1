use proptest::prelude::*;
use serde_json::Value;

use super::{Document, DocumentError};

fn check(
    vectors: &str,
    count: usize,
    value: &str,
    read: fn(&str) -> Result<Document, DocumentError>,
) {
    let vectors: Value = serde_json::from_str(vectors).expect("the vectors are JSON");
    let cases = vectors["cases"].as_array().expect("a list");
    assert_eq!(cases.len(), count);
    for case in cases {
        let input = case["input"].as_str().expect("a text");
        match read(input) {
            Ok(document) => {
                assert_eq!(case["valid"], true, "{input}");
                assert_eq!(document.as_str(), case[value], "{input}");
                assert_eq!(Document::parse(input), Ok(document), "{input}");
            }
            Err(error) => {
                assert_eq!(error.to_string(), case["error"], "{input}");
                assert!(Document::parse(input).is_err(), "{input}");
            }
        }
    }
}

#[test]
fn vectors_hold() {
    check(
        include_str!("../../../../fixtures/standards/cpf.json"),
        19,
        "digits",
        Document::cpf,
    );
    check(
        include_str!("../../../../fixtures/standards/cnpj.json"),
        22,
        "normalised",
        Document::cnpj,
    );
}

#[test]
fn shown_with_punctuation_and_masked() {
    for (text, formatted, masked) in [
        ("52998224725", "529.982.247-25", "•••.982.247-••"),
        ("12abc34501de35", "12.ABC.345/01DE-35", "12.•••.•••/01DE-35"),
    ] {
        let document = Document::parse(text).expect("valid");
        assert_eq!(document.formatted(), formatted);
        assert_eq!(document.masked(), masked);
        assert!(!format!("{document:?}").contains("982"));
        assert_eq!(Document::parse(&document.formatted()), Ok(document));
    }
}

proptest! {
    #[test]
    fn any_text_is_answered(text in any::<String>(), near in "[0-9A-Z./-]{9,20}") {
        let _ = Document::parse(&text);
        let _ = Document::parse(&near);
    }

    #[test]
    fn one_changed_digit_never_passes(at in 0_usize..9, by in 1_u8..10) {
        let mut digits = b"52998224725".to_vec();
        digits[at] = (digits[at] - b'0' + by) % 10 + b'0';
        prop_assert!(Document::parse(&String::from_utf8(digits).expect("digits")).is_err());
    }
}
