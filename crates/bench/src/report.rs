//! Figures: what was measured, how it spread, and how it stands to the calibration of the same run.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use hdrhistogram::Histogram;
use serde::Serialize;

/// Holds one figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// The figure itself.
    pub value: f64,
    /// What it is counted in.
    pub unit: &'static str,
    /// The median, in milliseconds, where a latency was taken.
    pub p50: Option<f64>,
    /// The 99th of a hundred, in milliseconds.
    pub p99: Option<f64>,
    /// The figure over the calibration it is held against.
    pub ratio: Option<f64>,
    /// What it is to be at least or at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aim: Option<String>,
    /// Whether the aim was met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met: Option<bool>,
}

impl Figure {
    /// Makes a figure that stands alone.
    #[must_use]
    pub fn new(value: f64, unit: &'static str) -> Self {
        Self {
            value,
            unit,
            p50: None,
            p99: None,
            ratio: None,
            aim: None,
            met: None,
        }
    }

    /// Makes a figure of a latency: the median is the value.
    #[must_use]
    pub fn latency(spread: &Spread) -> Self {
        Self::new(spread.millis(0.5), "ms").with_spread(spread)
    }

    /// Adds how the latency spread.
    #[must_use]
    pub fn with_spread(mut self, spread: &Spread) -> Self {
        self.p50 = Some(spread.millis(0.5));
        self.p99 = Some(spread.millis(0.99));
        self
    }

    /// Adds the ratio to a calibration.
    #[must_use]
    pub fn over(mut self, calibration: f64) -> Self {
        self.ratio = (calibration > 0.0).then(|| self.value / calibration);
        self
    }

    /// Adds what was aimed at and whether it was met.
    #[must_use]
    pub fn aiming(mut self, aim: &str, met: bool) -> Self {
        self.aim = Some(aim.to_owned());
        self.met = Some(met);
        self
    }
}

/// Collects latencies from a microsecond to ten minutes.
#[derive(Debug, Clone)]
pub struct Spread(Histogram<u64>);

impl Default for Spread {
    fn default() -> Self {
        Self(Histogram::new_with_bounds(1, 600_000_000, 3).expect("the bounds are in order"))
    }
}

impl Spread {
    /// Adds one latency.
    pub fn add(&mut self, taken: std::time::Duration) {
        let micros = u64::try_from(taken.as_micros()).unwrap_or(u64::MAX);
        self.0.saturating_record(micros.max(1));
    }

    /// Adds all latencies of another.
    pub fn join(&mut self, other: &Self) {
        self.0.add(&other.0).expect("both have the same bounds");
    }

    /// Returns a quantile in milliseconds.
    #[must_use]
    pub fn millis(&self, quantile: f64) -> f64 {
        micros_to_millis(self.0.value_at_quantile(quantile))
    }

    /// Returns the largest latency in milliseconds.
    #[must_use]
    pub fn max_millis(&self) -> f64 {
        micros_to_millis(self.0.max())
    }

    /// Returns how many were added.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len()
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "microseconds of a run are far below 2^52"
)]
fn micros_to_millis(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}

/// Holds the figures of one run, by name.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub struct Report {
    figures: BTreeMap<String, Figure>,
}

impl Report {
    /// Adds a figure and prints its line at once, so that a long run shows where it is.
    pub fn add(&mut self, name: &str, figure: Figure) {
        say(&line(name, &figure));
        self.figures.insert(name.to_owned(), figure);
    }

    /// Returns a figure's value, or zero where it was not taken.
    #[must_use]
    pub fn value(&self, name: &str) -> f64 {
        self.figures.get(name).map_or(0.0, |figure| figure.value)
    }

    /// Returns the names of the figures that missed their aim.
    #[must_use]
    pub fn missed(&self) -> Vec<&str> {
        let missed = self
            .figures
            .iter()
            .filter(|(_, figure)| figure.met == Some(false));
        missed.map(|(name, _)| name.as_str()).collect()
    }

    /// Writes the figures as JSON.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))
    }
}

/// Prints the head of the table.
pub fn print_head() {
    say(&format!(
        "{:<26} {:>12} {:<8} {:>9} {:>9} {:>8}  aim",
        "figure", "value", "unit", "p50 ms", "p99 ms", "ratio"
    ));
}

/// Prints one line of progress.
#[expect(clippy::print_stdout, reason = "a bench speaks to the terminal")]
pub fn say(text: &str) {
    println!("{text}");
}

fn line(name: &str, figure: &Figure) -> String {
    let cell = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), short);
    let aim = figure.aim.as_deref().unwrap_or("");
    let mark = match figure.met {
        Some(true) => "met: ",
        Some(false) => "MISSED: ",
        None => "",
    };
    format!(
        "{name:<26} {:>12} {:<8} {:>9} {:>9} {:>8}  {mark}{aim}",
        short(figure.value),
        figure.unit,
        cell(figure.p50),
        cell(figure.p99),
        cell(figure.ratio),
    )
}

fn short(value: f64) -> String {
    if value >= 1_000.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.3}")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Figure, Report, Spread};

    #[test]
    fn spreads_join_and_tell_quantiles() {
        let mut spread = Spread::default();
        (1..=99).for_each(|_| spread.add(Duration::from_millis(1)));
        let mut slow = Spread::default();
        slow.add(Duration::from_millis(50));
        spread.join(&slow);
        assert_eq!(spread.count(), 100);
        assert!((spread.millis(0.5) - 1.0).abs() < 0.01 && spread.max_millis() > 49.0);
    }

    #[test]
    fn a_missed_aim_is_named() {
        let mut report = Report::default();
        report.add("a", Figure::new(1.0, "ms").aiming("at most 2", true));
        report.add(
            "b",
            Figure::new(3.0, "ms").over(2.0).aiming("at most 2", false),
        );
        assert_eq!(report.missed(), ["b"]);
        assert!((report.value("b") - 3.0).abs() < f64::EPSILON);
    }
}
