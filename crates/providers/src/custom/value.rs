//! What a body says, as a tree that is cheap to hand around and whose numbers stay the text they were.
//!
//! No number becomes a float here: an amount is read from the digits that were sent.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use serde::de::IgnoredAny;

use crate::json::{self, Token, Tokens};
use crate::reading::Unreadable;

/// Most fields read of a form.
const MAX_FIELDS: usize = 10_000;

/// A text of the body, or one made from it; a clone shares it.
#[derive(Debug, Clone)]
pub(super) enum Text<'a> {
    Sent(&'a str),
    Made(Arc<str>),
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Sent(text) => text,
            Self::Made(text) => text,
        }
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self::Made(text.into())
    }
}

impl<'a> From<Cow<'a, str>> for Text<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Self::Sent(text),
            Cow::Owned(text) => text.into(),
        }
    }
}

/// The members of an object, by name.
pub(super) type Members<'a> = BTreeMap<Box<str>, Value<'a>>;

/// A JSON value.
#[derive(Debug, Clone)]
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    /// As it was written.
    Number(Text<'a>),
    Text(Text<'a>),
    List(Arc<[Value<'a>]>),
    Object(Arc<Members<'a>>),
}

impl<'a> Value<'a> {
    /// Reads a JSON body.
    pub(super) fn of_json(body: &'a [u8]) -> Result<Self, Unreadable> {
        json::read::<IgnoredAny>(body)?;
        let text = json::text(body)?.as_bytes();
        let mut tokens = Tokens::of(text).peekable();
        let mut tree = Tree::default();
        while let Some((token, span)) = tokens.next() {
            let bytes = text.get(span).unwrap_or_default();
            match token {
                Token::Open => tree.open(bytes),
                Token::Close => tree.close()?,
                Token::Colon | Token::Comma => {}
                Token::Text if tokens.next_if(|(next, _)| *next == Token::Colon).is_some() => {
                    tree.name = Some(json::decoded(bytes).ok_or_else(bad_text)?.into());
                }
                Token::Text => {
                    let text = json::decoded(bytes).ok_or_else(bad_text)?;
                    tree.put(Self::Text(text.into()))?;
                }
                Token::Bare => tree.put(Self::bare(bytes))?,
            }
        }
        Ok(tree.root)
    }

    /// Reads a body of form fields; a name that comes more than once holds a list.
    pub(super) fn of_form(body: &'a [u8]) -> Result<Self, Unreadable> {
        json::text(body)?;
        let mut fields: BTreeMap<Box<str>, Vec<Value<'a>>> = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(body).take(MAX_FIELDS) {
            let values = fields
                .entry(name.into_owned().into_boxed_str())
                .or_default();
            values.push(Self::Text(value.into()));
        }
        let fold = |mut values: Vec<Value<'a>>| match values.len() {
            1 => values.pop().unwrap_or(Self::Null),
            _ => Self::List(values.into()),
        };
        let fields = fields
            .into_iter()
            .map(|(name, values)| (name, fold(values)));
        Ok(Self::Object(Arc::new(fields.collect())))
    }

    fn bare(bytes: &'a [u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok("true") => Self::Bool(true),
            Ok("false") => Self::Bool(false),
            Ok("null") | Err(_) => Self::Null,
            Ok(number) => Self::Number(Text::Sent(number)),
        }
    }

    /// Makes a text.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into().into())
    }

    pub(super) fn list(values: Vec<Self>) -> Self {
        Self::List(values.into())
    }

    pub(super) const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Tells truth as JMESPath does: null, false and what is empty is not.
    pub(super) fn is_truthy(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(flag) => *flag,
            Self::Number(_) => true,
            Self::Text(text) => !text.is_empty(),
            Self::List(list) => !list.is_empty(),
            Self::Object(members) => !members.is_empty(),
        }
    }

    /// Returns a text, a number or a truth as text, outer white space cut; `None` for anything else and for what is empty.
    pub(super) fn word(&self) -> Option<&str> {
        let word = match self {
            Self::Text(text) | Self::Number(text) => text.trim(),
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
            Self::Null | Self::List(_) | Self::Object(_) => "",
        };
        (!word.is_empty()).then_some(word)
    }

    /// Returns the text that stands there, as it stands.
    pub(super) fn word_or_empty(&self) -> &str {
        match self {
            Self::Text(text) | Self::Number(text) => text,
            _ => "",
        }
    }

    /// Writes the value as JSON.
    pub(super) fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
            Self::Number(number) => out.push_str(number),
            Self::Text(text) => write_text(text, out),
            Self::List(list) => {
                out.push('[');
                for (index, value) in list.iter().enumerate() {
                    separate(index, out);
                    value.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    separate(index, out);
                    write_text(name, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    /// Counts values and bytes, as a measure of what it costs to look at all of it; stops soon after `most`.
    pub(super) fn size(&self, most: usize) -> usize {
        let inner = |size: usize, values: &mut dyn Iterator<Item = &Value<'a>>| {
            values.fold(size, |size, value| match most.checked_sub(size) {
                Some(left) => size.saturating_add(value.size(left)),
                None => size,
            })
        };
        match self {
            Self::Null | Self::Bool(_) => 1,
            Self::Number(text) | Self::Text(text) => 1_usize.saturating_add(text.len() / 16),
            Self::List(list) => inner(1, &mut list.iter()),
            Self::Object(members) => {
                let names = members.keys().map(|name| name.len() / 16);
                let names = names.fold(1, usize::saturating_add);
                inner(names, &mut members.values())
            }
        }
    }
}

/// Numbers are equal when they are written alike or mean the same; whole numbers are never rounded for it.
impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(one), Self::Bool(two)) => one == two,
            (Self::Text(one), Self::Text(two)) => **one == **two,
            (Self::Number(one), Self::Number(two)) => {
                **one == **two || compared(one, two).is_some_and(std::cmp::Ordering::is_eq)
            }
            (Self::List(one), Self::List(two)) => one == two,
            (Self::Object(one), Self::Object(two)) => one == two,
            _ => false,
        }
    }
}

/// Compares two numbers by what they mean.
pub(super) fn compared(one: &str, two: &str) -> Option<std::cmp::Ordering> {
    if let (Ok(one), Ok(two)) = (one.parse::<i128>(), two.parse::<i128>()) {
        return Some(one.cmp(&two));
    }
    // Only conditions come here; amounts are never compared.
    let (one, two) = (one.parse::<f64>().ok()?, two.parse::<f64>().ok()?);
    one.partial_cmp(&two)
}

fn separate(index: usize, out: &mut String) {
    if index > 0 {
        out.push(',');
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

fn bad_text() -> Unreadable {
    whole("bad_json", "a text holds half a character")
}

fn whole(code: &'static str, detail: &str) -> Unreadable {
    Unreadable {
        code,
        path: ".".to_owned(),
        detail: detail.to_owned(),
    }
}

/// A list or object that is not closed yet, with the name under which it will stand.
enum Begun<'a> {
    List(Vec<Value<'a>>),
    Object(Members<'a>),
}

/// Builds the tree of a body that is known to be sound.
struct Tree<'a> {
    root: Value<'a>,
    open: Vec<(Begun<'a>, Option<Box<str>>)>,
    name: Option<Box<str>>,
}

impl Default for Tree<'_> {
    fn default() -> Self {
        Self {
            root: Value::Null,
            open: Vec::new(),
            name: None,
        }
    }
}

impl<'a> Tree<'a> {
    fn open(&mut self, mark: &[u8]) {
        let begun = match mark {
            b"{" => Begun::Object(Members::new()),
            _ => Begun::List(Vec::new()),
        };
        self.open.push((begun, self.name.take()));
    }

    fn close(&mut self) -> Result<(), Unreadable> {
        let Some((begun, name)) = self.open.pop() else {
            return Ok(());
        };
        self.name = name;
        self.put(match begun {
            Begun::List(values) => Value::list(values),
            Begun::Object(members) => Value::Object(Arc::new(members)),
        })
    }

    /// Adds a value where it belongs; a name that comes twice would mean two things, so it is refused.
    fn put(&mut self, value: Value<'a>) -> Result<(), Unreadable> {
        match self.open.last_mut() {
            None => self.root = value,
            Some((Begun::List(values), _)) => values.push(value),
            Some((Begun::Object(members), _)) => {
                let name = self.name.take().unwrap_or_default();
                if members.insert(name, value).is_some() {
                    return Err(whole("repeated_member", "a name comes twice in one object"));
                }
            }
        }
        Ok(())
    }
}
