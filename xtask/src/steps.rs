//! A list of named steps: what each is for, how long it took, and how to run only the one that failed.

use std::time::{Duration, Instant};

use anyhow::bail;

/// What became of a step that did not fail.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It did its work.
    Done,
    /// It had nothing to do, or could not be done here, for this reason.
    Skipped(String),
}

/// One step of a chore.
pub(crate) struct Step<'a> {
    name: String,
    why: &'static str,
    again: String,
    work: Box<dyn Fn() -> anyhow::Result<Outcome> + 'a>,
}

impl<'a> Step<'a> {
    /// Names a step, says what it is for and how to run only it `again`.
    pub(crate) fn new(
        name: impl Into<String>,
        why: &'static str,
        again: impl Into<String>,
        work: impl Fn() -> anyhow::Result<Outcome> + 'a,
    ) -> Self {
        Self {
            name: name.into(),
            why,
            again: again.into(),
            work: Box::new(work),
        }
    }
}

/// Runs the steps in order. The first that fails ends the run, unless `keep_going`.
///
/// # Errors
/// When a step failed: names each with its reason and how to run it again.
pub(crate) fn run(steps: &[Step<'_>], keep_going: bool) -> anyhow::Result<()> {
    let mut failures = Vec::new();
    let start = Instant::now();
    for (number, step) in (1..).zip(steps) {
        println!("\n[{number}/{}] {}: {}", steps.len(), step.name, step.why);
        let begun = Instant::now();
        match (step.work)() {
            Ok(Outcome::Done) => println!("   ok, {}", told(begun.elapsed())),
            Ok(Outcome::Skipped(reason)) => println!("   skipped: {reason}"),
            Err(error) => {
                println!("   FAILED after {}", told(begun.elapsed()));
                failures.push(format!(
                    "{} failed: {error:#}\n   only this again: {}",
                    step.name, step.again
                ));
                if !keep_going {
                    break;
                }
            }
        }
    }
    if failures.is_empty() {
        println!(
            "\nall {} steps passed, {}",
            steps.len(),
            told(start.elapsed())
        );
        return Ok(());
    }
    bail!("{}", failures.join("\n"))
}

fn told(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_failing_step_names_itself_and_how_to_run_it_again() {
        let later = Cell::new(0);
        let steps = [
            Step::new("first", "", "run first", || bail!("no luck")),
            Step::new("second", "", "run second", || {
                later.set(later.get() + 1);
                Ok(Outcome::Done)
            }),
        ];
        let error = run(&steps, false).unwrap_err().to_string();
        assert!(error.contains("first failed: no luck"), "{error}");
        assert!(error.contains("run first"), "{error}");
        assert_eq!(later.get(), 0, "the first failure ends the run");

        assert!(run(&steps, true).is_err());
        assert_eq!(later.get(), 1, "unless it shall keep going");
    }
}
