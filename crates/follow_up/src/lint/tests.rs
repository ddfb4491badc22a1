use std::collections::BTreeSet;

use serde::Deserialize;

use super::{LintCode, LintPart, lint};
use crate::template::Template;
use crate::words::Locale;

fn template(text: &str) -> Template {
    let built_in = crate::built_in::templates()
        .first()
        .expect("there are some");
    Template {
        text: text.to_owned(),
        locale: Locale::PtBr,
        ..built_in.clone()
    }
}

/// The findings of a text, each with the words it points at.
fn found(template: &Template) -> Vec<(LintCode, String)> {
    let of_part = |part| match part {
        LintPart::Subject => &template.subject,
        LintPart::Text => &template.text,
    };
    lint(template)
        .into_iter()
        .map(|finding| {
            let units: Vec<u16> = of_part(finding.part).encode_utf16().collect();
            let at = String::from_utf16(&units[finding.start..finding.end]);
            (finding.code, at.expect("whole characters"))
        })
        .collect()
}

#[test]
fn a_finding_points_at_its_words() {
    for (text, expected) in [
        (
            "🎁 Oi! Seu nome vai para o SPC.",
            vec![(LintCode::Threat, "SPC")],
        ),
        (
            "É a ÚLTIMA chance",
            vec![
                (LintCode::AllCaps, "ÚLTIMA"),
                (LintCode::FalseUrgency, "ÚLTIMA chance"),
            ],
        ),
        (
            "Oi! Tudo bem! Posso ajudar!",
            vec![(LintCode::Exclamations, "!"), (LintCode::Exclamations, "!")],
        ),
        (
            "{{ checkout_url }} ou {{ order_url }}",
            vec![(LintCode::ManyLinks, "{{ order_url }}")],
        ),
        (
            "Veja em (loja.com.br/x).",
            vec![(LintCode::TypedLink, "loja.com.br/x")],
        ),
        (
            "Veja em http://loja.com.br",
            vec![(LintCode::OpaqueLink, "http://loja.com.br")],
        ),
        (
            "https://bit.ly/AbC?",
            vec![(LintCode::OpaqueLink, "https://bit.ly/AbC")],
        ),
        ("Sem multa e sem juros, tudo bem?", vec![]),
        ("Não é urgente, ok?", vec![]),
        ("Não, é urgente", vec![(LintCode::FalseUrgency, "urgente")]),
        ("O CNPJ e o PIX, por favor", vec![]),
        ("SÓ VEM comigo", vec![(LintCode::AllCaps, "SÓ VEM")]),
        ("Use o cupom VOLTA10", vec![]),
        (
            "Voce\u{302} não pagou",
            vec![(LintCode::Blame, "Voce\u{302} não pagou")],
        ),
    ] {
        let expected: Vec<(LintCode, String)> = expected
            .into_iter()
            .map(|(code, at)| (code, at.to_owned()))
            .collect();
        assert_eq!(found(&template(text)), expected, "{text}");
    }
}

#[test]
fn an_advertisement_says_how_to_stop() {
    let mut template = template("Oi! Chegou novidade. Quer ver?");
    assert_eq!(found(&template), []);
    template.marketing = true;
    assert_eq!(found(&template), [(LintCode::NoOptOut, String::new())]);
    template.text += " Se preferir não receber, é só responder SAIR.";
    assert!(
        !found(&template)
            .iter()
            .any(|(code, _)| *code == LintCode::NoOptOut)
    );
}

#[test]
fn what_comes_with_the_program_passes() {
    for template in crate::built_in::templates() {
        assert_eq!(
            found(template),
            [],
            "{} {:?}",
            template.key,
            template.locale
        );
    }
}

/// One text of the corpus, and all that should be found in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    locale: Locale,
    text: String,
    #[serde(default)]
    marketing: bool,
    finds: BTreeSet<LintCode>,
}

/// A text counts as read right when exactly what it holds is found. The corpus has texts that phrases alone cannot tell, so that
/// the share says something.
#[test]
fn of_the_corpus_nineteen_in_twenty_are_read_right() {
    let text = include_str!("../../../../fixtures/templates/lint.json");
    let corpus: Vec<Case> = serde_json::from_str(text).expect("the corpus is JSON");
    assert!(corpus.len() >= 60, "{}", corpus.len());
    let good = corpus.iter().filter(|case| case.finds.is_empty()).count();
    assert!(good >= 20 && corpus.len() - good >= 20);
    let mut wrong = Vec::new();
    for case in &corpus {
        let read = Template {
            locale: case.locale,
            marketing: case.marketing,
            ..template(&case.text)
        };
        let found: BTreeSet<LintCode> = lint(&read).iter().map(|finding| finding.code).collect();
        if found != case.finds {
            wrong.push((case.text.as_str(), found));
        }
    }
    let right = corpus.len() - wrong.len();
    let enough = right * 20 >= corpus.len() * 19;
    assert!(enough, "{right} of {} read right: {wrong:#?}", corpus.len());
}
