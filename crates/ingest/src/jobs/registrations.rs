//! Looking daily whether the webhooks that were registered are registered still: a platform that could not reach us for some hours
//! takes them away and says nothing.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use contract::IntegrationId;
use providers::register::{Registrar, registrar};

use super::{Looking, Runner};
use crate::outgoing::{account, registration};
use crate::store::{Integration, RegistrationSeen, StoreError};

/// How long an answer holds.
const HOLDS: TimeDelta = TimeDelta::days(1);
/// How often it is asked whose answer holds no more; those that could not be asked are asked again then.
const EVERY: TimeDelta = TimeDelta::hours(1);

impl Runner {
    /// Begins to look for the webhooks that were last looked for a day ago.
    pub(super) async fn look_for_webhooks(
        &self,
        looking: &mut Looking,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        if now < looking.looks_due_at {
            return Ok(());
        }
        looking.looks.retain(|_, look| !look.is_finished());
        for id in self.store.registrations_before(now - HOLDS).await? {
            let Some((integration, registrar)) = self.looked_for(id) else {
                continue;
            };
            looking
                .looks
                .entry(id)
                .or_insert_with(|| tokio::spawn(self.clone().look_for(integration, registrar)));
        }
        looking.looks_due_at = now + EVERY;
        Ok(())
    }

    fn looked_for(&self, id: IntegrationId) -> Option<(Arc<Integration>, &'static dyn Registrar)> {
        let integration = self.store.integration(id)?;
        let registrar = registrar(&integration.provider)?;
        let can_ask = integration.active && account::is_set_up(&integration);
        can_ask.then_some((integration, registrar))
    }

    /// Asks one platform and keeps its answer; where there is none, the last one stands.
    async fn look_for(self, integration: Arc<Integration>, registrar: &'static dyn Registrar) {
        let id = integration.id;
        let url = integration.webhook_url(&self.base_url);
        let found = registration::holds(&self.lines, &integration, registrar, &url).await;
        let registered = match found {
            Ok(registered) => registered,
            Err(failure) => {
                tracing::info!(integration.id = %id, error = %failure, "whether the webhook of {id} is registered could not be found out: {failure}");
                return;
            }
        };
        if !registered {
            tracing::warn!(integration.id = %id, "the webhook of {id} is registered with its platform no longer");
        }
        let seen = RegistrationSeen {
            registered,
            at: self.world.now(),
        };
        if let Err(error) = self.store.keep_registration(id, seen).await {
            tracing::warn!(integration.id = %id, error = %error, "what was found out of the webhook of {id} could not be kept: {error}");
        }
    }
}
