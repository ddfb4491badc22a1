//! Sends what agents did: in the order it was done, at most a hundred at a time, again and again until it is answered.
//!
//! Every action carries its own id, so sending twice does it once. What becomes of it is written down before anything is told.

use std::sync::Arc;
use std::time::Duration;

use contract::{Command, CommandAnswer, CommandAnswers, CommandId, Outcome, RefusalCode};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::engine::core::Core;
use crate::engine::seat::Seat;
use crate::feed::{Fault, Line, Retry, chance};
use crate::user::UserError;

/// The most actions the service takes at once.
const BATCH: usize = 100;

/// How long the last sending may take when the desk is left.
const PARTING: Duration = Duration::from_secs(2);

/// Sends what is held back when the desk is left, once: at the next start nobody can take it back any more, and until then the
/// team would not know of it. What is not answered in time stays and is sent again.
pub(crate) async fn part(core: &Core, line: &Line) -> Result<(), UserError> {
    if core.user(|db| db.release()).await? == 0 {
        return Ok(());
    }
    let now = core.now();
    let commands = core.user(move |db| db.depart(BATCH, now)).await?;
    if let Ok(Ok(answers)) = timeout(PARTING, line.send(commands)).await {
        core.user(move |db| db.answered(&answers.results)).await?;
    }
    Ok(())
}

/// Sends for one seat.
pub(crate) struct Sender {
    core: Arc<Core>,
    seat: Arc<Seat>,
    line: Line,
    retry: Retry,
    wake: watch::Receiver<u64>,
    line_up: watch::Receiver<u64>,
    /// How many to send at once; 1 while one among many is looked for that the service does not take.
    batch: usize,
}

impl Sender {
    pub(crate) fn new(core: Arc<Core>, seat: Arc<Seat>, line: Line) -> Self {
        let retry = Retry::new(core.pace.retry_first, core.pace.retry_last);
        Self {
            wake: core.wake.subscribe(),
            line_up: core.line_up.subscribe(),
            core,
            seat,
            line,
            retry,
            batch: BATCH,
        }
    }

    /// Sends for ever.
    pub(crate) async fn run(mut self) {
        loop {
            // What happened while nobody rested is no reason to hurry later.
            self.wake.mark_unchanged();
            self.line_up.mark_unchanged();
            if let Err(error) = self.send_next().await {
                tracing::warn!(%error, "the outbox could not be read or written; it is tried again");
                self.rest(None).await;
            }
        }
    }

    async fn send_next(&mut self) -> Result<(), UserError> {
        let (batch, now) = (self.batch, self.core.now());
        let commands = self.core.user(move |db| db.depart(batch, now)).await?;
        if commands.is_empty() {
            self.batch = BATCH;
            return self.wait(now).await;
        }
        self.seat.outbox_changed(&self.core).await?;
        let ids: Vec<CommandId> = commands.iter().map(|command| command.id).collect();
        match self.line.send(commands.clone()).await {
            Ok(answers) => self.answered(&commands, answers).await,
            Err(fault) => self.failed(ids, fault).await,
        }
    }

    /// Waits until something new lies in the outbox, or what is held back there may leave.
    async fn wait(&self, now: i64) -> Result<(), UserError> {
        let ready = self.core.outbox_ready.notified();
        match self.core.user(move |db| db.held_for(now)).await? {
            Some(left) => {
                // It is done either way.
                let _ = timeout(Duration::from_millis(left), ready).await;
            }
            None => ready.await,
        }
        Ok(())
    }

    async fn answered(
        &mut self,
        commands: &[Command],
        answers: CommandAnswers,
    ) -> Result<(), UserError> {
        self.retry.worked();
        let asked = |id: &CommandId| commands.iter().any(|command| command.id == *id);
        let answers: Vec<CommandAnswer> = answers
            .results
            .into_iter()
            .filter(|answer| asked(&answer.id))
            .collect();
        let missing: Vec<CommandId> = commands
            .iter()
            .map(|command| command.id)
            .filter(|id| !answers.iter().any(|answer| answer.id == *id))
            .collect();
        let none_answered = answers.is_empty();
        let head = self
            .seat
            .keeper
            .cursor()
            .await
            .map_or(0, |cursor| cursor.head);
        self.core
            .user(move |db| {
                db.answered(&answers)?;
                db.come_back(&missing, true)?;
                // The feed may have shown an action before its answer came.
                db.confirm_up_to(head)
            })
            .await?;
        self.seat.outbox_changed(&self.core).await?;
        if none_answered {
            self.rest(None).await;
        }
        Ok(())
    }

    async fn failed(&mut self, ids: Vec<CommandId>, fault: Fault) -> Result<(), UserError> {
        if let Fault::Refused { .. } = fault {
            return self.refused(ids).await;
        }
        let reached = !matches!(fault, Fault::Unreachable | Fault::SignedOut);
        self.core
            .user(move |db| db.come_back(&ids, reached))
            .await?;
        self.seat.outbox_changed(&self.core).await?;
        let asked = match fault {
            Fault::Busy { retry_after, .. } => retry_after,
            _ => None,
        };
        self.rest(asked).await;
        Ok(())
    }

    /// The service takes none of them: one alone is refused for good, many are tried one by one.
    async fn refused(&mut self, ids: Vec<CommandId>) -> Result<(), UserError> {
        let alone = ids.len() == 1;
        self.batch = 1;
        self.core
            .user(move |db| {
                if !alone {
                    return db.come_back(&ids, true);
                }
                let refused = |id| CommandAnswer {
                    id,
                    outcome: Outcome::Refused {
                        code: RefusalCode::Invalid,
                        by: None,
                    },
                };
                db.answered(&ids.into_iter().map(refused).collect::<Vec<_>>())
            })
            .await?;
        self.seat.outbox_changed(&self.core).await
    }

    /// Waits before the next try, unless the line comes back first.
    async fn rest(&mut self, asked: Option<Duration>) {
        let wait = self.retry.failed(asked, chance());
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = self.wake.changed() => {}
            _ = self.line_up.changed() => {}
        }
    }
}
