use super::{Locale, words};
use crate::values::Reason;
use crate::variable::Variable;

#[test]
fn every_text_is_there_in_both_languages() {
    for locale in Locale::ALL {
        let words = words(locale);
        assert_eq!(words.variables.len(), Variable::ALL.len());
        for variable in Variable::ALL {
            let info = variable.info(locale);
            assert!(!info.label.is_empty() && !info.brought_by.is_empty());
            assert_eq!(Variable::from_name(&info.name), Some(*variable));
        }
        for reason in [
            Reason::NotTold,
            Reason::Unusable,
            Reason::Expired,
            Reason::Broken,
            Reason::Paid,
            Reason::Unanswered,
        ] {
            assert!(!words.reason(reason).is_empty());
        }
    }
}

#[test]
fn spans_in_words() {
    for (minutes, pt, en) in [
        (0, "menos de 1 minuto", "less than a minute"),
        (1, "1 minuto", "1 minute"),
        (59, "59 minutos", "59 minutes"),
        (60, "1 hora", "1 hour"),
        (80, "1 hora e 20 minutos", "1 hour and 20 minutes"),
        (181, "3 horas", "3 hours"),
        (1_440, "1 dia", "1 day"),
        (3_000, "2 dias", "2 days"),
    ] {
        assert_eq!(words(Locale::PtBr).span(minutes), pt);
        assert_eq!(words(Locale::En).span(minutes), en);
    }
}

#[test]
fn products_days_and_tags() {
    assert_eq!(words(Locale::PtBr).products("Curso", 0), "Curso");
    assert_eq!(
        words(Locale::PtBr).products("Curso", 1),
        "Curso e mais 1 item"
    );
    assert_eq!(
        words(Locale::En).products("Course", 2),
        "Course and 2 more items"
    );
    let day = |text: &str| text.parse().expect("a date");
    for (on, pt, en) in [
        ("2026-11-30", "30/11", "November 30"),
        ("2027-01-02", "02/01/2027", "January 2, 2027"),
    ] {
        assert_eq!(Locale::PtBr.day(day(on), day("2026-11-21")), pt);
        assert_eq!(Locale::En.day(day(on), day("2026-11-21")), en);
    }
    for (tag, locale) in [
        ("en", Locale::En),
        ("en-GB", Locale::En),
        ("pt-BR", Locale::PtBr),
        ("", Locale::PtBr),
        ("é", Locale::PtBr),
    ] {
        assert_eq!(Locale::of_tag(tag), locale);
    }
    assert_eq!(
        serde_json::to_string(&Locale::PtBr).expect("serialises"),
        format!("\"{}\"", Locale::PtBr.tag())
    );
}
