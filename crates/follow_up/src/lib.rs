//! Commerce variables and the templates filled from them.
//!
//! Pure: no I/O and no clock; the time is passed in. A template with a missing value is never filled: the answer names what is
//! missing, why, and what would bring it.
#![warn(missing_docs)]

pub mod at_hand;
pub mod built_in;
pub mod fill;
pub mod library;
pub mod link;
pub mod lint;
pub mod name;
pub mod sequence;
pub mod shared;
pub mod template;
pub mod values;
pub mod variable;
pub mod words;

pub use at_hand::{SaleValue, marks_in, sale_values};
pub use fill::{Answers, Fill, Mark, Missing, MissingKind};
pub use library::{Library, TemplateChip, Uses};
pub use lint::{LintCode, LintFinding, LintPart, LintSeverity};
pub use sequence::{
    PlannedStep, SequencePlan, SequenceState, SequenceStep, Sequences, SequencesSaved,
    SharedSequences, SkipReason, StageSequence, StepAt, StopReason,
};
pub use shared::{
    IncomingChange, SharedTemplate, SharedTemplates, TemplateCard, TemplateChange, TemplateCheck,
    TemplateFault, TemplateFaultCode, TemplateHistory, TemplateImport, TemplateIncoming,
    TemplatePreview, TemplateSaved, TemplateVersion,
};
pub use template::{Moment, Slot, Template, Template as TemplateDraft, TemplateError};
pub use values::{Reason, Sources, Values};
pub use variable::{Variable, VariableInfo};
pub use words::Locale;
