//! Invented sales, sent over HTTP and signed as the platforms sign theirs: for a first look, for demonstrations, for load.
//!
//! Everybody in them is made up: mails end in `example.com`, phones begin with 90000, codes name shops that do not exist. The
//! sender knows only the service's public interface; it goes through every check a real platform goes through.

mod bodies;
mod buyers;
mod dice;
mod products;
mod sender;
mod stories;

use std::time::Duration;

use chrono::Utc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

pub use sender::{Answer, SampleSalesError};

use dice::Dice;
use sender::Sender;
use stories::Stories;

/// Says what to send, and where to.
#[derive(Clone)]
pub struct SampleSales {
    /// The service's address, without a path.
    pub to: String,
    /// An admin's token: the sample integrations are made with it.
    pub admin_token: String,
    /// Requests a minute, after the opening.
    pub per_minute: u32,
    /// Requests that are sent at once in the beginning, so that there is something to see.
    pub opening: u32,
    /// When to end; `None` goes on until stopped.
    pub count: Option<u64>,
    /// Sends as fast as answers come, whatever `per_minute` says.
    pub burst: bool,
    /// The same seed tells the same stories.
    pub seed: u64,
}

/// Tells how the sending went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Requests answered with success.
    pub taken: u64,
    /// Requests answered otherwise.
    pub refused: u64,
}

/// Sends sample sales until their number is reached or the word to stop comes; `told` hears of each answer.
///
/// # Errors
/// When the service cannot be reached, or does not let the sample integrations be made.
pub async fn send(
    order: &SampleSales,
    stop: &CancellationToken,
    mut told: impl FnMut(&Answer),
) -> Result<Summary, SampleSalesError> {
    let sender = Sender::prepare(&order.to, &order.admin_token).await?;
    let mut stories = Stories::new(Dice::new(order.seed));
    let mut summary = Summary::default();
    let mut sent = 0_u64;
    let mut due = Instant::now();
    while order.count.is_none_or(|count| sent < count) {
        let next = stories.next(Utc::now());
        let answer = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            answer = send_at(&sender, due, &next) => answer?,
        };
        if answer.is_taken() {
            summary.taken += 1;
        } else {
            summary.refused += 1;
        }
        told(&answer);
        sent += 1;
        due = order.due_after(due, sent);
    }
    Ok(summary)
}

async fn send_at(
    sender: &Sender,
    due: Instant,
    happening: &stories::Happening,
) -> Result<Answer, SampleSalesError> {
    sleep_until(due).await;
    sender.send(happening).await
}

impl SampleSales {
    fn due_after(&self, due: Instant, sent: u64) -> Instant {
        if self.burst || sent < u64::from(self.opening) {
            return due;
        }
        let gap = Duration::from_secs(60) / self.per_minute.max(1);
        due.max(Instant::now() - gap) + gap
    }
}

#[cfg(test)]
mod tests;
