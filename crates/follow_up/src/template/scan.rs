//! Walks a template's text and refuses all that is not a plain variable.

use super::{FILTERS, TemplateError};
use crate::variable::{Variable, VariableKind};

/// Returns the variables in order of appearance, each once.
pub(super) fn variables(text: &str) -> Result<Vec<Variable>, TemplateError> {
    let mut found = Vec::new();
    for (line, text) in (1..).zip(text.split('\n')) {
        for variable in of_line(line, text)? {
            if !found.contains(&variable) {
                found.push(variable);
            }
        }
    }
    Ok(found)
}

fn of_line(line: usize, text: &str) -> Result<Vec<Variable>, TemplateError> {
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
        found.push(expression(line, inside, text)?);
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
