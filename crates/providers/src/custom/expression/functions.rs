//! The functions of JMESPath that reading a sale can need, and three of our own: `header`, `query` and `lower`.

use super::Expr;
use super::evaluate::{Budget, Scene, TooCostly};
use crate::custom::value::Value;
use crate::inbound::Single;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Contains,
    EndsWith,
    Header,
    Join,
    Keys,
    Length,
    Lower,
    Map,
    MaxBy,
    MinBy,
    NotNull,
    Query,
    Reverse,
    Sort,
    SortBy,
    StartsWith,
    ToArray,
    ToNumber,
    ToString,
    Type,
    Values,
}

impl Function {
    pub(super) const ALL: [(&'static str, Self); 21] = [
        ("contains", Self::Contains),
        ("ends_with", Self::EndsWith),
        ("header", Self::Header),
        ("join", Self::Join),
        ("keys", Self::Keys),
        ("length", Self::Length),
        ("lower", Self::Lower),
        ("map", Self::Map),
        ("max_by", Self::MaxBy),
        ("min_by", Self::MinBy),
        ("not_null", Self::NotNull),
        ("query", Self::Query),
        ("reverse", Self::Reverse),
        ("sort", Self::Sort),
        ("sort_by", Self::SortBy),
        ("starts_with", Self::StartsWith),
        ("to_array", Self::ToArray),
        ("to_number", Self::ToNumber),
        ("to_string", Self::ToString),
        ("type", Self::Type),
        ("values", Self::Values),
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, function)| *function)
    }

    pub(super) const fn arity(self) -> &'static str {
        match self {
            Self::NotNull => "at least one argument",
            Self::Contains
            | Self::EndsWith
            | Self::Join
            | Self::Map
            | Self::MaxBy
            | Self::MinBy
            | Self::SortBy
            | Self::StartsWith => "two arguments",
            _ => "one argument",
        }
    }

    pub(super) fn takes(self, count: usize) -> bool {
        match self.arity() {
            "at least one argument" => count >= 1,
            "two arguments" => count == 2,
            _ => count == 1,
        }
    }

    /// Returns which argument is an expression for each element.
    pub(super) const fn key_argument(self) -> Option<usize> {
        match self {
            Self::Map => Some(0),
            Self::MaxBy | Self::MinBy | Self::SortBy => Some(1),
            _ => None,
        }
    }

    /// Tells whether the argument must stand in the expression itself, so that it is known beforehand.
    pub(super) const fn takes_name(self) -> bool {
        matches!(self, Self::Header | Self::Query)
    }

    /// Calls the function; null where it cannot take its arguments.
    pub(super) fn call<'a>(
        self,
        args: &[Expr],
        data: &Value<'a>,
        scene: &Scene<'a>,
        budget: &mut Budget,
    ) -> Result<Value<'a>, TooCostly> {
        let called = Call {
            args,
            data,
            scene,
            budget,
        };
        match self {
            Self::NotNull => called.first_not_null(),
            Self::Map => called.mapped(),
            Self::MaxBy => called.sorted_by().map(|list| last(&list)),
            Self::MinBy => called.sorted_by().map(|list| first(&list)),
            Self::SortBy => called.sorted_by(),
            Self::Contains | Self::EndsWith | Self::Join | Self::StartsWith => called.of_two(self),
            _ => called.of_one(self),
        }
    }
}

struct Call<'c, 'a> {
    args: &'c [Expr],
    data: &'c Value<'a>,
    scene: &'c Scene<'a>,
    budget: &'c mut Budget,
}

impl<'a> Call<'_, 'a> {
    fn arg(&mut self, at: usize) -> Result<Value<'a>, TooCostly> {
        match self.args.get(at) {
            Some(arg) => arg.of(self.data, self.scene, self.budget),
            None => Ok(Value::Null),
        }
    }

    fn first_not_null(mut self) -> Result<Value<'a>, TooCostly> {
        for at in 0..self.args.len() {
            let value = self.arg(at)?;
            if !value.is_null() {
                return Ok(value);
            }
        }
        Ok(Value::Null)
    }

    fn mapped(mut self) -> Result<Value<'a>, TooCostly> {
        let (Value::List(list), Some(key)) = (self.arg(1)?, self.args.first()) else {
            return Ok(Value::Null);
        };
        let mapped = list
            .iter()
            .map(|one| key.of(one, self.scene, self.budget))
            .collect::<Result<_, _>>()?;
        Ok(Value::List(mapped))
    }

    /// Sorts by a key; equal keys keep their order. Null where not all keys are texts, or all numbers.
    fn sorted_by(mut self) -> Result<Value<'a>, TooCostly> {
        let (Value::List(list), Some(key)) = (self.arg(0)?, self.args.get(1)) else {
            return Ok(Value::Null);
        };
        let keyed = list
            .iter()
            .map(|one| Ok((key.of(one, self.scene, self.budget)?, one.clone())))
            .collect::<Result<Vec<_>, TooCostly>>()?;
        sorted(keyed, self.budget)
    }

    fn of_two(mut self, function: Function) -> Result<Value<'a>, TooCostly> {
        let (one, two) = (self.arg(0)?, self.arg(1)?);
        self.budget.spend_on(&one)?;
        self.budget.spend_on(&two)?;
        Ok(match (function, one, two) {
            (Function::Contains, Value::Text(one), Value::Text(two)) => {
                Value::Bool(one.contains(&*two))
            }
            (Function::Contains, Value::List(list), two) => Value::Bool(list.contains(&two)),
            (Function::EndsWith, Value::Text(one), Value::Text(two)) => {
                Value::Bool(one.ends_with(&*two))
            }
            (Function::StartsWith, Value::Text(one), Value::Text(two)) => {
                Value::Bool(one.starts_with(&*two))
            }
            (Function::Join, Value::Text(glue), Value::List(list)) => {
                self.budget
                    .spend(list.len().saturating_mul(glue.len() / 16))?;
                let words = list.iter().map(|one| match one {
                    Value::Text(text) | Value::Number(text) => Some(&**text),
                    _ => None,
                });
                words
                    .collect::<Option<Vec<&str>>>()
                    .map_or(Value::Null, |words| Value::text(words.join(&glue)))
            }
            _ => Value::Null,
        })
    }

    fn of_one(mut self, function: Function) -> Result<Value<'a>, TooCostly> {
        let value = self.arg(0)?;
        self.budget.spend_on(&value)?;
        Ok(match (function, value) {
            (Function::Header, name) => self.header(&name),
            (Function::Query, name) => self.parameter(&name),
            (Function::Type, value) => Value::text(kind(&value)),
            (Function::ToArray, list @ Value::List(_)) => list,
            (Function::ToArray, other) => Value::list(vec![other]),
            (Function::ToString, text @ Value::Text(_)) => text,
            (Function::ToString, other) => {
                let mut text = String::new();
                other.write(&mut text);
                Value::text(text)
            }
            (Function::ToNumber, number @ Value::Number(_)) => number,
            (Function::ToNumber, Value::Text(text)) if is_number(&text) => Value::Number(text),
            (Function::Length, Value::Text(text)) => length(text.chars().count()),
            (Function::Length, Value::List(list)) => length(list.len()),
            (Function::Length, Value::Object(members)) => length(members.len()),
            (Function::Keys, Value::Object(members)) => {
                Value::List(members.keys().map(|name| Value::text(&**name)).collect())
            }
            (Function::Values, Value::Object(members)) => {
                Value::List(members.values().cloned().collect())
            }
            (Function::Lower, Value::Text(text)) => Value::text(text.to_lowercase()),
            (Function::Reverse, Value::Text(text)) => {
                Value::text(text.chars().rev().collect::<String>())
            }
            (Function::Reverse, Value::List(list)) => {
                Value::List(list.iter().rev().cloned().collect())
            }
            (Function::Sort, Value::List(list)) => {
                let keyed = list.iter().map(|one| (one.clone(), one.clone())).collect();
                return sorted(keyed, self.budget);
            }
            _ => Value::Null,
        })
    }

    /// Returns a header that stands once in the request.
    fn header(&self, name: &Value<'_>) -> Value<'a> {
        match self.scene.inbound.header(name.word().unwrap_or_default()) {
            Single::Once(value) => match std::str::from_utf8(value) {
                Ok(value) => Value::text(value),
                Err(_) => Value::Null,
            },
            Single::Absent | Single::Repeated => Value::Null,
        }
    }

    /// Returns a parameter that stands once in the address.
    fn parameter(&self, name: &Value<'_>) -> Value<'a> {
        match self
            .scene
            .inbound
            .parameter(name.word().unwrap_or_default())
        {
            Single::Once(value) => Value::text(value),
            Single::Absent | Single::Repeated => Value::Null,
        }
    }
}

fn sorted<'a>(
    mut keyed: Vec<(Value<'a>, Value<'a>)>,
    budget: &mut Budget,
) -> Result<Value<'a>, TooCostly> {
    let texts = keyed.iter().all(|(key, _)| matches!(key, Value::Text(_)));
    let numbers = keyed.iter().all(|(key, _)| matches!(key, Value::Number(_)));
    if !texts && !numbers {
        return Ok(Value::Null);
    }
    let rounds = usize::try_from(keyed.len().max(2).ilog2()).unwrap_or(usize::MAX);
    for (key, _) in &keyed {
        budget.spend(key.size(usize::MAX).saturating_mul(rounds))?;
    }
    if texts {
        keyed.sort_by(|(one, _), (two, _)| one.word_or_empty().cmp(two.word_or_empty()));
    } else {
        // One measure for all, so that the order is one.
        let measure = |value: &Value<'_>| value.word_or_empty().parse().unwrap_or(0.0);
        keyed.sort_by(|(one, _), (two, _)| f64::total_cmp(&measure(one), &measure(two)));
    }
    Ok(Value::List(keyed.into_iter().map(|(_, one)| one).collect()))
}

fn first<'a>(list: &Value<'a>) -> Value<'a> {
    match list {
        Value::List(list) => list.first().cloned().unwrap_or(Value::Null),
        _ => Value::Null,
    }
}

fn last<'a>(list: &Value<'a>) -> Value<'a> {
    match list {
        Value::List(list) => list.last().cloned().unwrap_or(Value::Null),
        _ => Value::Null,
    }
}

fn length<'a>(count: usize) -> Value<'a> {
    Value::Number(count.to_string().into())
}

/// Tells a text that JSON would take for a number.
fn is_number(text: &str) -> bool {
    serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok_and(|raw| {
        raw.get()
            .starts_with(|c: char| c.is_ascii_digit() || c == '-')
    })
}

const fn kind(value: &Value<'_>) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::Text(_) => "string",
        Value::List(_) => "array",
        Value::Object(_) => "object",
    }
}
