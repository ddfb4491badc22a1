//! Names and other texts from platforms, made fit for a greeting or refused.
//!
//! Checkouts send test words, e-mails and placeholders where a name should be; a greeting with one of them is worse than none.

#[cfg(test)]
mod tests;

/// Words that stand where a name or a product should be.
const PLACEHOLDERS: [&str; 30] = [
    "-",
    "--",
    "anonimo",
    "anônimo",
    "buyer",
    "cliente",
    "client",
    "comprador",
    "compradora",
    "consumidor",
    "customer",
    "desconhecido",
    "false",
    "guest",
    "n/a",
    "na",
    "name",
    "nan",
    "nil",
    "nome",
    "none",
    "null",
    "sem nome",
    "test",
    "teste",
    "true",
    "undefined",
    "user",
    "usuario",
    "usuário",
];

/// Titles before a first name.
const TITLES: [&str; 9] = ["dona", "dr", "dra", "mr", "mrs", "ms", "prof", "sr", "sra"];

/// Particles within a name that keep their small letters.
const PARTICLES: [&str; 9] = ["d", "da", "das", "de", "del", "di", "do", "dos", "e"];

/// Makes a text fit for one line: control, formatting and private-use characters go, runs of white space become one space.
///
/// Returns `None` when nothing is left, when a placeholder stands there, or when the text could be read as a template.
#[must_use]
pub fn usable(text: &str) -> Option<String> {
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let folded = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let templated = ["{{", "}}", "{%", "%}"]
        .iter()
        .any(|mark| folded.contains(mark));
    let wordless = !folded.chars().any(char::is_alphanumeric);
    let placeholder = PLACEHOLDERS.contains(&folded.to_lowercase().as_str());
    (!templated && !wordless && !placeholder).then_some(folded)
}

/// Makes a person's name fit for writing, or returns `None` when the text is no name.
#[must_use]
pub fn full_name(text: &str) -> Option<String> {
    let text = usable(text)?;
    if text.contains('@') || text.chars().any(|c| c.is_numeric()) {
        return None;
    }
    let words: Vec<String> = text
        .split(' ')
        .map(|word| {
            word.chars()
                .filter(|c| is_of_a_name(*c))
                .collect::<String>()
        })
        .filter(|word| word.chars().any(char::is_alphabetic))
        .collect();
    let first = words.first()?;
    if PLACEHOLDERS.contains(&first.to_lowercase().as_str()) {
        return None;
    }
    let cased = words
        .iter()
        .enumerate()
        .map(|(at, word)| cased(word, at > 0));
    Some(cased.collect::<Vec<_>>().join(" "))
}

/// Returns the first name for a greeting, without a title; `None` when the text is no name.
#[must_use]
pub fn first_name(text: &str) -> Option<String> {
    full_name(text)?
        .split(' ')
        .find(|word| !TITLES.contains(&word.trim_end_matches('.').to_lowercase().as_str()))
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| word.chars().count() > 1)
        .map(str::to_owned)
}

/// Gives a word of one case its capital; a word of mixed case is left as its owner wrote it.
fn cased(word: &str, may_be_particle: bool) -> String {
    let lower = word.to_lowercase();
    if may_be_particle && PARTICLES.contains(&lower.as_str()) {
        return lower;
    }
    if word != lower && word != word.to_uppercase() {
        return word.to_owned();
    }
    let mut cased = String::new();
    let mut starts = true;
    for c in lower.chars() {
        if starts {
            cased.extend(c.to_uppercase());
        } else {
            cased.push(c);
        }
        starts = matches!(c, '-' | '\'' | '’');
    }
    cased
}

fn is_of_a_name(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '-' | '\'' | '’' | '.')
}

/// Tells the characters that no text for people needs: controls but white space, directions, joiners, private use.
fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}
