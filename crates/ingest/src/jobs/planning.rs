//! Planning reconciliations: one is always waiting for each account that can be read back.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use contract::{IntegrationId, JobId};
use providers::pull::puller;

use super::Runner;
use crate::outgoing::account;
use crate::store::{Integration, JobKind, NewJob, OpenJobs, StoreError};

/// The setting that says how often, in minutes; 0 for never.
const SETTING: &str = "reconcileMinutes";
const USUALLY: i64 = 60;
const LONGEST: i64 = 7 * 24 * 60;

/// Returns how often an account is reconciled; `None` where it cannot or shall not be.
fn reconciles_every(integration: &Integration) -> Option<TimeDelta> {
    if !integration.active || !account::is_set_up(integration) {
        return None;
    }
    let value = integration.settings.as_json().get(SETTING);
    let minutes = value.and_then(|value| match value.as_i64() {
        Some(number) => Some(number),
        None => value.as_str()?.trim().parse().ok(),
    });
    match minutes.unwrap_or(USUALLY) {
        ..=0 => None,
        minutes => Some(TimeDelta::minutes(minutes.min(LONGEST))),
    }
}

impl Runner {
    /// Sees to it that exactly the accounts that are reconciled have a reconciliation planned, and none later than it should be.
    pub(super) async fn plan(
        &self,
        open: &[OpenJobs],
        planned: &mut HashMap<IntegrationId, DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let waiting: HashMap<IntegrationId, DateTime<Utc>> = open
            .iter()
            .filter_map(|account| Some((account.integration, account.reconcile_at?)))
            .collect();
        let haste = i32::try_from(self.world.haste()).unwrap_or(1).max(1);
        for integration in self.store.all_integrations() {
            let id = integration.id;
            let every = reconciles_every(&integration).map(|every| every / haste);
            match (every, waiting.get(&id)) {
                (None, Some(_)) => self.store.move_reconcile(id, None).await?,
                (Some(every), None) => {
                    let due_at = self.due(&integration, planned.get(&id), every, now).await?;
                    planned.insert(id, due_at);
                    self.plan_one(&integration, due_at).await?;
                }
                (Some(every), Some(due_at)) if *due_at > now + every => {
                    self.store.move_reconcile(id, Some(now + every)).await?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// One is due a while after the last that went well, and a while after the last that was planned, whatever became of it.
    async fn due(
        &self,
        integration: &Integration,
        planned: Option<&DateTime<Utc>>,
        every: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, StoreError> {
        let listed = self.store.listed_to(integration.id).await?;
        let last = listed.max(planned.copied()).unwrap_or(now);
        Ok(now.max(last + every))
    }

    async fn plan_one(
        &self,
        integration: &Integration,
        due_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let kinds = puller(&integration.provider).map_or(&[][..], |puller| puller.kinds());
        let (millis, random) = self.world.id_parts();
        let job = NewJob {
            id: JobId::new(millis, random),
            workspace: integration.workspace,
            integration: integration.id,
            kind: JobKind::Reconcile,
            kinds: kinds.iter().map(|kind| kind.as_str().to_owned()).collect(),
            span: None,
            due_at,
        };
        self.store.create_job(job).await?;
        Ok(())
    }
}
