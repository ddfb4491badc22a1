//! Walks a template's text and refuses all that is not a plain variable or a prompt.

use super::{FILTERS, Slot, TemplateError};
use crate::variable::{Variable, VariableKind};

/// Holds the answers among a text's values.
pub(super) const ANSWERS: &str = "answers";

/// Longest name of a prompt, in characters.
const LONGEST_PROMPT: usize = 40;

/// Names the answer to the prompt at this place among a text's prompts.
pub(super) fn answer(at: usize) -> String {
    format!("a{at}")
}

/// Returns the slots in order of appearance, each once.
pub(super) fn slots(text: &str) -> Result<Vec<Slot>, TemplateError> {
    let mut found = Vec::new();
    for (line, text) in (1..).zip(text.split('\n')) {
        for slot in of_line(line, text)? {
            if !found.contains(&slot) {
                found.push(slot);
            }
        }
    }
    Ok(found)
}

/// Returns the text with each prompt written as a variable, and the prompts in order of appearance, each once.
pub(super) fn without_prompts(text: &str) -> Result<(String, Vec<String>), TemplateError> {
    let mut prompts: Vec<String> = Vec::new();
    let mut lines = Vec::new();
    for (line, text) in (1..).zip(text.split('\n')) {
        let (mut plain, mut rest) = (String::new(), text);
        while let Some((before, inside, after)) = next(rest) {
            plain.push_str(before);
            plain.push_str(&match prompt(line, inside)? {
                Some(name) => format!("{{{{ {ANSWERS}.{} }}}}", answer(place(&mut prompts, name))),
                None => format!("{{{{{inside}}}}}"),
            });
            rest = after;
        }
        plain.push_str(rest);
        lines.push(plain);
    }
    Ok((lines.join("\n"), prompts))
}

/// Splits a line at its next pair of braces: what is before, inside, and after.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let (before, after) = text.split_once("{{")?;
    let (inside, after) = after.split_once("}}")?;
    Some((before, inside, after))
}

/// Returns a prompt's place among those seen so far, adding it where it is new.
fn place(prompts: &mut Vec<String>, name: String) -> usize {
    let known = prompts.iter().position(|known| *known == name);
    known.unwrap_or_else(|| {
        prompts.push(name);
        prompts.len().saturating_sub(1)
    })
}

/// Reads a prompt's name; `None` when no prompt stands between the braces.
fn prompt(line: usize, inside: &str) -> Result<Option<String>, TemplateError> {
    let Some(name) = inside.trim().strip_prefix('?') else {
        return Ok(None);
    };
    let name = name.trim();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-');
    let fits = !name.is_empty() && name.chars().count() <= LONGEST_PROMPT;
    if fits && name.chars().all(plain) {
        Ok(Some(name.to_owned()))
    } else {
        Err(TemplateError::Prompt { line })
    }
}

fn of_line(line: usize, text: &str) -> Result<Vec<Slot>, TemplateError> {
    if ["{%", "%}", "{#", "#}"]
        .iter()
        .any(|mark| text.contains(mark))
    {
        return Err(TemplateError::Block { line });
    }
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (inside, after) = after
            .split_once("}}")
            .ok_or(TemplateError::Expression { line })?;
        refuse_stray(line, before)?;
        found.push(match prompt(line, inside)? {
            Some(name) => Slot::Prompt(name),
            None => Slot::Variable(expression(line, inside, text)?),
        });
        rest = after;
    }
    refuse_stray(line, rest)?;
    Ok(found)
}

fn refuse_stray(line: usize, text: &str) -> Result<(), TemplateError> {
    if text.contains("}}") {
        Err(TemplateError::Expression { line })
    } else {
        Ok(())
    }
}

/// Reads what stands between braces: a name, then filters.
fn expression(line: usize, inside: &str, whole: &str) -> Result<Variable, TemplateError> {
    let mut parts = inside.split('|').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let filters: Vec<&str> = parts.collect();
    if name.is_empty()
        || !name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
    {
        return Err(TemplateError::Expression { line });
    }
    let Some(variable) = Variable::from_name(name) else {
        return Err(TemplateError::UnknownVariable {
            line,
            name: name.to_owned(),
        });
    };
    if let Some(unknown) = filters.iter().find(|filter| !FILTERS.contains(filter)) {
        return Err(TemplateError::UnknownFilter {
            line,
            name: (*unknown).to_owned(),
        });
    }
    let alone = filters.is_empty() && whole.trim() == format!("{{{{{inside}}}}}");
    if variable.kind() == VariableKind::Code && !alone {
        return Err(TemplateError::CodeNotAlone {
            line,
            name: name.to_owned(),
        });
    }
    let is_link = variable.kind() == VariableKind::Link;
    if is_link && !filters.is_empty() {
        return Err(TemplateError::UnknownFilter {
            line,
            name: filters.join("|"),
        });
    }
    Ok(variable)
}
