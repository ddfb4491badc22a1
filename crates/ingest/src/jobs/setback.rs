//! What follows when something stands in a job's way: it is tried again later, or given up. Decides; does nothing itself.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use providers::pull::Trouble;

use crate::outgoing::{Failure, Unreachable};
use crate::store::{Job, JobKind, Setback};

/// The first wait, which doubles each time.
const FIRST: Duration = Duration::from_secs(2);
/// The longest wait that we choose ourselves.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// How often a job is tried against a trouble before it is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tries {
    /// Trying again does not help.
    One,
    /// This often.
    UpTo(u32),
}

/// What decides, beside the failure itself.
pub(super) struct Situation {
    pub(super) now: DateTime<Utc>,
    /// How many times faster waits pass.
    pub(super) haste: u32,
    /// A number from 0 to 1 nobody can guess, so that many jobs do not come back at once.
    pub(super) chance: f64,
}

/// Decides; `None` when the failure is one of our own store, which says nothing of the job.
pub(super) fn setback(job: &Job, failure: &Failure, situation: &Situation) -> Option<Setback> {
    let problem = problem(failure)?;
    let tries = tries(job.kind, failure);
    let again = match tries {
        Tries::One => false,
        Tries::UpTo(most) => job.attempts.saturating_add(1) < most,
    };
    let wait = told_wait(failure)
        .unwrap_or_else(|| spread(doubled(job.attempts), situation.chance))
        / situation.haste.max(1);
    let again_at = TimeDelta::from_std(wait)
        .ok()
        .and_then(|wait| situation.now.checked_add_signed(wait));
    Some(Setback {
        problem,
        again_at: again_at.filter(|_| again),
        denied: matches!(failure, Failure::Trouble(Trouble::NotFound)),
    })
}

/// Returns the stable word for a failure; `None` for one of our own store.
pub(crate) fn problem(failure: &Failure) -> Option<&'static str> {
    Some(match failure {
        Failure::Trouble(trouble) => match trouble {
            Trouble::NotSetUp(_) => "not_set_up",
            Trouble::Unauthorised => "platform_unauthorised",
            Trouble::Forbidden => "platform_forbidden",
            Trouble::NotFound => "platform_not_found",
            Trouble::Lags => "platform_lags",
            Trouble::TooFast(_) => "platform_too_fast",
            Trouble::Failed(_) => "platform_failed",
            Trouble::Refused(_) => "platform_refused",
            Trouble::Unreadable(_) => "platform_unreadable",
        },
        Failure::Unreachable(Unreachable::NotAllowed) => "address_not_allowed",
        Failure::Unreachable(Unreachable::TooLong) => "platform_unreadable",
        Failure::Unreachable(_) => "platform_unreachable",
        Failure::Store(_) => return None,
    })
}

fn tries(kind: JobKind, failure: &Failure) -> Tries {
    match failure {
        Failure::Trouble(trouble) => match trouble {
            Trouble::NotSetUp(_) | Trouble::Unauthorised | Trouble::Forbidden => Tries::One,
            Trouble::Refused(_) => Tries::One,
            // A notice may come before what it tells of can be read.
            Trouble::NotFound if kind == JobKind::Fetch => Tries::UpTo(6),
            Trouble::NotFound => Tries::UpTo(2),
            // Whoever raises it says when it is enough.
            Trouble::Lags => Tries::UpTo(u32::MAX),
            Trouble::TooFast(_) => Tries::UpTo(50),
            Trouble::Failed(_) => Tries::UpTo(12),
            Trouble::Unreadable(_) => Tries::UpTo(4),
        },
        Failure::Unreachable(Unreachable::NotAllowed) => Tries::One,
        Failure::Unreachable(Unreachable::TooLong) => Tries::UpTo(2),
        Failure::Unreachable(_) => Tries::UpTo(12),
        Failure::Store(_) => Tries::UpTo(u32::MAX),
    }
}

fn told_wait(failure: &Failure) -> Option<Duration> {
    match failure {
        Failure::Trouble(Trouble::TooFast(wait)) => *wait,
        _ => None,
    }
}

fn doubled(attempts: u32) -> Duration {
    let factor = 1_u32.checked_shl(attempts).unwrap_or(u32::MAX);
    FIRST.saturating_mul(factor.max(1)).min(LONGEST)
}

/// Takes between half of a wait and all of it.
fn spread(wait: Duration, chance: f64) -> Duration {
    wait.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::{DateTime, TimeDelta, Utc};
    use contract::{IntegrationId, JobId, WorkspaceId};
    use providers::pull::Trouble;

    use super::{Situation, setback};
    use crate::outgoing::{Failure, Unreachable};
    use crate::store::{Job, JobKind, JobState, Progress, StoreError};

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn job(kind: JobKind, attempts: u32) -> Job {
        Job {
            id: JobId::from_u128(1),
            workspace: WorkspaceId::from_u128(1),
            integration: IntegrationId::from_u128(1),
            kind,
            state: JobState::Waiting,
            order: String::new(),
            notices: 1,
            told_at: None,
            told: Vec::new(),
            known_at: None,
            kinds: Vec::new(),
            span: None,
            place: None,
            progress: Progress::default(),
            problem: String::new(),
            attempts,
            due_at: NOW,
            created_at: NOW,
            finished_at: None,
        }
    }

    /// Returns the word, and after how many milliseconds it is tried again.
    fn after(
        kind: JobKind,
        attempts: u32,
        failure: Failure,
        chance: f64,
    ) -> (&'static str, Option<i64>) {
        let situation = Situation {
            now: NOW,
            haste: 1,
            chance,
        };
        let set = setback(&job(kind, attempts), &failure, &situation).expect("a setback");
        let wait = set.again_at.map(|at| (at - NOW).num_milliseconds());
        (set.problem, wait)
    }

    #[test]
    fn each_failure_has_its_word_and_its_wait() {
        use JobKind::{Fetch, Sync};
        let told = Trouble::TooFast(Some(Duration::from_secs(77)));
        for (kind, attempts, failure, expected) in [
            (
                Sync,
                0,
                Trouble::NotSetUp("token").into(),
                ("not_set_up", None),
            ),
            (
                Sync,
                0,
                Trouble::Unauthorised.into(),
                ("platform_unauthorised", None),
            ),
            (
                Fetch,
                0,
                Trouble::Forbidden.into(),
                ("platform_forbidden", None),
            ),
            (
                Fetch,
                0,
                Trouble::NotFound.into(),
                ("platform_not_found", Some(2_000)),
            ),
            (
                Fetch,
                3,
                Trouble::NotFound.into(),
                ("platform_not_found", Some(16_000)),
            ),
            (
                Fetch,
                5,
                Trouble::NotFound.into(),
                ("platform_not_found", None),
            ),
            (
                Sync,
                1,
                Trouble::NotFound.into(),
                ("platform_not_found", None),
            ),
            (
                Fetch,
                1,
                Trouble::Lags.into(),
                ("platform_lags", Some(4_000)),
            ),
            (Sync, 7, told.into(), ("platform_too_fast", Some(77_000))),
            (
                Sync,
                1,
                Trouble::TooFast(None).into(),
                ("platform_too_fast", Some(4_000)),
            ),
            (
                Sync,
                49,
                Trouble::TooFast(None).into(),
                ("platform_too_fast", None),
            ),
            (
                Sync,
                9,
                Trouble::Failed(503).into(),
                ("platform_failed", Some(900_000)),
            ),
            (
                Sync,
                11,
                Trouble::Failed(500).into(),
                ("platform_failed", None),
            ),
            (
                Sync,
                0,
                Trouble::Refused(422).into(),
                ("platform_refused", None),
            ),
            (
                Sync,
                2,
                Trouble::Unreadable(".".to_owned()).into(),
                ("platform_unreadable", Some(8_000)),
            ),
            (
                Sync,
                3,
                Trouble::Unreadable(".".to_owned()).into(),
                ("platform_unreadable", None),
            ),
            (
                Sync,
                0,
                Unreachable::TooLate.into(),
                ("platform_unreachable", Some(2_000)),
            ),
            (
                Sync,
                0,
                Unreachable::NoConnection.into(),
                ("platform_unreachable", Some(2_000)),
            ),
            (
                Sync,
                0,
                Unreachable::NotAllowed.into(),
                ("address_not_allowed", None),
            ),
        ] {
            let shown = format!("{failure:?} after {attempts}");
            assert_eq!(after(kind, attempts, failure, 1.0), expected, "{shown}");
        }
    }

    #[test]
    fn waits_are_spread_and_pass_faster_in_haste() {
        let failed = || Failure::from(Trouble::Failed(500));
        assert_eq!(after(JobKind::Sync, 0, failed(), 0.0).1, Some(1_000));
        assert_eq!(after(JobKind::Sync, 0, failed(), 0.5).1, Some(1_500));
        let situation = Situation {
            now: NOW,
            haste: 100,
            chance: 1.0,
        };
        let hurried = setback(&job(JobKind::Sync, 0), &failed(), &situation).expect("a setback");
        assert_eq!(hurried.again_at, Some(NOW + TimeDelta::milliseconds(20)));
        let ours = Failure::Store(StoreError::Overloaded);
        assert_eq!(setback(&job(JobKind::Sync, 0), &ours, &situation), None);
    }
}
