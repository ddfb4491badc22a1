//! What a customer writes who does not want to be written to any more.

use contract::letters::plain;

/// Words that say so, folded; each stands as whole words of an answer.
const WORDS: &[&[&str]] = &[
    &["pare"],
    &["parem"],
    &["parar"],
    &["para", "de", "mandar"],
    &["para", "de", "me", "mandar"],
    &["sair"],
    &["nao", "quero"],
    &["descadastrar"],
    &["descadastre"],
    &["remover"],
    &["remova"],
    &["stop"],
    &["unsubscribe"],
];

/// Tells whether an answer asks not to be written to, whatever its accents and capitals.
#[must_use]
pub fn opts_out(text: &str) -> bool {
    let folded = plain(text);
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    WORDS
        .iter()
        .any(|sought| words.windows(sought.len()).any(|said| said == *sought))
}

#[cfg(test)]
mod tests {
    use super::opts_out;

    #[test]
    fn whole_words_ask_to_be_left_alone_and_parts_of_words_do_not() {
        for (text, expected) in [
            ("PARE", true),
            ("pare de mandar mensagem", true),
            ("Quero SAIR.", true),
            ("Não quero mais", true),
            ("NAO QUERO", true),
            ("na\u{303}o quero", true),
            ("não,quero", true),
            ("não  \n quero", true),
            ("", false),
            ("quero", false),
            ("preparei tudo", false),
            ("comparei os preços", false),
            ("saíram dois boletos", false),
            ("não, mas quero pagar", false),
            ("quero não", false),
            ("parece bom", false),
            ("stopwatch", false),
        ] {
            assert_eq!(opts_out(text), expected, "{text:?}");
        }
    }
}
