//! Hotmart's phones: an area code and a number that now and then already holds it.

/// Joins area code and number into what a reader of phones understands.
///
/// Twelve digits and more are taken as international. A Brazilian number of eight or nine digits never holds its area code,
/// even where it begins with the same digits.
pub(super) fn joined(code: Option<&str>, number: Option<&str>, brazilian: bool) -> Option<String> {
    let typed = number?.trim();
    if typed.starts_with('+') {
        return Some(typed.to_owned());
    }
    let number = digits(typed);
    let code = digits(code.unwrap_or_default());
    let code = code.trim_start_matches('0');
    let local = brazilian && code.len() == 2 && matches!(number.len(), 8 | 9);
    let fits = (1..=4).contains(&code.len()) && number.len() <= 9 && !number.starts_with(code);
    match number.len() {
        0 => None,
        12.. => Some(format!("+{number}")),
        _ if local || fits => Some(format!("{code}{number}")),
        _ => Some(number),
    }
}

/// Tells whether a country, as code or name, is Brazil; an untold one counts as such.
pub(super) fn is_brazil(country: Option<&str>) -> bool {
    country.is_none_or(|country| {
        ["br", "bra", "brasil", "brazil"]
            .iter()
            .any(|name| country.trim().eq_ignore_ascii_case(name))
    })
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
