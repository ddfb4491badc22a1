//! JMESPath expressions: parsed once by the `jmespath` crate, then evaluated here under a budget.
//!
//! The crate's own runtime knows no bounds, and its numbers are floats. What is entered by one admin must not be able to
//! stop the service for all, so length, nesting and work are limited, and what is no part of reading a sale (arithmetic)
//! is left out. A function that cannot take what it is given yields null, as a missing member does.

use std::sync::Arc;

use jmespath::Variable;
use jmespath::ast::{Ast, Comparator};

use super::value::Value;
use functions::Function;

mod evaluate;
mod functions;

pub(super) use evaluate::{Budget, Scene, TooCostly};

/// Longest expression, in bytes.
const MAX_LENGTH: usize = 500;
/// Most marks that nest: brackets, braces, stars, negations.
const MAX_MARKS: usize = 64;
/// Deepest nesting of the parsed expression.
const MAX_DEPTH: usize = 64;

/// A compiled expression.
#[derive(Debug, Clone)]
pub(super) struct Expression(Expr);

/// Tells why a text is no expression that can be taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unfit {
    pub(super) code: &'static str,
    pub(super) detail: String,
}

#[derive(Debug, Clone)]
enum Expr {
    Current,
    Member(Box<str>),
    Index(i32),
    Slice(Option<i32>, Option<i32>, i32),
    Literal(Value<'static>),
    Then(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Compare(Comparator, Box<Expr>, Box<Expr>),
    Where(Box<Expr>, Box<Expr>),
    Values(Box<Expr>),
    Each(Box<Expr>, Box<Expr>),
    Flatten(Box<Expr>),
    List(Vec<Expr>),
    Object(Vec<(Box<str>, Expr)>),
    Call(Function, Vec<Expr>),
}

impl Expression {
    /// Compiles an expression.
    pub(super) fn compile(text: &str) -> Result<Self, Unfit> {
        let marks = text.bytes().filter(|byte| b"([{&!*".contains(byte)).count();
        if text.len() > MAX_LENGTH || marks > MAX_MARKS {
            let detail = format!("at most {MAX_LENGTH} bytes and {MAX_MARKS} brackets");
            return Err(unfit("expression_too_long", detail));
        }
        let ast = jmespath::parse(text).map_err(|error| {
            let column = error.offset.saturating_add(1);
            unfit(
                "bad_expression",
                format!("no JMESPath from character {column} on"),
            )
        })?;
        compiled(&ast, MAX_DEPTH).map(Self)
    }

    /// Lists the headers the expression looks at.
    pub(super) fn headers(&self) -> Vec<&str> {
        self.named(Function::Header)
    }

    /// Lists the parameters of the address the expression looks at.
    pub(super) fn parameters(&self) -> Vec<&str> {
        self.named(Function::Query)
    }

    fn named(&self, function: Function) -> Vec<&str> {
        let mut found = Vec::new();
        self.0.collect_names(function, &mut found);
        found
    }
}

impl Expr {
    /// Collects what stands in the calls of a function that takes a name.
    fn collect_names<'a>(&'a self, function: Function, found: &mut Vec<&'a str>) {
        match self {
            Self::Call(called, args) if *called == function => {
                if let Some(Self::Literal(name)) = args.first() {
                    found.extend(name.word());
                }
            }
            other => other.for_each_part(&mut |part| part.collect_names(function, found)),
        }
    }

    fn for_each_part<'a>(&'a self, look: &mut dyn FnMut(&'a Self)) {
        match self {
            Self::Current
            | Self::Member(_)
            | Self::Index(_)
            | Self::Slice(..)
            | Self::Literal(_) => {}
            Self::Then(one, two)
            | Self::Or(one, two)
            | Self::And(one, two)
            | Self::Compare(_, one, two)
            | Self::Where(one, two)
            | Self::Each(one, two) => {
                look(one);
                look(two);
            }
            Self::Not(inner) | Self::Values(inner) | Self::Flatten(inner) => look(inner),
            Self::List(parts) | Self::Call(_, parts) => parts.iter().for_each(look),
            Self::Object(parts) => parts.iter().for_each(|(_, part)| look(part)),
        }
    }
}

fn unfit(code: &'static str, detail: impl Into<String>) -> Unfit {
    Unfit {
        code,
        detail: detail.into(),
    }
}

fn compiled(ast: &Ast, depth: usize) -> Result<Expr, Unfit> {
    let Some(depth) = depth.checked_sub(1) else {
        let detail = format!("at most {MAX_DEPTH} levels");
        return Err(unfit("expression_too_deep", detail));
    };
    let boxed = |ast: &Ast| compiled(ast, depth).map(Box::new);
    let pair = |one: &Ast, two: &Ast| Ok::<_, Unfit>((boxed(one)?, boxed(two)?));
    Ok(match ast {
        Ast::Identity { .. } => Expr::Current,
        Ast::Field { name, .. } => Expr::Member(name.as_str().into()),
        Ast::Index { idx, .. } => Expr::Index(*idx),
        Ast::Slice { step: 0, .. } => {
            return Err(unfit("bad_expression", "a slice cannot step by 0"));
        }
        Ast::Slice {
            start, stop, step, ..
        } => Expr::Slice(*start, *stop, *step),
        Ast::Literal { value, .. } => Expr::Literal(literal(value, depth)?),
        Ast::Subexpr { lhs, rhs, .. } => pair(lhs, rhs).map(|(one, two)| Expr::Then(one, two))?,
        Ast::Or { lhs, rhs, .. } => pair(lhs, rhs).map(|(one, two)| Expr::Or(one, two))?,
        Ast::And { lhs, rhs, .. } => pair(lhs, rhs).map(|(one, two)| Expr::And(one, two))?,
        Ast::Not { node, .. } => Expr::Not(boxed(node)?),
        Ast::Comparison {
            comparator,
            lhs,
            rhs,
            ..
        } => {
            let (one, two) = pair(lhs, rhs)?;
            Expr::Compare(comparator.clone(), one, two)
        }
        Ast::Condition {
            predicate, then, ..
        } => pair(predicate, then).map(|(one, two)| Expr::Where(one, two))?,
        Ast::ObjectValues { node, .. } => Expr::Values(boxed(node)?),
        Ast::Projection { lhs, rhs, .. } => {
            pair(lhs, rhs).map(|(one, two)| Expr::Each(one, two))?
        }
        Ast::Flatten { node, .. } => Expr::Flatten(boxed(node)?),
        Ast::MultiList { elements, .. } => Expr::List(all(elements, depth)?),
        Ast::MultiHash { elements, .. } => Expr::Object(
            elements
                .iter()
                .map(|one| Ok((one.key.as_str().into(), compiled(&one.value, depth)?)))
                .collect::<Result<_, Unfit>>()?,
        ),
        Ast::Function { name, args, .. } => call(name, args, depth)?,
        Ast::Expref { .. } => {
            return Err(unfit(
                "bad_expression",
                "`&` stands only before the key of sort_by, max_by, min_by and map",
            ));
        }
    })
}

fn all(parts: &[Ast], depth: usize) -> Result<Vec<Expr>, Unfit> {
    parts.iter().map(|one| compiled(one, depth)).collect()
}

/// Compiles a call; `&key` stands in the place its function asks for it, and nowhere else.
fn call(name: &str, args: &[Ast], depth: usize) -> Result<Expr, Unfit> {
    let function = Function::named(name).ok_or_else(|| {
        let known = Function::ALL.map(|(known, _)| known).join(", ");
        unfit("unknown_function", format!("known are {known}"))
    })?;
    if !function.takes(args.len()) {
        return Err(unfit(
            "bad_expression",
            format!("`{name}` takes {}", function.arity()),
        ));
    }
    let by_key = function.key_argument();
    let parts = args
        .iter()
        .enumerate()
        .map(|(at, arg)| match arg {
            Ast::Expref { ast, .. } if by_key == Some(at) => compiled(ast, depth),
            _ if by_key == Some(at) => {
                let detail = format!("`{name}` takes an expression such as `&created_at`");
                Err(unfit("bad_expression", detail))
            }
            other => compiled(other, depth),
        })
        .collect::<Result<Vec<_>, _>>()?;
    let is_named = matches!(parts.first(), Some(Expr::Literal(name)) if name.word().is_some());
    if function.takes_name() && !is_named {
        return Err(unfit(
            "bad_expression",
            format!("`{name}` takes a name in quotes"),
        ));
    }
    Ok(Expr::Call(function, parts))
}

fn literal(value: &Variable, depth: usize) -> Result<Value<'static>, Unfit> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(unfit("expression_too_deep", "a literal nests too deep"));
    };
    Ok(match value {
        Variable::Null | Variable::Expref(_) => Value::Null,
        Variable::Bool(flag) => Value::Bool(*flag),
        Variable::Number(number) => Value::Number(number.to_string().into()),
        Variable::String(text) => Value::text(text.as_str()),
        Variable::Array(list) => Value::list(
            list.iter()
                .map(|one| literal(one, depth))
                .collect::<Result<_, _>>()?,
        ),
        Variable::Object(members) => Value::Object(Arc::new(
            members
                .iter()
                .map(|(name, one)| Ok((name.as_str().into(), literal(one, depth)?)))
                .collect::<Result<_, Unfit>>()?,
        )),
    })
}

#[cfg(test)]
mod tests;
