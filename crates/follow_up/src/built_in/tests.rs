use std::collections::BTreeSet;

use contract::StageGroup;

use super::{FileError, read, templates};
use crate::template::{Moment, Template};
use crate::variable::VariableKind;
use crate::words::Locale;

fn of(locale: Locale) -> Vec<&'static Template> {
    templates()
        .iter()
        .filter(|template| template.locale == locale)
        .collect()
}

#[test]
fn both_languages_hold_the_same_templates() {
    let shape = |locale| {
        of(locale)
            .into_iter()
            .map(|template| {
                (
                    template.key.clone(),
                    template.stages.clone(),
                    template.moment,
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(shape(Locale::PtBr), shape(Locale::En));
    for (portuguese, english) in of(Locale::PtBr).into_iter().zip(of(Locale::En)) {
        let used = |template: &Template| {
            template
                .variables()
                .expect("built in")
                .into_iter()
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(used(portuguese), used(english), "{}", english.key);
    }
    let keys: BTreeSet<&str> = of(Locale::En)
        .into_iter()
        .map(|template| template.key.as_str())
        .collect();
    assert_eq!(keys.len(), of(Locale::En).len());
}

#[test]
fn every_stage_group_has_templates() {
    for group in StageGroup::ALL {
        let of_group = of(Locale::PtBr)
            .into_iter()
            .filter(|template| template.stages.contains(group) && template.moment == Moment::Any);
        let least = if matches!(
            group,
            StageGroup::Cart | StageGroup::Pix | StageGroup::Boleto | StageGroup::Refused
        ) {
            4
        } else {
            3
        };
        assert!(of_group.count() >= least, "{group:?}");
    }
}

#[test]
fn the_tone_is_help() {
    let pressing = [
        "última chance",
        "últimas",
        "urgente",
        "corra",
        "imediatamente",
        "agora ou nunca",
        "last chance",
        "urgent",
        "hurry",
        "act now",
        "cobrança",
        "dívida",
        "debt",
    ];
    for template in templates() {
        let key = (&template.key, template.locale);
        let text = template.text.as_str();
        let links = template
            .variables()
            .expect("built in")
            .into_iter()
            .filter(|variable| variable.kind() == VariableKind::Link)
            .count();
        assert!(links <= 1, "{key:?}: more than one link");
        assert!(
            !text.contains("http"),
            "{key:?}: a link that is no variable"
        );
        assert!(text.contains('?'), "{key:?}: asks nothing");
        assert!(text.matches('!').count() <= 1, "{key:?}: too loud");
        let low = text.to_lowercase();
        assert!(
            !pressing.iter().any(|word| low.contains(word)),
            "{key:?}: presses"
        );
        let shouted = text
            .split(|c: char| !c.is_alphabetic())
            .any(|word| word.len() > 3 && word == word.to_uppercase());
        assert!(!shouted, "{key:?}: shouts");
        assert!(
            template.name.chars().count() <= 28,
            "{key:?}: the name is too long for a chip"
        );
    }
}

#[test]
fn faults_of_a_file_are_named() {
    let head = |key: &str, line: &str| FileError::Head {
        key: key.to_owned(),
        line: line.to_owned(),
    };
    for (file, error) in [
        (
            "=== a\nname: A\nsubject: S\nstages: nowhere\n\nOi",
            head("a", "stages: nowhere"),
        ),
        ("=== a\nname: A\nsubject: S\n\nOi", head("a", "stages")),
        ("=== a\nname: A\nstages: cart\n\nOi", head("a", "subject")),
        (
            "=== a\nname: A\nsubject: S\nstages: cart\nmoment: never\n\nOi",
            head("a", "moment: never"),
        ),
        ("=== a\ncolour: red\n\nOi", head("a", "colour: red")),
    ] {
        assert_eq!(read(file, Locale::En), Err(error));
    }
    let text = read(
        "=== a\nname: A\nsubject: S\nstages: cart\n\nOi\n{{ nome }}",
        Locale::En,
    );
    assert_eq!(
        text.expect_err("no such variable").to_string(),
        "a: line 2: no variable is called nome"
    );
    let read = read(
        "=== a\r\nname: A\r\nsubject: S\r\nstages: cart, pix\r\nchannel: email\r\n\r\nOi",
        Locale::En,
    )
    .expect("sound");
    assert_eq!(read[0].stages, [StageGroup::Cart, StageGroup::Pix]);
    assert_eq!(read[0].text, "Oi");
}
