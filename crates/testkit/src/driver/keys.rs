//! Chords such as `Control+Shift+k` as the protocol's key actions.

use serde_json::{Value, json};

/// Returns the presses of a chord in order, then the releases in reverse.
///
/// # Panics
/// When a name of more than one letter is not a key known here.
#[track_caller]
pub(super) fn actions(chord: &str) -> Vec<Value> {
    let keys: Vec<String> = split(chord).into_iter().map(key).collect();
    let down = keys
        .iter()
        .map(|key| json!({"type": "keyDown", "value": key}));
    let up = keys
        .iter()
        .rev()
        .map(|key| json!({"type": "keyUp", "value": key}));
    down.chain(up).collect()
}

/// Returns the presses and releases of a text's characters, one after the other; a line's end is Enter.
#[track_caller]
pub(super) fn letters(text: &str) -> Vec<Value> {
    let keys = text.chars().map(|letter| match letter {
        '\n' => key("Enter"),
        letter => letter.to_string(),
    });
    keys.flat_map(|key| {
        [
            json!({"type": "keyDown", "value": key}),
            json!({"type": "keyUp", "value": key}),
        ]
    })
    .collect()
}

/// Splits at plus signs; a lone plus is the key itself.
fn split(chord: &str) -> Vec<&str> {
    if chord == "+" {
        return vec![chord];
    }
    chord.split('+').collect()
}

/// Code points that the W3C WebDriver recommendation assigns to keys without a character.
#[track_caller]
fn key(name: &str) -> String {
    let known = match name {
        "Backspace" => '\u{E003}',
        "Tab" => '\u{E004}',
        "Enter" => '\u{E007}',
        "Shift" => '\u{E008}',
        "Control" => '\u{E009}',
        "Alt" => '\u{E00A}',
        "Escape" => '\u{E00C}',
        "Space" => ' ',
        "PageUp" => '\u{E00E}',
        "PageDown" => '\u{E00F}',
        "End" => '\u{E010}',
        "Home" => '\u{E011}',
        "ArrowLeft" => '\u{E012}',
        "ArrowUp" => '\u{E013}',
        "ArrowRight" => '\u{E014}',
        "ArrowDown" => '\u{E015}',
        "Delete" => '\u{E017}',
        "Meta" => '\u{E03D}',
        single if single.chars().count() == 1 => return single.to_owned(),
        unknown => panic!("no key is called {unknown:?}"),
    };
    known.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chord_is_released_in_reverse() {
        let values: Vec<String> = actions("Control+k")
            .iter()
            .map(|action| format!("{} {}", action["type"], action["value"]).replace('"', ""))
            .collect();
        assert_eq!(
            values,
            ["keyDown \u{E009}", "keyDown k", "keyUp k", "keyUp \u{E009}"]
        );
        assert_eq!(actions("+").len(), 2);
    }

    #[test]
    fn a_text_is_typed_letter_by_letter() {
        let typed = letters("a+\n");
        let values: Vec<_> = typed.iter().map(|action| &action["value"]).collect();
        assert_eq!(values, ["a", "a", "+", "+", "\u{E007}", "\u{E007}"]);
    }

    #[test]
    #[should_panic(expected = "no key is called \"Entr\"")]
    fn a_misspelt_key_is_an_error() {
        actions("Entr");
    }
}
