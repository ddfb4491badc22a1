//! No question of the page reads a whole table or sorts.

use std::fmt::Write;

use super::super::views::questions;
use super::*;

#[test]
fn every_question_is_a_search_in_an_index() {
    let world = World::of(&feed::trade(300, 9), 0);
    let mut plans = String::new();
    for (name, sql) in questions() {
        let explain = format!("EXPLAIN QUERY PLAN {sql}");
        let mut statement = world.cache.db.prepare(&explain).expect("a question");
        let _ = writeln!(plans, "{name}");
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().expect("a plan") {
            let step: String = row.get(3).expect("a step");
            let whole = step.starts_with("SCAN") && !step.contains("VIRTUAL TABLE INDEX");
            assert!(!whole && !step.contains("TEMP B-TREE"), "{name}: {step}");
            let _ = writeln!(plans, "  {step}");
        }
    }
    insta::assert_snapshot!(plans);
}
