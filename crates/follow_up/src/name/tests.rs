use proptest::prelude::*;

use super::{first_name, full_name, usable};

#[test]
fn names_for_a_greeting() {
    for (text, first, full) in [
        ("MARIA DA SILVA", Some("Maria"), Some("Maria da Silva")),
        ("joão", Some("João"), Some("João")),
        ("  ana   paula  ", Some("Ana"), Some("Ana Paula")),
        (
            "ANA-CLARA D'ÁVILA",
            Some("Ana-Clara"),
            Some("Ana-Clara D'Ávila"),
        ),
        ("McDonald Souza", Some("McDonald"), Some("McDonald Souza")),
        ("Dra. Helena Reis", Some("Helena"), Some("Dra. Helena Reis")),
        ("⭐ Bia ⭐", Some("Bia"), Some("Bia")),
        ("J", None, Some("J")),
        ("Sra.", None, Some("Sra.")),
        ("Cliente", None, None),
        ("cliente teste", None, None),
        ("Test User", None, None),
        ("bia@example.com", None, None),
        ("11987654321", None, None),
        ("Maria 2", None, None),
        ("{{ name }}", None, None),
        ("null", None, None),
        ("...", None, None),
        ("", None, None),
    ] {
        assert_eq!(first_name(text).as_deref(), first, "{text}");
        assert_eq!(full_name(text).as_deref(), full, "{text}");
    }
}

#[test]
fn texts_for_one_line() {
    for (text, expected) in [
        (" Curso\nde \t Inglês ", Some("Curso de Inglês")),
        ("Kit\u{200b} 2\u{e001}", Some("Kit 2")),
        ("undefined", None),
        ("None", None),
        ("  ", None),
        ("—", None),
        ("{{ 7 }}", None),
        ("Nulla", Some("Nulla")),
    ] {
        assert_eq!(usable(text).as_deref(), expected, "{text:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        for name in [usable(&text), full_name(&text), first_name(&text)].into_iter().flatten() {
            prop_assert!(!name.trim().is_empty() && !name.contains("  ") && !name.contains("{{"));
        }
    }
}
