//! Evaluates compiled expressions. Every step, and everything that is built or looked at, is paid from one budget.

use std::sync::Arc;

use jmespath::ast::Comparator;

use super::{Expr, Expression};
use crate::custom::value::{Value, compared};
use crate::inbound::Inbound;

/// What one reading may cost: visits of nodes and elements, and texts by their length.
const STEPS: usize = 200_000;

/// What an expression can look at.
pub(crate) struct Scene<'a> {
    pub(crate) inbound: Inbound<'a>,
    pub(crate) body: Value<'a>,
}

/// Says that a reading cost more than it may.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooCostly;

/// Counts down what one reading may still cost.
pub(crate) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(STEPS)
    }
}

impl Budget {
    /// Pays for work that is about to be done.
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), TooCostly> {
        self.0 = self.0.checked_sub(steps).ok_or(TooCostly)?;
        Ok(())
    }

    /// Pays for looking at all of a value.
    pub(super) fn spend_on(&mut self, value: &Value<'_>) -> Result<(), TooCostly> {
        let size = value.size(self.0);
        self.spend(size)
    }
}

impl Expression {
    /// Evaluates the expression over the whole body.
    pub(crate) fn over<'a>(
        &self,
        scene: &Scene<'a>,
        budget: &mut Budget,
    ) -> Result<Value<'a>, TooCostly> {
        self.0.of(&scene.body, scene, budget)
    }

    /// Evaluates the expression over a part of the body.
    pub(crate) fn over_part<'a>(
        &self,
        part: &Value<'a>,
        scene: &Scene<'a>,
        budget: &mut Budget,
    ) -> Result<Value<'a>, TooCostly> {
        self.0.of(part, scene, budget)
    }
}

impl Expr {
    pub(super) fn of<'a>(
        &self,
        data: &Value<'a>,
        scene: &Scene<'a>,
        budget: &mut Budget,
    ) -> Result<Value<'a>, TooCostly> {
        budget.spend(1)?;
        Ok(match self {
            Self::Current => data.clone(),
            Self::Member(name) => member(data, name),
            Self::Index(index) => element(data, *index),
            Self::Slice(start, stop, step) => slice(data, (*start, *stop, *step), budget)?,
            Self::Literal(value) => value.clone(),
            Self::Then(one, two) => two.of(&one.of(data, scene, budget)?, scene, budget)?,
            Self::Or(one, two) => match one.of(data, scene, budget)? {
                truthy if truthy.is_truthy() => truthy,
                _ => two.of(data, scene, budget)?,
            },
            Self::And(one, two) => match one.of(data, scene, budget)? {
                truthy if truthy.is_truthy() => two.of(data, scene, budget)?,
                falsy => falsy,
            },
            Self::Not(inner) => Value::Bool(!inner.of(data, scene, budget)?.is_truthy()),
            Self::Compare(how, one, two) => {
                let one = one.of(data, scene, budget)?;
                let two = two.of(data, scene, budget)?;
                budget.spend_on(&one)?;
                compare(how, &one, &two)
            }
            Self::Where(condition, then) => match condition.of(data, scene, budget)?.is_truthy() {
                true => then.of(data, scene, budget)?,
                false => Value::Null,
            },
            Self::Values(inner) => match inner.of(data, scene, budget)? {
                Value::Object(members) => {
                    budget.spend(members.len())?;
                    Value::List(members.values().cloned().collect())
                }
                _ => Value::Null,
            },
            Self::Each(list, then) => match list.of(data, scene, budget)? {
                Value::List(list) => each(&list, then, scene, budget)?,
                _ => Value::Null,
            },
            Self::Flatten(inner) => match inner.of(data, scene, budget)? {
                Value::List(list) => flattened(&list, budget)?,
                _ => Value::Null,
            },
            Self::List(_) | Self::Object(_) if data.is_null() => Value::Null,
            Self::List(parts) => {
                let parts = parts.iter().map(|one| one.of(data, scene, budget));
                Value::List(parts.collect::<Result<_, _>>()?)
            }
            Self::Object(parts) => {
                let parts = parts
                    .iter()
                    .map(|(name, one)| Ok((name.clone(), one.of(data, scene, budget)?)));
                Value::Object(Arc::new(parts.collect::<Result<_, _>>()?))
            }
            Self::Call(function, args) => function.call(args, data, scene, budget)?,
        })
    }
}

fn member<'a>(data: &Value<'a>, name: &str) -> Value<'a> {
    match data {
        Value::Object(members) => members.get(name).cloned().unwrap_or(Value::Null),
        _ => Value::Null,
    }
}

fn element<'a>(data: &Value<'a>, index: i32) -> Value<'a> {
    let Value::List(list) = data else {
        return Value::Null;
    };
    let steps = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
    let at = match index {
        ..0 => list.len().checked_sub(steps),
        _ => Some(steps),
    };
    at.and_then(|at| list.get(at))
        .cloned()
        .unwrap_or(Value::Null)
}

/// Takes every `step`-th element from `start` up to, and without, `stop`; a negative step goes backwards.
fn slice<'a>(
    data: &Value<'a>,
    (start, stop, step): (Option<i32>, Option<i32>, i32),
    budget: &mut Budget,
) -> Result<Value<'a>, TooCostly> {
    let Value::List(list) = data else {
        return Ok(Value::Null);
    };
    let length = i64::try_from(list.len()).unwrap_or(i64::MAX);
    let (lowest, highest) = if step > 0 {
        (0, length)
    } else {
        (-1, length.saturating_sub(1))
    };
    let clamped = |end: i32| {
        let end = i64::from(end);
        let end = if end < 0 {
            end.saturating_add(length)
        } else {
            end
        };
        end.clamp(lowest, highest)
    };
    let forwards = step > 0;
    let mut at = start.map_or(if forwards { lowest } else { highest }, clamped);
    let stop = stop.map_or(if forwards { highest } else { lowest }, clamped);
    let mut taken = Vec::new();
    while (forwards && at < stop) || (!forwards && at > stop) {
        budget.spend(1)?;
        taken.extend(
            usize::try_from(at)
                .ok()
                .and_then(|at| list.get(at))
                .cloned(),
        );
        at = at.saturating_add(i64::from(step));
    }
    Ok(Value::list(taken))
}

fn each<'a>(
    list: &[Value<'a>],
    then: &Expr,
    scene: &Scene<'a>,
    budget: &mut Budget,
) -> Result<Value<'a>, TooCostly> {
    let mut found = Vec::new();
    for one in list {
        let value = then.of(one, scene, budget)?;
        if !value.is_null() {
            found.push(value);
        }
    }
    Ok(Value::list(found))
}

fn flattened<'a>(list: &[Value<'a>], budget: &mut Budget) -> Result<Value<'a>, TooCostly> {
    let mut flat = Vec::new();
    for one in list {
        match one {
            Value::List(inner) => {
                budget.spend(inner.len())?;
                flat.extend(inner.iter().cloned());
            }
            other => {
                budget.spend(1)?;
                flat.push(other.clone());
            }
        }
    }
    Ok(Value::list(flat))
}

/// Compares; which of two is greater is told of numbers only.
fn compare<'a>(how: &Comparator, one: &Value<'_>, two: &Value<'_>) -> Value<'a> {
    match how {
        Comparator::Equal => return Value::Bool(one == two),
        Comparator::NotEqual => return Value::Bool(one != two),
        _ => {}
    }
    let (Value::Number(one), Value::Number(two)) = (one, two) else {
        return Value::Null;
    };
    let Some(order) = compared(one, two) else {
        return Value::Null;
    };
    Value::Bool(match how {
        Comparator::LessThan => order.is_lt(),
        Comparator::LessThanEqual => order.is_le(),
        Comparator::GreaterThan => order.is_gt(),
        _ => order.is_ge(),
    })
}
