use proptest::prelude::*;
use serde_json::Value;

use super::{BrCode, Charge, Destination, PixError, PixKeyType, PixKind, crc16};
use crate::money::{Currency, Money};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../../fixtures/standards/pix.json"))
        .expect("the vectors are JSON")
}

fn text<'a>(case: &'a Value, name: &str) -> Option<&'a str> {
    case[name].as_str()
}

#[test]
fn crc_of_known_texts() {
    for case in vectors()["crc_check"].as_array().expect("a list") {
        let crc = crc16(text(case, "text").expect("a text").as_bytes());
        assert_eq!(format!("{crc:04X}"), case["crc"]);
    }
}

#[test]
fn vectors_hold() {
    let vectors = vectors();
    let cases = vectors["cases"].as_array().expect("a list");
    assert_eq!(cases.len(), 35);
    for case in cases {
        let read = BrCode::parse(text(case, "code").expect("a code"));
        match case["valid"].as_bool() {
            Some(true) => check_fields(&case["id"], &read.expect("a valid code"), &case["expect"]),
            Some(false) => assert_eq!(
                read.expect_err("not valid").to_string(),
                case["error"],
                "{}",
                case["id"]
            ),
            None => drop(read),
        }
    }
}

fn check_fields(id: &Value, read: &BrCode, expect: &Value) {
    let details = serde_json::to_value(read.details()).expect("details serialise");
    let (key, url, description) = match &read.destination {
        Destination::Key { key, description } => (Some(key.as_str()), None, description.as_deref()),
        Destination::Url(url) => (None, Some(url.as_str()), None),
    };
    assert_eq!(details["kind"], expect["kind"], "{id}");
    assert_eq!(details["keyType"], expect["key_type"], "{id}");
    assert_eq!(key, text(expect, "key"), "{id}");
    assert_eq!(url, text(expect, "url"), "{id}");
    assert_eq!(description, text(expect, "description"), "{id}");
    assert_eq!(
        read.amount.map(|amount| amount.minor),
        expect["amount_minor"].as_i64(),
        "{id}"
    );
    assert_eq!(read.txid.as_deref(), text(expect, "txid"), "{id}");
    assert_eq!(
        Some(read.receiver.as_str()),
        text(expect, "merchant_name"),
        "{id}"
    );
    assert_eq!(
        Some(read.city.as_str()),
        text(expect, "merchant_city"),
        "{id}"
    );
    assert_eq!(
        read.postal_code.as_deref(),
        text(expect, "postal_code"),
        "{id}"
    );
    assert_eq!(
        read.point_of_initiation.as_deref(),
        text(expect, "point_of_initiation"),
        "{id}"
    );
    assert_eq!(Some(read.crc.as_str()), text(expect, "crc"), "{id}");
}

/// Puts a right checksum behind a text, to reach the rules behind the checksum.
fn sealed(body: &str) -> String {
    let body = format!("{body}6304");
    format!("{body}{:04X}", crc16(body.as_bytes()))
}

#[test]
fn rules_behind_a_right_checksum() {
    let account = "26330014br.gov.bcb.pix011152998224725";
    let tail = "5204000053039865802BR5901A6001B";
    for (body, error) in [
        (
            format!("000201{account}{tail}5901C"),
            PixError::Repeated(59),
        ),
        (
            format!("000201{account}54011{tail}54012"),
            PixError::Repeated(54),
        ),
        (format!("{account}000201{tail}"), PixError::Malformed),
        (format!("000202{account}{tail}"), PixError::Malformed),
        (
            format!("000201{account}5303986{}", "5802BR5901A6001B"),
            PixError::Missing(52),
        ),
        (
            format!("000201{account}5405-1.00{tail}"),
            PixError::AmountFormat,
        ),
        (
            format!("000201{account}54021.{tail}"),
            PixError::AmountFormat,
        ),
        (
            format!("000201{account}5402.5{tail}"),
            PixError::AmountFormat,
        ),
        (
            format!("000201{account}541410000000000.00{tail}"),
            PixError::AmountFormat,
        ),
        (
            format!("000201{account}{tail}62020500"),
            PixError::Malformed,
        ),
        (
            format!("00020126180014br.gov.bcb.pix{tail}"),
            PixError::NoKeyOrUrl,
        ),
        (
            format!("00020126200014br.gov.bcb.pix01{tail}"),
            PixError::Malformed,
        ),
        (
            format!(
                "000201{account}{tail}{}",
                "8099".to_owned() + &"x".repeat(99)
            )
            .repeat(4),
            PixError::TooLong,
        ),
    ] {
        let read = BrCode::parse(&sealed(&body)).map(|code| code.code);
        assert!(read.is_err(), "{body}");
        if error != PixError::Malformed {
            assert_eq!(read, Err(error), "{body}");
        }
    }
    let zero =
        BrCode::parse(&sealed(&format!("000201{account}54040.00{tail}"))).expect("zero is open");
    assert_eq!(zero.amount, None);
}

#[test]
fn keys_are_masked() {
    for (key, key_type, masked) in [
        ("52998224725", PixKeyType::Cpf, "•••.982.247-••"),
        ("12ABC34501DE35", PixKeyType::Cnpj, "12.•••.•••/01DE-35"),
        ("+5511987654321", PixKeyType::Phone, "+55 11 9••••-4321"),
        (
            "pix@loja.example.com",
            PixKeyType::Email,
            "p••••@loja.example.com",
        ),
        (
            "47eaa099-2cb6-416d-86dc-283cf0480ff9",
            PixKeyType::Evp,
            "47ea••••",
        ),
        (
            "47eaa099x2cb6-416d-86dc-283cf0480ff9",
            PixKeyType::Other,
            "47ea••••",
        ),
        ("ab", PixKeyType::Other, "a••••"),
    ] {
        let charge = charge(Destination::Key {
            key: key.to_owned(),
            description: None,
        });
        let read = BrCode::parse(&charge.code().expect("fits")).expect("valid");
        let details = read.details();
        assert_eq!(details.key_type, Some(key_type), "{key}");
        assert_eq!(details.masked_key.as_deref(), Some(masked), "{key}");
        assert!(!format!("{read:?}").contains(key));
    }
}

fn charge(destination: Destination) -> Charge {
    Charge {
        destination,
        amount: Some(Money::brl(14_790)),
        receiver: "Ateliê do Sertão Comércio e Confecções".to_owned(),
        city: "São José dos Campos".to_owned(),
        txid: None,
    }
}

#[test]
fn built_codes_read_back() {
    let url = Destination::Url("pix.example.com/qr/v2/142c8364".to_owned());
    let read = BrCode::parse(&charge(url).code().expect("fits")).expect("valid");
    assert_eq!(read.kind(), PixKind::Dynamic);
    assert_eq!(read.receiver, "ATELIE DO SERTAO COMERCIO");
    assert_eq!(read.city, "SAO JOSE DOS CA");
    assert_eq!(read.amount, Some(Money::brl(14_790)));
}

#[test]
fn what_does_not_fit_is_not_built() {
    let key = |key: &str| Destination::Key {
        key: key.to_owned(),
        description: Some("x".repeat(40)),
    };
    for (broken, error) in [
        (charge(key(&"k".repeat(77))), PixError::DoesNotFit),
        (charge(key("")), PixError::DoesNotFit),
        (
            charge(Destination::Url("u".repeat(78))),
            PixError::DoesNotFit,
        ),
        (
            Charge {
                receiver: "東京".to_owned(),
                ..charge(key("a@b"))
            },
            PixError::DoesNotFit,
        ),
        (
            Charge {
                txid: Some("A-1".to_owned()),
                ..charge(key("a@b"))
            },
            PixError::DoesNotFit,
        ),
        (
            Charge {
                amount: Some(Money::new(1, Currency::USD)),
                ..charge(key("a@b"))
            },
            PixError::Currency,
        ),
    ] {
        assert_eq!(broken.code(), Err(error));
    }
}

fn valid_codes() -> Vec<String> {
    let vectors = vectors();
    let cases = vectors["cases"].as_array().expect("a list");
    let valid = cases.iter().filter(|case| case["valid"] == true);
    valid
        .filter_map(|case| text(case, "code"))
        .map(|code| code.trim().to_owned())
        .collect()
}

proptest! {
    #[test]
    fn any_text_is_answered(bytes in prop::collection::vec(any::<u8>(), 0..600), near in "000201[0-9a-z.*é]{0,120}6304[0-9A-F]{4}") {
        let _ = BrCode::parse(&String::from_utf8_lossy(&bytes));
        let _ = BrCode::parse(&near);
        let _ = BrCode::parse(&sealed(&near));
    }

    #[test]
    fn one_changed_character_never_passes(code in prop::sample::select(valid_codes()), at in any::<prop::sample::Index>(), by in 0x20_u8..0x7f) {
        let mut bytes = code.clone().into_bytes();
        let at = at.index(bytes.len());
        let crc_case = at + 4 >= bytes.len() && bytes[at].eq_ignore_ascii_case(&by);
        prop_assume!(bytes[at] != by && !crc_case);
        bytes[at] = by;
        let changed = String::from_utf8(bytes).expect("the valid vectors are ASCII");
        prop_assert!(BrCode::parse(&changed).is_err());
    }

    #[test]
    fn built_static_codes_keep_their_values(
        key in "[a-z]{1,20}@[a-z]{1,20}\\.example",
        minor in 1_i64..1_000_000_000,
        receiver in "[A-Z]{1,25}",
        city in "[A-Z]{1,15}",
        txid in prop::option::of("[A-Za-z0-9]{1,25}"),
    ) {
        let charge = Charge {
            destination: Destination::Key { key, description: None },
            amount: Some(Money::brl(minor)),
            receiver,
            city,
            txid,
        };
        let read = BrCode::parse(&charge.code().expect("fits")).expect("valid");
        prop_assert!(read.destination == charge.destination);
        prop_assert_eq!((read.amount, read.receiver, read.city, read.txid), (charge.amount, charge.receiver, charge.city, charge.txid));
    }
}
