//! The templates that come with the program: one file a language, in `texts/`.
//!
//! A file is a row of templates. Each begins with `=== key`, then lines `name: value` (`name`, `subject`, `stages`, and where
//! they differ from the usual `moment` and `channel`), an empty line, and the text. Their order in the file is their order under the keys.

use std::sync::LazyLock;

use contract::{Channel, StageGroup};
use thiserror::Error;

use crate::template::{Moment, Template, TemplateError};
use crate::words::Locale;

#[cfg(test)]
mod tests;

/// Returns the built-in templates of every language.
#[must_use]
pub fn templates() -> &'static [Template] {
    static TEMPLATES: LazyLock<Vec<Template>> = LazyLock::new(|| {
        [
            (Locale::PtBr, include_str!("../texts/templates.pt-BR.txt")),
            (Locale::En, include_str!("../texts/templates.en.txt")),
        ]
        .into_iter()
        .flat_map(|(locale, text)| {
            read(text, locale).expect("the files are compiled in and read by a test")
        })
        .collect()
    });
    &TEMPLATES
}

/// Names a fault in a file of templates.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FileError {
    /// A line of the head that is not known, or one that is missing.
    #[error("{key}: head: {line}")]
    Head {
        /// The template.
        key: String,
        /// The line, or the name of the one that is missing.
        line: String,
    },
    /// The text itself.
    #[error("{key}: {source}")]
    Text {
        /// The template.
        key: String,
        /// What is wrong with it.
        source: TemplateError,
    },
}

/// Reads a file of templates; their places are 10 apart, so that others fit between.
///
/// # Errors
/// [`FileError`] with the template's key.
pub fn read(text: &str, locale: Locale) -> Result<Vec<Template>, FileError> {
    let text = text.replace("\r\n", "\n");
    text.split("=== ")
        .skip(1)
        .zip((10..).step_by(10))
        .map(|(section, place)| {
            Ok(Template {
                place,
                ..template(section, locale)?
            })
        })
        .collect()
}

fn template(section: &str, locale: Locale) -> Result<Template, FileError> {
    let (head, text) = section.split_once("\n\n").unwrap_or((section, ""));
    let mut lines = head.lines().map(str::trim);
    let key = lines.next().unwrap_or_default().to_owned();
    let mut template = Template {
        key,
        name: String::new(),
        locale,
        stages: Vec::new(),
        platforms: Vec::new(),
        moment: Moment::Any,
        channel: None,
        subject: String::new(),
        text: text.trim().to_owned(),
        marketing: false,
        place: 0,
    };
    for line in lines.filter(|line| !line.is_empty()) {
        let known = line
            .split_once(':')
            .and_then(|(name, value)| set(&mut template, name, value.trim()));
        known.ok_or_else(|| head_error(&template, line))?;
    }
    for (name, missing) in [
        ("name", template.name.is_empty()),
        ("subject", template.subject.is_empty()),
        ("stages", template.stages.is_empty()),
    ] {
        if missing {
            return Err(head_error(&template, name));
        }
    }
    let checked = template.variables();
    checked.map_err(|source| FileError::Text {
        key: template.key.clone(),
        source,
    })?;
    Ok(template)
}

fn set(template: &mut Template, name: &str, value: &str) -> Option<()> {
    match name {
        "name" => value.clone_into(&mut template.name),
        "subject" => value.clone_into(&mut template.subject),
        "stages" => {
            template.stages = value
                .split(',')
                .map(|group| StageGroup::from_name(group.trim()))
                .collect::<Option<_>>()?;
        }
        "moment" => template.moment = of_name(value)?,
        "channel" => template.channel = Some(of_name::<Channel>(value)?),
        _ => return None,
    }
    Some(())
}

fn of_name<T: serde::de::DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(name.into()).ok()
}

fn head_error(template: &Template, line: &str) -> FileError {
    FileError::Head {
        key: template.key.clone(),
        line: line.to_owned(),
    }
}
