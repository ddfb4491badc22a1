//! Templates as a file: what goes out, and what would come in.

use serde::{Deserialize, Serialize};

use crate::lint::lint;
use crate::template::Template;
use crate::words::Locale;

use super::{IncomingChange, TemplateImport, TemplateIncoming};

/// Says what a file is.
const FORMAT: &str = "balcao.templates";

/// Most templates one file may bring.
const MOST: usize = 1_000;

/// Names why a text is no file of templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// Not JSON of the form that is written here.
    #[error("the text is no file of templates")]
    Form,
    /// A form of a later version of the program.
    #[error("the file comes from a later version")]
    Later,
    /// Too many templates.
    #[error("the file holds more than {MOST} templates")]
    TooMany,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    format: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct File<T> {
    #[serde(flatten)]
    head: Head,
    templates: Vec<T>,
}

/// Writes templates as a file.
#[must_use]
pub fn exported<'a>(templates: impl IntoIterator<Item = &'a Template>) -> String {
    let file = File {
        head: Head {
            format: FORMAT.to_owned(),
            version: 1,
        },
        templates: templates.into_iter().collect(),
    };
    serde_json::to_string_pretty(&file).expect("templates are plain data") + "\n"
}

/// Reads a file of templates and tells what each would change; `known` finds the one that is here, with its version.
///
/// # Errors
/// [`FileFault`].
pub fn imported<'a>(
    text: &str,
    known: impl Fn(&str, Locale) -> Option<(&'a Template, u32)>,
) -> Result<TemplateImport, FileFault> {
    let text = text.trim_start_matches('\u{feff}');
    let head: Head = serde_json::from_str(text).map_err(|_| FileFault::Form)?;
    if head.format != FORMAT {
        return Err(FileFault::Form);
    }
    if head.version > 1 {
        return Err(FileFault::Later);
    }
    let file: File<Template> = serde_json::from_str(text).map_err(|_| FileFault::Form)?;
    if file.templates.len() > MOST {
        return Err(FileFault::TooMany);
    }
    let items = file.templates.into_iter();
    Ok(TemplateImport {
        items: items
            .map(|template| incoming(template.clone(), known(&template.key, template.locale)))
            .collect(),
    })
}

fn incoming(template: Template, known: Option<(&Template, u32)>) -> TemplateIncoming {
    TemplateIncoming {
        change: match known {
            None => IncomingChange::New,
            Some((known, _)) if *known == template => IncomingChange::Same,
            Some(_) => IncomingChange::Changed,
        },
        version: known.map_or(0, |(_, version)| version),
        error: template.check().err().as_ref().map(Into::into),
        findings: lint(&template),
        template,
    }
}
