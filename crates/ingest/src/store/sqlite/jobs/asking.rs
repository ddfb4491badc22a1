//! What the rest of the program asks of the jobs' tables.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use contract::{DeliveryId, IntegrationId, JobId, WorkspaceId};
use rusqlite::Connection;

use super::super::accept::Prepared;
use super::super::integrations::Shelved;
use super::super::seal::Owner;
use super::super::{SMALL, SqliteStore, api, checkouts};
use super::{PreparedHeld, PreparedPage};
use crate::store::{
    ApiToken, Fault, Held, Job, JobKind, JobQuery, Jobs, NewJob, NewReading, OpenJobs, PageStored,
    PulledPage, RegistrationSeen, Setback, StoreError,
};

impl SqliteStore {
    fn shelved(&self, id: IntegrationId) -> Result<Shelved, StoreError> {
        self.catalogue.by_id(id).ok_or(StoreError::NotFound)
    }

    fn shelved_of(&self, workspace: WorkspaceId, id: IntegrationId) -> Result<Shelved, StoreError> {
        let shelved = self.shelved(id)?;
        if shelved.integration.workspace == workspace {
            Ok(shelved)
        } else {
            Err(StoreError::NotFound)
        }
    }

    fn prepared(&self, page: PulledPage) -> Result<PreparedPage, StoreError> {
        let PulledPage {
            job,
            integration,
            deliveries,
            then,
        } = page;
        let shelved = self.shelved(integration)?;
        let prepare = |delivery| {
            Prepared::new(delivery, &shelved.integration, shelved.row)
                .map_err(|_| Fault::Internal.into())
        };
        let deliveries = deliveries
            .into_iter()
            .map(prepare)
            .collect::<Result<_, StoreError>>()?;
        Ok(PreparedPage {
            job,
            integration_row: shelved.row,
            deliveries,
            then,
        })
    }
}

fn open(
    db: &Connection,
    integration: IntegrationId,
    row: i64,
) -> Result<Option<OpenJobs>, StoreError> {
    let reconcile_at = super::due(db, row, JobKind::Reconcile)?;
    let mut first = reconcile_at;
    for kind in [JobKind::Fetch, JobKind::Sync] {
        let due = super::due(db, row, kind)?;
        first = match (first, due) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
    Ok(first.map(|due_at| OpenJobs {
        integration,
        due_at,
        reconcile_at,
    }))
}

fn owner(shelved: &Shelved) -> Owner {
    Owner {
        workspace: shelved.integration.workspace,
        integration: shelved.integration.id,
    }
}

#[async_trait]
impl Jobs for SqliteStore {
    async fn create_job(&self, job: NewJob) -> Result<Job, StoreError> {
        let row = self.shelved_of(job.workspace, job.integration)?.row;
        self.write(SMALL, move |writing| super::create(writing, row, &job))
            .await
    }

    async fn job(&self, workspace: WorkspaceId, id: JobId) -> Result<Job, StoreError> {
        self.readers
            .read(move |db| super::get(db, workspace, id))
            .await
    }

    async fn jobs(&self, workspace: WorkspaceId, query: JobQuery) -> Result<Vec<Job>, StoreError> {
        let row = match query.integration {
            Some(id) => Some(self.shelved_of(workspace, id)?.row),
            None => None,
        };
        self.readers
            .read(move |db| super::list(db, workspace, row, &query))
            .await
    }

    async fn cancel_job(&self, workspace: WorkspaceId, id: JobId) -> Result<Job, StoreError> {
        self.write(SMALL, move |writing| super::cancel(writing, workspace, id))
            .await
    }

    async fn open_jobs(&self) -> Result<Vec<OpenJobs>, StoreError> {
        let accounts = self.catalogue.rows();
        self.readers
            .read(move |db| {
                let mut found = Vec::new();
                for (integration, row) in accounts {
                    found.extend(open(db, integration, row)?);
                }
                Ok(found)
            })
            .await
    }

    async fn next_job(
        &self,
        integration: IntegrationId,
        now: DateTime<Utc>,
    ) -> Result<Option<Job>, StoreError> {
        let row = self.shelved(integration)?.row;
        self.readers.read(move |db| super::next(db, row, now)).await
    }

    async fn move_reconcile(
        &self,
        integration: IntegrationId,
        due_at: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        let row = self.shelved(integration)?.row;
        self.write(SMALL, move |writing| {
            super::move_reconcile(writing, row, due_at)
        })
        .await
    }

    async fn store_pulled(&self, page: PulledPage) -> Result<PageStored, StoreError> {
        let prepared = self.prepared(page)?;
        self.write(prepared.bytes(), move |writing| prepared.store(writing))
            .await
    }

    async fn set_back(&self, job: JobId, setback: Setback) -> Result<(), StoreError> {
        self.write(SMALL, move |writing| {
            super::set_back(writing, job, &setback)
        })
        .await
    }

    async fn held(&self, job: JobId) -> Result<Vec<Held>, StoreError> {
        self.readers.read(move |db| super::waiting(db, job)).await
    }

    async fn tell_held(
        &self,
        job: &Job,
        delivery: DeliveryId,
        reading: NewReading,
        why: String,
    ) -> Result<(), StoreError> {
        let shelved = self.shelved_of(job.workspace, job.integration)?;
        let of = (job.workspace, job.id);
        let prepared = PreparedHeld::new(of, delivery, reading, why, &shelved.integration);
        self.write(prepared.bytes(), move |writing| prepared.tell(writing))
            .await
    }

    async fn forget_jobs(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        self.write(SMALL, move |writing| super::forget(writing, before))
            .await
    }

    async fn listed_to(
        &self,
        integration: IntegrationId,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = self.shelved(integration)?.row;
        self.readers.read(move |db| api::listed_to(db, row)).await
    }

    async fn api_token(&self, integration: IntegrationId) -> Result<Option<ApiToken>, StoreError> {
        let shelved = self.shelved(integration)?;
        let key = self.key.clone();
        self.readers
            .read(move |db| api::token(db, shelved.row, owner(&shelved), &key))
            .await
    }

    async fn keep_api_token(
        &self,
        integration: IntegrationId,
        token: Option<ApiToken>,
    ) -> Result<(), StoreError> {
        let shelved = self.shelved(integration)?;
        let key = self.key.clone();
        self.write(SMALL, move |writing| {
            api::keep(writing, shelved.row, owner(&shelved), &key, token.as_ref())
        })
        .await
    }

    async fn begin_registering(&self, integration: IntegrationId) -> Result<bool, StoreError> {
        let row = self.shelved(integration)?.row;
        self.write(SMALL, move |writing| {
            let before = api::is_registering(writing.db, row)?;
            api::note_registering(writing.db, row, true)?;
            Ok(before)
        })
        .await
    }

    async fn end_registering(&self, integration: IntegrationId) -> Result<(), StoreError> {
        let row = self.shelved(integration)?.row;
        self.write(SMALL, move |writing| {
            api::note_registering(writing.db, row, false)
        })
        .await
    }

    async fn keep_registration(
        &self,
        integration: IntegrationId,
        seen: RegistrationSeen,
    ) -> Result<(), StoreError> {
        let row = self.shelved(integration)?.row;
        self.write(SMALL, move |writing| {
            api::keep_registration(writing.db, row, seen)
        })
        .await
    }

    async fn registrations_before(
        &self,
        before: DateTime<Utc>,
    ) -> Result<Vec<IntegrationId>, StoreError> {
        self.readers
            .read(move |db| api::registrations_before(db, before))
            .await
    }

    async fn next_abandonment(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let due = self.readers.read(checkouts::next).await?;
        Ok(due.and_then(DateTime::from_timestamp_millis))
    }

    async fn abandon(&self) -> Result<u64, StoreError> {
        self.write(SMALL, checkouts::abandon).await
    }
}
