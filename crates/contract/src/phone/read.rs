//! The reading itself, step by step from the typed text to the subscriber's number.

use super::{Phone, PhoneFault};

/// Area codes in use, by their first digit.
const AREAS: [(char, &str); 9] = [
    ('1', "123456789"),
    ('2', "12478"),
    ('3', "1234578"),
    ('4', "123456789"),
    ('5', "1345"),
    ('6', "123456789"),
    ('7', "134579"),
    ('8', "123456789"),
    ('9', "123456789"),
];

const LABELS: [&str; 13] = [
    "tel", "telefone", "cel", "celular", "fone", "fax", "whats", "whatsapp", "zap", "wpp", "ddd",
    "phone", "mobile",
];

pub(super) fn phone(text: &str, default_area: Option<&str>) -> Result<Phone, PhoneFault> {
    let text = without_extension(text.trim());
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return Err(PhoneFault::NoDigits);
    }
    if text
        .split(|c: char| !c.is_alphabetic())
        .any(|word| !is_label(word))
    {
        return Err(PhoneFault::Words);
    }
    let plus = text
        .chars()
        .take_while(|c| !c.is_ascii_digit())
        .any(|c| c == '+');
    if plus {
        return international(&digits, default_area);
    }
    if let Some(rest) = digits.strip_prefix("00") {
        return international(rest, default_area);
    }
    match digits.strip_prefix("55") {
        // Area code 55 exists too: eleven digits starting with 55 are a number there, not a country code.
        Some(rest) if matches!(digits.len(), 12 | 13) => national(rest, default_area),
        _ => national(&digits, default_area),
    }
}

/// Cuts an extension, which is no part of the number.
fn without_extension(text: &str) -> &str {
    let lower = text.to_lowercase();
    match lower.find("ramal") {
        Some(at) => text.split_at_checked(at).map_or(text, |(number, _)| number),
        None => text,
    }
}

fn is_label(word: &str) -> bool {
    word.is_empty() || LABELS.contains(&word.to_lowercase().as_str())
}

fn international(digits: &str, default_area: Option<&str>) -> Result<Phone, PhoneFault> {
    if let Some(rest) = digits.strip_prefix("55") {
        return national(rest, default_area);
    }
    if digits.starts_with('0') || !(8..=15).contains(&digits.len()) {
        return Err(PhoneFault::ForeignLength);
    }
    Ok(Phone::Foreign {
        e164: format!("+{digits}"),
    })
}

fn national(digits: &str, default_area: Option<&str>) -> Result<Phone, PhoneFault> {
    if is_service(digits) {
        return Ok(Phone::Service {
            digits: digits.to_owned(),
        });
    }
    let digits = without_trunk(digits);
    if matches!(digits.len(), 8 | 9) {
        return match default_area {
            Some(area) => complete(&format!("{area}{digits}")),
            None => Ok(Phone::Incomplete {
                digits: digits.to_owned(),
            }),
        };
    }
    complete(digits)
}

fn is_service(digits: &str) -> bool {
    ["0800", "0300", "0500", "0900"]
        .iter()
        .filter_map(|prefix| digits.strip_prefix(prefix))
        .any(|rest| matches!(rest.len(), 6 | 7))
}

/// Cuts the trunk zero, and the carrier's two digits where they follow.
fn without_trunk(digits: &str) -> &str {
    match (digits.strip_prefix('0'), digits.len()) {
        (Some(rest), 11 | 12) => rest,
        (Some(rest), 13 | 14) => rest.split_at_checked(2).map_or(rest, |(_, number)| number),
        _ => digits,
    }
}

fn complete(digits: &str) -> Result<Phone, PhoneFault> {
    let Some((area, subscriber)) = digits.split_at_checked(2) else {
        return Err(PhoneFault::Length);
    };
    if !matches!(subscriber.len(), 8 | 9) {
        return Err(PhoneFault::Length);
    }
    if !is_area(area) {
        return Err(PhoneFault::AreaCode);
    }
    match (subscriber.len(), subscriber.chars().next()) {
        (9, Some('9')) => Ok(Phone::Mobile {
            e164: format!("+55{digits}"),
            ninth_digit_added: false,
        }),
        (8, Some('2'..='5')) => Ok(Phone::Landline {
            e164: format!("+55{digits}"),
        }),
        (8, Some('6'..='9')) => Ok(Phone::Mobile {
            e164: format!("+55{area}9{subscriber}"),
            ninth_digit_added: true,
        }),
        _ => Err(PhoneFault::Subscriber),
    }
}

pub(super) fn is_area(area: &str) -> bool {
    let mut digits = area.chars();
    let (Some(first), Some(second), None) = (digits.next(), digits.next(), digits.next()) else {
        return false;
    };
    AREAS
        .iter()
        .any(|(region, seconds)| *region == first && seconds.contains(second))
}
