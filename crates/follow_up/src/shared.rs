//! Templates that a team shares: their versions, who changed them, and how they travel.
//!
//! Knows what a shared template may look like, not where it is kept.

use chrono::{DateTime, Utc};
use contract::{Actor, Stage};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::fill::Fill;
use crate::lint::LintFinding;
use crate::template::{Template, TemplateError};
use crate::variable::VariableInfo;

mod checking;
mod file;
#[cfg(test)]
mod tests;

pub use file::{FileFault, exported, imported};

/// Holds a template of the team as the service keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SharedTemplate {
    /// The template.
    #[serde(flatten)]
    pub template: Template,
    /// How often it was changed; a change names the version it is based on, 0 for none.
    pub version: u32,
}

/// The body of a template having been saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TemplateSaved {
    /// The template as it is now.
    pub template: SharedTemplate,
    /// Who saved it.
    pub by: Actor,
}

/// Holds one change of a shared template as the service tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TemplateChange {
    /// The version it made.
    pub version: u32,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Actor,
    /// What it made of the template; `None` removed it.
    pub template: Option<Template>,
}

/// Lists the team's templates as the service answers it, by key and language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SharedTemplates {
    /// The last change of each.
    pub templates: Vec<TemplateChange>,
}

/// Lists the changes of one template as the service answers it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TemplateHistory {
    /// The changes, newest first.
    pub versions: Vec<TemplateChange>,
}

/// Shows one template to who edits templates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TemplateCard {
    /// The template.
    pub template: Template,
    /// The team's version; 0 where the team has none of its own.
    #[ts(type = "number")]
    pub version: u32,
    /// One with this key and language comes with the program.
    pub built_in: bool,
    /// Who changed it last.
    pub changed_by: Option<String>,
    /// When it was changed last, in Unix milliseconds.
    #[ts(type = "number | null")]
    pub changed_at: Option<i64>,
}

/// Shows one version of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TemplateVersion {
    /// The version.
    #[ts(type = "number")]
    pub version: u32,
    /// When it was made, in Unix milliseconds.
    #[ts(type = "number")]
    pub at: i64,
    /// Who made it.
    pub by: String,
    /// The template of that version; `null` where it was removed.
    pub template: Option<Template>,
}

impl From<TemplateChange> for TemplateVersion {
    fn from(change: TemplateChange) -> Self {
        Self {
            version: change.version,
            at: change.at.timestamp_millis(),
            by: change.by.name,
            template: change.template,
        }
    }
}

/// Tells what a draft is worth before it is saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TemplateCheck {
    /// The variables it uses, in order of appearance; empty while there is a fault.
    pub variables: Vec<VariableInfo>,
    /// The prompts it asks, likewise.
    pub prompts: Vec<String>,
    /// Why it cannot be saved.
    pub error: Option<TemplateFault>,
    /// What a reader may stumble over.
    pub findings: Vec<LintFinding>,
    /// The draft filled for real orders, newest first.
    pub preview: Vec<TemplatePreview>,
}

/// Names the fault of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TemplateFault {
    /// The line of the text, counted from 1, where the fault has one.
    #[ts(type = "number | null")]
    pub line: Option<usize>,
    /// What is wrong.
    pub code: TemplateFaultCode,
    /// The name it is about: of a variable, a filter, or a field of the template.
    pub name: Option<String>,
}

/// Lists what can be wrong with a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TemplateFaultCode {
    /// The text is empty.
    Empty,
    /// The text is too long.
    TooLong,
    /// Braces that do not close, or the like.
    Syntax,
    /// `{% … %}` or `{# … #}`.
    Block,
    /// Something other than a variable's name between the braces.
    Expression,
    /// No variable has this name.
    UnknownVariable,
    /// No filter has this name.
    UnknownFilter,
    /// A prompt's name cannot be read.
    Prompt,
    /// A code does not stand alone on its line.
    CodeNotAlone,
    /// A field other than the text is empty, too long or not of its form; `name` tells which.
    Field,
}

impl From<&TemplateError> for TemplateFault {
    fn from(error: &TemplateError) -> Self {
        use TemplateError as Error;
        use TemplateFaultCode as Code;
        let (line, code, name) = match error {
            Error::Empty => (None, Code::Empty, None),
            Error::TooLong => (None, Code::TooLong, None),
            Error::Syntax { line, .. } => (Some(*line), Code::Syntax, None),
            Error::Block { line } => (Some(*line), Code::Block, None),
            Error::Expression { line } => (Some(*line), Code::Expression, None),
            Error::UnknownVariable { line, name } => {
                (Some(*line), Code::UnknownVariable, Some(name.clone()))
            }
            Error::UnknownFilter { line, name } => {
                (Some(*line), Code::UnknownFilter, Some(name.clone()))
            }
            Error::Prompt { line } => (Some(*line), Code::Prompt, None),
            Error::CodeNotAlone { line, name } => {
                (Some(*line), Code::CodeNotAlone, Some(name.clone()))
            }
            Error::Field { name } => (None, Code::Field, Some((*name).to_owned())),
        };
        Self { line, code, name }
    }
}

/// Shows a draft filled for one real order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TemplatePreview {
    /// The conversation.
    pub conversation_id: contract::ConversationId,
    /// The person's name.
    pub name: Option<String>,
    /// The order.
    pub order_key: String,
    /// Its stage.
    pub stage: Option<Stage>,
    /// What became of the draft.
    pub fill: Fill,
}

/// Tells what a file of templates would bring in; nothing is saved yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TemplateImport {
    /// The templates in the file, in its order.
    pub items: Vec<TemplateIncoming>,
}

/// Tells what one template of a file would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TemplateIncoming {
    /// The template.
    pub template: Template,
    /// What it would change.
    pub change: IncomingChange,
    /// The version to base its saving on.
    #[ts(type = "number")]
    pub version: u32,
    /// Why it cannot be saved.
    pub error: Option<TemplateFault>,
    /// What a reader may stumble over.
    pub findings: Vec<LintFinding>,
}

/// Lists what a template that comes in can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum IncomingChange {
    /// There is none with its key and language.
    New,
    /// It takes the place of another text.
    Changed,
    /// It is here already, as it is.
    Same,
}
