//! The sources of sales: what admins and leads ask of the service, whichever it is. A secret goes in and never comes out; the
//! one a service makes goes to the clipboard.

use chrono::Local;
use contract::{ConversationId, DeliveryId, Erasure, IntegrationId, JobId};
use inbox::sources::{
    DeliveriesAsked, DeliveryDetail, DeliveryPage, DeliveryResult, Job, NewSource, Preview,
    PreviewAsked, Registered, Reprocessed, ReprocessedAll, RotateAsked, Source, SourceChange,
    SourceHealth, SourcePlatform, Sources, SyncAsked, TestSent,
};
use serde::Serialize;
use tauri::{AppHandle, Manager, State};
use ts_rs::TS;

use super::{Answer, outside::put_on_clipboard};
use crate::failure::{Code, Failure};
use crate::saving::save;
use crate::shop::Opening;

/// The most jobs of a source that are shown.
const JOBS: u32 = 20;

/// Answers a rotation; the secret itself is on the clipboard, where the service made it.
#[derive(Debug, Serialize, TS)]
#[ts(export)]
pub(super) struct SourceRotated {
    /// The source as it stands now.
    source: Source,
    /// The new secret lies on the clipboard, and nowhere else that can be read.
    copied: bool,
}

async fn sources(opening: &Opening) -> Answer<Sources> {
    Ok(opening.shop().await?.inbox().sources()?)
}

/// Lists the platforms the service reads.
#[tauri::command]
pub(super) async fn source_platforms(opening: State<'_, Opening>) -> Answer<Vec<SourcePlatform>> {
    Ok(sources(&opening).await?.platforms().await?)
}

/// Lists the sources.
#[tauri::command]
pub(super) async fn source_list(opening: State<'_, Opening>) -> Answer<Vec<Source>> {
    Ok(sources(&opening).await?.list().await?)
}

/// Tells how each source does.
#[tauri::command]
pub(super) async fn source_health(
    opening: State<'_, Opening>,
    probe: bool,
) -> Answer<Vec<SourceHealth>> {
    Ok(sources(&opening).await?.health(probe).await?)
}

/// Adds a source.
#[tauri::command]
pub(super) async fn source_add(opening: State<'_, Opening>, asked: NewSource) -> Answer<Source> {
    Ok(sources(&opening).await?.add(asked).await?)
}

/// Changes a source.
#[tauri::command]
pub(super) async fn source_change(
    opening: State<'_, Opening>,
    id: IntegrationId,
    change: SourceChange,
) -> Answer<Source> {
    Ok(sources(&opening).await?.change(id, change).await?)
}

/// Takes a source away.
#[tauri::command]
pub(super) async fn source_remove(opening: State<'_, Opening>, id: IntegrationId) -> Answer<()> {
    Ok(sources(&opening).await?.remove(id).await?)
}

/// Erases a customer.
#[tauri::command]
pub(super) async fn customer_erase(
    opening: State<'_, Opening>,
    id: ConversationId,
) -> Answer<Erasure> {
    Ok(sources(&opening).await?.erase_customer(id).await?)
}

/// Says where a file was put.
#[derive(Debug, Serialize, TS)]
#[ts(export)]
pub(super) struct Saved {
    /// The file.
    path: String,
}

/// Puts all that is held of a customer into a file; the page learns where it is, and none of what it holds.
#[tauri::command]
pub(super) async fn customer_export(
    app: AppHandle,
    opening: State<'_, Opening>,
    id: ConversationId,
) -> Answer<Saved> {
    let held = sources(&opening).await?.export_customer(id).await?;
    let folder = app.path().download_dir().or_else(|_| app.path().home_dir());
    let folder = folder.map_err(|_| not_saved("there is no folder for downloads"))?;
    // No name and no id: whoever sees the folder learns nothing of the person.
    let stem = format!("balcao-dados-{}", Local::now().format("%Y-%m-%d-%H%M%S"));
    let saving = tokio::task::spawn_blocking(move || save(&folder, &stem, "json", &held));
    let path = saving.await.map_err(|_| not_saved("the writing ended"))?;
    let path = path.map_err(|error| not_saved(&error.kind().to_string()))?;
    Ok(Saved {
        path: path.display().to_string(),
    })
}

fn not_saved(why: &str) -> Failure {
    Failure::new(Code::FileNotSaved, format!("the file was not saved: {why}"))
}

/// Erases all customers of a source whose shop has left.
#[tauri::command]
pub(super) async fn source_erase_customers(
    opening: State<'_, Opening>,
    id: IntegrationId,
) -> Answer<()> {
    Ok(sources(&opening).await?.erase_customers(id).await?)
}

/// Gives a source a new secret.
#[tauri::command]
pub(super) async fn source_rotate(
    app: AppHandle,
    opening: State<'_, Opening>,
    id: IntegrationId,
    asked: RotateAsked,
) -> Answer<SourceRotated> {
    let rotated = sources(&opening).await?.rotate(id, asked).await?;
    let copied = rotated.secret.is_some();
    if let Some(made) = rotated.secret {
        put_on_clipboard(&app, made.0)?;
    }
    Ok(SourceRotated {
        source: rotated.source,
        copied,
    })
}

/// Ends the overlap of two secrets.
#[tauri::command]
pub(super) async fn source_retire(
    opening: State<'_, Opening>,
    id: IntegrationId,
) -> Answer<Source> {
    Ok(sources(&opening).await?.retire(id).await?)
}

/// Registers a source's webhook at its platform.
#[tauri::command]
pub(super) async fn source_register(
    opening: State<'_, Opening>,
    id: IntegrationId,
) -> Answer<Registered> {
    Ok(sources(&opening).await?.register(id).await?)
}

/// Sends a test event.
#[tauri::command]
pub(super) async fn source_test(
    opening: State<'_, Opening>,
    id: IntegrationId,
) -> Answer<TestSent> {
    Ok(sources(&opening).await?.test(id).await?)
}

/// Reads history back from a platform.
#[tauri::command]
pub(super) async fn source_sync(opening: State<'_, Opening>, asked: SyncAsked) -> Answer<Job> {
    Ok(sources(&opening).await?.sync(asked).await?)
}

/// Lists a source's latest jobs.
#[tauri::command]
pub(super) async fn source_jobs(
    opening: State<'_, Opening>,
    id: IntegrationId,
) -> Answer<Vec<Job>> {
    Ok(sources(&opening).await?.jobs(id, JOBS).await?)
}

/// Ends a job.
#[tauri::command]
pub(super) async fn source_job_cancel(opening: State<'_, Opening>, id: JobId) -> Answer<()> {
    Ok(sources(&opening).await?.cancel(id).await?)
}

/// Reads a page of what a platform sent.
#[tauri::command]
pub(super) async fn source_deliveries(
    opening: State<'_, Opening>,
    asked: DeliveriesAsked,
) -> Answer<DeliveryPage> {
    Ok(sources(&opening).await?.deliveries(asked).await?)
}

/// Reads one request of a platform whole.
#[tauri::command]
pub(super) async fn source_delivery(
    opening: State<'_, Opening>,
    id: DeliveryId,
) -> Answer<DeliveryDetail> {
    Ok(sources(&opening).await?.delivery(id).await?)
}

/// Has one request read again.
#[tauri::command]
pub(super) async fn source_reprocess(
    opening: State<'_, Opening>,
    id: DeliveryId,
) -> Answer<Reprocessed> {
    Ok(sources(&opening).await?.reprocess(id).await?)
}

/// Has all requests of a source with one result read again.
#[tauri::command]
pub(super) async fn source_reprocess_all(
    opening: State<'_, Opening>,
    id: IntegrationId,
    result: DeliveryResult,
) -> Answer<ReprocessedAll> {
    Ok(sources(&opening).await?.reprocess_all(id, result).await?)
}

/// Tells what samples become under settings that are not kept yet.
#[tauri::command]
pub(super) async fn source_preview(
    opening: State<'_, Opening>,
    asked: PreviewAsked,
) -> Answer<Preview> {
    Ok(sources(&opening).await?.preview(asked).await?)
}
