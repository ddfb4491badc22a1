//! Lays JSON out for the eye without reading its values, so that every number and every text stays letter by letter.

/// Returns the text with one member a line, two blanks a level; what is not JSON comes back with its blanks changed at most.
pub(super) fn pretty(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => string(&mut out, &mut letters),
            '{' | '[' => {
                out.push(letter);
                while letters.next_if(|next| next.is_ascii_whitespace()).is_some() {}
                if let Some(close) = letters.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(close);
                } else {
                    depth = depth.saturating_add(1);
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(letter);
            }
            ',' => {
                out.push(letter);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            blank if blank.is_ascii_whitespace() => {}
            other => out.push(other),
        }
    }
    out
}

fn string(out: &mut String, letters: &mut impl Iterator<Item = char>) {
    out.push('"');
    while let Some(letter) = letters.next() {
        out.push(letter);
        match letter {
            '\\' => out.extend(letters.next()),
            '"' => return,
            _ => {}
        }
    }
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::pretty;

    #[test]
    fn members_stand_one_a_line_and_values_as_they_came() {
        for (text, laid_out) in [
            ("{}", "{}"),
            ("[ ]", "[]"),
            ("1797.30", "1797.30"),
            (
                r#"{"a":1797.30,"b":[1,{"c":"x, {y}: \"z\\"}]}"#,
                "{\n  \"a\": 1797.30,\n  \"b\": [\n    1,\n    {\n      \"c\": \"x, {y}: \\\"z\\\\\"\n    }\n  ]\n}",
            ),
            (
                "{ \"n\" : 12345678901234567890123 ,\n\t\"t\": \"José\" }",
                "{\n  \"n\": 12345678901234567890123,\n  \"t\": \"José\"\n}",
            ),
            ("]]{", "\n]\n]{\n  "),
        ] {
            assert_eq!(pretty(text), laid_out, "{text}");
        }
    }
}
