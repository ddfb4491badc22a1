//! What agents answer to prompts, and what becomes of it.

use contract::{Customer, Order, Stage, StageGroup};
use proptest::prelude::*;

use super::any_event;
use crate::fill::{Answers, Fill, MissingKind};
use crate::library::Library;
use crate::values::Reason;
use crate::values::tests::{event, sources};
use crate::words::Locale;

/// What agents type, kindly and otherwise.
fn typed() -> impl Strategy<Value = Option<String>> {
    let hostile = [
        "",
        "  ",
        "None",
        "null",
        "undefined",
        "{{ amount }}",
        "{{",
        "}} x",
        "{% if x %}",
        "{a} e }b{",
        "\u{e000}a\u{f8ff}",
        "\u{e001}\u{e001}",
        "a\nb\r\n c",
        "[motivo: sem resposta]",
        "?motivo",
        "{?motivo}",
        "R$ 10,00",
        "\u{202e}abc",
        "👋🏽",
    ];
    prop_oneof![
        2 => prop::sample::select(hostile.to_vec()).prop_map(|text| Some(text.to_owned())),
        2 => any::<String>().prop_map(Some),
        1 => "[{}%?| a-z]{0,12}".prop_map(Some),
        1 => Just(None),
    ]
}

const ASKING: &str =
    "Oi, {{ customer.first_name }}. {{?motivo}} e {{ ?hora }}, {{?motivo}}: {{ product|upper }}";

proptest! {
    #[test]
    fn answers_never_make_a_hole(event in any_event(), motive in typed(), hour in typed()) {
        let (order, customer) = (Order::of([&event]), Customer::default());
        let sources = sources(&order, &customer);
        let mut library = Library::built_in();
        let mut asking = library.get("pix.code", Locale::PtBr).expect("built in").clone();
        asking.key = "asking".to_owned();
        asking.text = ASKING.to_owned();
        asking.stages = StageGroup::ALL.to_vec();
        prop_assert_eq!(asking.prompts(), Ok(vec!["motivo".to_owned(), "hora".to_owned()]));
        library.put(asking).expect("sound");
        let told = [("motivo", &motive), ("hora", &hour)];
        let answers: Answers = told
            .into_iter()
            .filter_map(|(prompt, answer)| Some((prompt.to_owned(), answer.clone()?)))
            .collect();
        match library.fill("asking", &sources, &answers).expect("there") {
            Fill::Filled { text, marks, .. } => {
                for hole in ["{{", "}}", "{%", "%}", "motivo: sem", "\u{e000}", "\u{f8ff}", "\n"] {
                    let in_answer = answers.values().any(|answer| answer.contains(hole)) && !hole.contains(['{', '}', '%', '\u{e000}', '\u{f8ff}', '\n']);
                    prop_assert!(in_answer || !text.contains(hole), "{hole:?} in {text}");
                }
                prop_assert_eq!(marks.len(), 5);
                let units: Vec<u16> = text.encode_utf16().collect();
                for mark in &marks {
                    let value = String::from_utf16(&units[mark.start..mark.end]).expect("whole characters");
                    prop_assert!(!["", "None", "null", "undefined"].contains(&value.trim()), "{}: {value}", mark.variable);
                }
                // Around the values, the text is the template's own, whatever was answered.
                let mut rest = units.clone();
                for mark in marks.iter().rev() {
                    rest.drain(mark.start..mark.end);
                }
                prop_assert_eq!(String::from_utf16(&rest).expect("whole characters"), "Oi, .  e , : ");
            }
            Fill::Blocked { missing, preview, .. } => {
                prop_assert!(!missing.is_empty());
                for (prompt, answer) in told {
                    let named = missing.iter().any(|missing| missing.kind == MissingKind::Prompt && missing.label == prompt);
                    let silent = answer.as_deref().is_none_or(|answer| answer.trim().is_empty());
                    prop_assert!(named || !silent, "{prompt} is unanswered: {preview}");
                }
            }
        }
    }
}

#[test]
fn braces_in_an_answer_stay_text() {
    let mut library = Library::built_in();
    let mut own = library
        .get("cart.first", Locale::PtBr)
        .expect("built in")
        .clone();
    own.text = "Motivo: {{?motivo}}.".to_owned();
    library.put(own).expect("sound");
    let order = Order::of([&event(Stage::CartAbandoned)]);
    let customer = Customer::default();
    let fill = |answer: &str| {
        let answers = Answers::from([("motivo".to_owned(), answer.to_owned())]);
        library.fill("cart.first", &sources(&order, &customer), &answers)
    };
    for (answer, text) in [
        ("{a} }b{", "Motivo: {a} }b{."),
        ("  duas\n linhas ", "Motivo: duas linhas."),
        ("{?motivo}", "Motivo: {?motivo}."),
    ] {
        let Some(Fill::Filled { text: filled, .. }) = fill(answer) else {
            panic!("{answer}")
        };
        assert_eq!(filled, text);
    }
    for (answer, reason) in [
        ("", Reason::Unanswered),
        (" \n", Reason::Unanswered),
        ("None", Reason::Unusable),
        ("{{ amount }}", Reason::Unusable),
        ("...", Reason::Unusable),
    ] {
        let Some(Fill::Blocked {
            missing, instead, ..
        }) = fill(answer)
        else {
            panic!("{answer}")
        };
        let [missing] = missing.as_slice() else {
            panic!("{missing:?}")
        };
        assert_eq!(
            (missing.kind, missing.reason),
            (MissingKind::Prompt, reason)
        );
        assert_eq!(missing.variable, "?motivo");
        assert_eq!(instead, None, "an answer is all it takes");
    }
}
