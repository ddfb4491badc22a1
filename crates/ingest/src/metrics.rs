//! What the service counts, as Prometheus reads it. Labels are closed sets of words; nothing a caller sent becomes one.

use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use contract::IntegrationId;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::store::{Histogram as PulseHistogram, Pulse};

/// The content type of what [`Metrics::text`] writes.
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Delivered {
    provider: &'static str,
    result: &'static str,
}

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Refused {
    provider: &'static str,
    reason: &'static str,
}

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Doubted {
    provider: &'static str,
    code: &'static str,
}

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Shaped {
    provider: &'static str,
    shape: &'static str,
}

/// How often each unconfirmed shape was met in what one source sent.
pub(crate) type ShapesMet = BTreeMap<&'static str, u64>;

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    status: u16,
}

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Proved {
    provider: &'static str,
    scheme: &'static str,
    secret: u64,
}

/// Holds every counter of one running service.
pub(crate) struct Metrics {
    registry: Registry,
    deliveries: Family<Delivered, Counter>,
    refusals: Family<Refused, Counter>,
    proofs: Family<Proved, Counter>,
    doubts: Family<Doubted, Counter>,
    shapes: Family<Shaped, Counter>,
    /// The same by source, which is for leads and no label: sources have no bound.
    shapes_met: Mutex<HashMap<IntegrationId, ShapesMet>>,
    pulled: Family<Delivered, Counter>,
    answers: Family<Answered, Counter>,
    accept: Histogram,
    /// Connections open now.
    pub(crate) connections: Gauge,
    /// Streams of the feed open now.
    pub(crate) feed_readers: Gauge,
    /// Streams dropped because their reader did not take what was sent.
    pub(crate) feed_dropped: Counter,
    /// Entries written to streams.
    pub(crate) feed_entries: Counter,
    /// Commands answered.
    pub(crate) commands: Counter,
}

impl Metrics {
    /// Makes and registers everything, at zero.
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("balcao"),
            deliveries: Family::default(),
            refusals: Family::default(),
            proofs: Family::default(),
            doubts: Family::default(),
            shapes: Family::default(),
            shapes_met: Mutex::default(),
            pulled: Family::default(),
            answers: Family::default(),
            accept: Histogram::new(exponential_buckets(0.000_25, 2.0, 14)),
            connections: Gauge::default(),
            feed_readers: Gauge::default(),
            feed_dropped: Counter::default(),
            feed_entries: Counter::default(),
            commands: Counter::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register(
            "deliveries",
            "Webhook deliveries stored, by what became of them",
            self.deliveries.clone(),
        );
        registry.register(
            "refusals",
            "Webhook requests refused before they were stored, by reason",
            self.refusals.clone(),
        );
        registry.register(
            "proofs",
            "Proofs of origin that held, by scheme and by which secret",
            self.proofs.clone(),
        );
        registry.register(
            "doubts",
            "Fields of deliveries that were there and could not be used",
            self.doubts.clone(),
        );
        registry.register(
            "shapes",
            "Unconfirmed shapes met in what platforms send",
            self.shapes.clone(),
        );
        registry.register(
            "pulled",
            "Orders, carts and sales read from platforms' APIs, by what became of them",
            self.pulled.clone(),
        );
        registry.register("responses", "HTTP answers by status", self.answers.clone());
        registry.register_with_unit(
            "accept",
            "Time from the proof of a delivery to its durable commit",
            Unit::Seconds,
            self.accept.clone(),
        );
        registry.register("connections", "Connections open", self.connections.clone());
        registry.register(
            "feed_readers",
            "Streams of the feed open",
            self.feed_readers.clone(),
        );
        registry.register(
            "feed_dropped",
            "Streams of the feed ended because their reader stalled",
            self.feed_dropped.clone(),
        );
        registry.register(
            "feed_entries",
            "Entries written to streams of the feed",
            self.feed_entries.clone(),
        );
        registry.register("commands", "Commands answered", self.commands.clone());
    }

    /// Counts a stored delivery.
    pub(crate) fn delivered(&self, provider: &'static str, result: &'static str) {
        self.deliveries
            .get_or_create(&Delivered { provider, result })
            .inc();
    }

    /// Counts what was read from a platform's API.
    pub(crate) fn pulled(&self, provider: &'static str, result: &'static str, count: usize) {
        if count > 0 {
            self.pulled
                .get_or_create(&Delivered { provider, result })
                .inc_by(u64::try_from(count).unwrap_or(u64::MAX));
        }
    }

    /// Counts a refused request; the provider is `none` where it is not known.
    pub(crate) fn refused(&self, provider: &'static str, reason: &'static str) {
        self.refusals
            .get_or_create(&Refused { provider, reason })
            .inc();
    }

    /// Counts a proof that held, so that the end of a rotation can be seen.
    pub(crate) fn proved(&self, provider: &'static str, scheme: &'static str, secret: usize) {
        let secret = u64::try_from(secret).unwrap_or(u64::MAX);
        self.proofs
            .get_or_create(&Proved {
                provider,
                scheme,
                secret,
            })
            .inc();
    }

    /// Counts a field that could not be used.
    pub(crate) fn doubted(&self, provider: &'static str, code: &'static str) {
        self.doubts.get_or_create(&Doubted { provider, code }).inc();
    }

    /// Counts the unconfirmed shapes met in what a source sent.
    pub(crate) fn shaped(
        &self,
        source: IntegrationId,
        provider: &'static str,
        shapes: &[&'static str],
    ) {
        for shape in shapes {
            self.shapes.get_or_create(&Shaped { provider, shape }).inc();
        }
        if !shapes.is_empty() {
            let mut met = self.shapes_met();
            let met = met.entry(source).or_default();
            for shape in shapes {
                *met.entry(shape).or_default() += 1;
            }
        }
    }

    /// Returns how often each unconfirmed shape was met in what a source sent, since the service began.
    pub(crate) fn shapes_of(&self, source: IntegrationId) -> ShapesMet {
        self.shapes_met().get(&source).cloned().unwrap_or_default()
    }

    fn shapes_met(&self) -> MutexGuard<'_, HashMap<IntegrationId, ShapesMet>> {
        self.shapes_met
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an answer.
    pub(crate) fn answered(&self, status: u16) {
        self.answers.get_or_create(&Answered { status }).inc();
    }

    /// Records how long a delivery waited for its commit.
    pub(crate) fn accepted_in(&self, time: Duration) {
        self.accept.observe(time.as_secs_f64());
    }

    /// Writes everything in the text form Prometheus reads, with what the store tells of itself.
    pub(crate) fn text(&self, pulse: &Pulse) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = encode_registry(&mut text, &self.registry);
        let _ = write_pulse(&mut text, pulse);
        let _ = encode_eof(&mut text);
        text
    }
}

fn write_pulse(text: &mut String, pulse: &Pulse) -> fmt::Result {
    for (name, help, value) in [
        (
            "queue_jobs",
            "Writes waiting for the store",
            pulse.queue_jobs,
        ),
        (
            "queue_bytes",
            "Bytes waiting for the store",
            pulse.queue_bytes,
        ),
        (
            "log_bytes",
            "Bytes of the write-ahead log in use",
            pulse.log_bytes,
        ),
    ] {
        write_head(text, name, help, "gauge")?;
        writeln!(text, "balcao_store_{name} {value}")?;
    }
    for (name, help, value) in [
        (
            "overloaded",
            "Writes turned away because the queue was full",
            pulse.overloaded,
        ),
        (
            "failed_commits",
            "Commits that failed",
            pulse.failed_commits,
        ),
        (
            "repeated_batches",
            "Batches taken back and run once more, job by job",
            pulse.repeated_batches,
        ),
    ] {
        write_head(text, name, help, "counter")?;
        writeln!(text, "balcao_store_{name}_total {value}")?;
    }
    for (name, help, unit, values) in [
        ("batch_jobs", "Writes in one commit", 1.0, &pulse.batch_jobs),
        (
            "commit_seconds",
            "Time of one commit",
            1e-6,
            &pulse.commit_micros,
        ),
        (
            "checkpoint_seconds",
            "Time of one checkpoint step",
            1e-6,
            &pulse.checkpoint_micros,
        ),
    ] {
        write_head(text, name, help, "histogram")?;
        write_histogram(text, name, unit, values)?;
    }
    Ok(())
}

fn write_head(text: &mut String, name: &str, help: &str, kind: &str) -> fmt::Result {
    writeln!(
        text,
        "# HELP balcao_store_{name} {help}.\n# TYPE balcao_store_{name} {kind}"
    )
}

fn write_histogram(
    text: &mut String,
    name: &str,
    unit: f64,
    values: &PulseHistogram,
) -> fmt::Result {
    let mut sum = 0_u64;
    let mut bound = unit;
    for bucket in &values.buckets {
        sum = sum.saturating_add(*bucket);
        writeln!(text, "balcao_store_{name}_bucket{{le=\"{bound}\"}} {sum}")?;
        bound *= 2.0;
    }
    writeln!(
        text,
        "balcao_store_{name}_bucket{{le=\"+Inf\"}} {}",
        values.count
    )?;
    writeln!(text, "balcao_store_{name}_count {}", values.count)?;
    #[expect(
        clippy::cast_precision_loss,
        reason = "a sum beyond 2^53 microseconds lies centuries away"
    )]
    let total = values.sum as f64 * unit;
    writeln!(text, "balcao_store_{name}_sum {total}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Metrics;
    use crate::store::Pulse;

    #[test]
    fn the_text_names_what_was_counted() {
        let metrics = Metrics::new();
        metrics.delivered("kiwify", "accepted");
        metrics.refused("none", "unknown_key");
        metrics.proved("kiwify", "kiwify.body", 1);
        metrics.shaped(
            contract::IntegrationId::from_u128(1),
            "luna",
            &["boleto_line"; 2],
        );
        metrics.answered(200);
        metrics.accepted_in(Duration::from_millis(3));
        let mut pulse = Pulse {
            queue_jobs: 7,
            overloaded: 2,
            ..Pulse::default()
        };
        pulse.batch_jobs.record(3);
        let text = metrics.text(&pulse);
        for line in [
            "balcao_deliveries_total{provider=\"kiwify\",result=\"accepted\"} 1",
            "balcao_refusals_total{provider=\"none\",reason=\"unknown_key\"} 1",
            "balcao_proofs_total{provider=\"kiwify\",scheme=\"kiwify.body\",secret=\"1\"} 1",
            "balcao_shapes_total{provider=\"luna\",shape=\"boleto_line\"} 2",
            "balcao_responses_total{status=\"200\"} 1",
            "balcao_accept_seconds_count 1",
            "balcao_store_queue_jobs 7",
            "balcao_store_overloaded_total 2",
            "balcao_store_batch_jobs_bucket{le=\"2\"} 0",
            "balcao_store_batch_jobs_bucket{le=\"4\"} 1",
            "balcao_store_batch_jobs_sum 3",
            "# EOF",
        ] {
            assert!(
                text.lines().any(|have| have == line),
                "{line} is not in\n{text}"
            );
        }
    }
}
