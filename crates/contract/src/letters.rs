//! Letters without their accents, as texts are compared that people write with and without them.

/// Returns a small letter without its accent, as far as Portuguese and its neighbours have them; `None` for an accent that stands
/// by itself, as in decomposed writing.
#[must_use]
pub const fn unaccented(letter: char) -> Option<char> {
    Some(match letter {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        'ý' | 'ÿ' => 'y',
        '\u{300}'..='\u{36f}' => return None,
        other => other,
    })
}

/// Returns a text in small letters without accents.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .filter_map(unaccented)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_differs_by_case_and_accents_alone_is_the_same() {
        for (text, expected) in [
            ("PROMOÇÃO", "promocao"),
            ("Ação", "acao"),
            ("Ac\u{327}a\u{303}o", "acao"),
            ("Muñoz", "munoz"),
            ("R$ 1,00 – já!", "r$ 1,00 – ja!"),
            ("", ""),
        ] {
            assert_eq!(plain(text), expected);
        }
    }
}
