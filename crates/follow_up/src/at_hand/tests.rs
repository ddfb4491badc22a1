use contract::{Customer, Event, Order, Stage};

use super::{marks_in, sale_values};
use crate::fill::{Answers, Fill, Mark};
use crate::library::Library;
use crate::values::Sources;
use crate::values::tests::{event, now};
use crate::variable::Variable;
use crate::words::Locale;

fn with_sale<T>(event: &Event, locale: Locale, ask: impl FnOnce(&Sources<'_>) -> T) -> T {
    let (order, customer) = (Order::of([event]), Customer::default());
    ask(&Sources {
        order: &order,
        paid_elsewhere: false,
        customer: &customer,
        agent: Some("Ana"),
        store: Some("Loja da Ana"),
        platform: Some("Kiwify"),
        now: now(),
        locale,
    })
}

fn filled(key: &str, event: &Event, locale: Locale) -> (String, Vec<Mark>) {
    let fill = with_sale(event, locale, |sources| {
        Library::built_in().fill(key, sources, &Answers::new())
    });
    match fill.expect("built in") {
        Fill::Filled { text, marks, .. } => (text, marks),
        Fill::Blocked { missing, .. } => panic!("{key} lacks {missing:?}"),
    }
}

fn found(key: Option<&str>, event: &Event, text: &str) -> Vec<(String, String)> {
    let marks = with_sale(event, Locale::PtBr, |sources| {
        marks_in(&Library::built_in(), key, sources, text)
    });
    let units: Vec<u16> = text.encode_utf16().collect();
    let cut = |mark: Mark| {
        let stretch = String::from_utf16(&units[mark.start..mark.end]).expect("whole letters");
        (mark.variable, stretch)
    };
    marks.into_iter().map(cut).collect()
}

#[test]
fn what_was_filled_is_found_again_as_it_was_marked() {
    for (key, stage) in [
        ("pix.code", Stage::PixGenerated),
        ("pix.steps", Stage::PixGenerated),
        ("boleto.line", Stage::BoletoGenerated),
    ] {
        for locale in Locale::ALL {
            let event = event(stage);
            let (text, marks) = filled(key, &event, locale);
            let again = with_sale(&event, Locale::PtBr, |sources| {
                marks_in(&Library::built_in(), Some(key), sources, &text)
            });
            assert_eq!(again, marks, "{key} in {}", locale.tag());
        }
    }
}

#[test]
fn an_edited_text_keeps_the_values_that_still_stand_whole() {
    let event = event(Stage::PixGenerated);
    let (text, _) = filled("pix.code", &event, Locale::PtBr);
    let edited = format!("🙂 {}", text.replace("Maria", "Mariana"));
    let names: Vec<String> = found(Some("pix.code"), &event, &edited)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert!(
        !names.contains(&"customer.first_name".to_owned()),
        "{names:?}"
    );
    assert!(names.contains(&"pix.code".to_owned()), "{names:?}");
}

#[test]
fn a_text_of_ones_own_holds_only_what_nobody_types() {
    let event = event(Stage::PixGenerated);
    let text = "Oi Maria, aqui é a Ana. Segue: https://pay.example.com/c/1042.";
    assert_eq!(
        found(None, &event, text),
        [(
            "checkout_url".to_owned(),
            "https://pay.example.com/c/1042".to_owned()
        )]
    );
    assert_eq!(found(Some("gone"), &event, "Oi, tudo bem?"), []);
}

#[test]
fn every_variable_has_a_value_or_a_reason() {
    for stage in [Stage::PixGenerated, Stage::PurchaseApproved] {
        let values = with_sale(&event(stage), Locale::PtBr, sale_values);
        assert_eq!(values.len(), Variable::ALL.len());
        for one in &values {
            assert_ne!(one.value.is_some(), one.missing.is_some(), "{one:?}");
        }
        let pix = values.iter().find(|one| one.variable == "pix.code");
        let is_open = stage == Stage::PixGenerated;
        assert_eq!(pix.is_some_and(|pix| pix.value.is_some()), is_open);
    }
}
