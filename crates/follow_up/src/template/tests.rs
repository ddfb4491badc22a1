use std::collections::BTreeMap;

use contract::StageGroup;
use proptest::prelude::*;

use super::{LONGEST_TEXT, Moment, Slot, Template, TemplateError};
use crate::variable::Variable;
use crate::words::Locale;

fn template(text: &str) -> Template {
    Template {
        key: "pix.try".to_owned(),
        name: "Try".to_owned(),
        locale: Locale::PtBr,
        stages: vec![StageGroup::Pix],
        platforms: Vec::new(),
        moment: Moment::Any,
        channel: None,
        subject: "Seu PIX".to_owned(),
        text: text.to_owned(),
        marketing: false,
        place: 0,
    }
}

#[test]
fn variables_in_order_of_appearance() {
    let used = template("Oi, {{ customer.first_name|upper }}!\n{{ pix.code }}\n{{product}} {{ customer.first_name }}").variables();
    assert_eq!(
        used,
        Ok(vec![
            Variable::CustomerFirstName,
            Variable::PixCode,
            Variable::Product
        ])
    );
    assert_eq!(template("Oi!").variables(), Ok(Vec::new()));
}

#[test]
fn faults_name_their_line() {
    let name = |text: &str| text.to_owned();
    for (text, error) in [
        ("  \n", TemplateError::Empty),
        (
            "Oi\n{{ nome }}",
            TemplateError::UnknownVariable {
                line: 2,
                name: name("nome"),
            },
        ),
        (
            "{{ customer }}",
            TemplateError::UnknownVariable {
                line: 1,
                name: name("customer"),
            },
        ),
        (
            "{{ none }}",
            TemplateError::UnknownVariable {
                line: 1,
                name: name("none"),
            },
        ),
        (
            "{{ amount|length }}",
            TemplateError::UnknownFilter {
                line: 1,
                name: name("length"),
            },
        ),
        (
            "{{ checkout_url|upper }}",
            TemplateError::UnknownFilter {
                line: 1,
                name: name("upper"),
            },
        ),
        ("Oi {{?}}", TemplateError::Prompt { line: 1 }),
        ("a\n{{ ?a|upper }}", TemplateError::Prompt { line: 2 }),
        ("\n{{ amount * 2 }}", TemplateError::Expression { line: 2 }),
        (
            "{{ customer['name'] }}",
            TemplateError::Expression { line: 1 },
        ),
        ("Oi }} {{ amount }}", TemplateError::Expression { line: 1 }),
        (
            "{% if amount %}x{% endif %}",
            TemplateError::Block { line: 1 },
        ),
        ("Oi\n\n{# nota #}", TemplateError::Block { line: 3 }),
        (
            "Código: {{ pix.code }}",
            TemplateError::CodeNotAlone {
                line: 1,
                name: name("pix.code"),
            },
        ),
        (
            "a\n{{ boleto.line|lower }}",
            TemplateError::CodeNotAlone {
                line: 2,
                name: name("boleto.line"),
            },
        ),
    ] {
        assert_eq!(template(text).variables(), Err(error), "{text}");
    }
    for text in ["a\n{{ amount", "a\n{{ }}", "a\n{{ amount|"] {
        let error = template(text).variables();
        assert!(
            matches!(error, Err(TemplateError::Syntax { line: 2, .. })),
            "{text}: {error:?}"
        );
    }
    assert_eq!(
        template(&"x".repeat(LONGEST_TEXT + 1)).variables(),
        Err(TemplateError::TooLong)
    );
}

#[test]
fn marks_count_utf16_units() {
    let values = BTreeMap::from([
        (Variable::CustomerFirstName.into(), "Zoé".to_owned()),
        (Slot::from(Variable::Product), "Kit 🎁".to_owned()),
    ]);
    let (text, marks) = template("👋 {{ customer.first_name|upper }}: {{ product }}.\n")
        .render(&values)
        .expect("fills");
    assert_eq!(text, "👋 ZOÉ: Kit 🎁.");
    let units: Vec<u16> = text.encode_utf16().collect();
    let marked = marks
        .iter()
        .map(|mark| String::from_utf16(&units[mark.start..mark.end]).expect("whole characters"));
    assert_eq!(marked.collect::<Vec<_>>(), ["ZOÉ", "Kit 🎁"]);
}

#[test]
fn a_value_is_never_read_as_a_template() {
    let values = BTreeMap::from([(Slot::from(Variable::Product), "{{ amount }}".to_owned())]);
    let (text, _) = template("{{ product }}").render(&values).expect("fills");
    assert_eq!(text, "{{ amount }}");
    assert!(template("{{ amount }}").render(&values).is_err());
}

proptest! {
    #[test]
    fn any_text_is_answered(text in "[a-z{}%#|. \n]{0,60}", wild in any::<String>()) {
        for text in [text, wild] {
            if let Ok(used) = template(&text).slots() {
                let values = used.into_iter().map(|slot| (slot, "x".to_owned())).collect();
                prop_assert!(template(&text).render(&values).is_ok());
            }
        }
    }
}
