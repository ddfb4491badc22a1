//! Templates as leads edit them.

use follow_up::{
    Locale, TemplateCard, TemplateCheck, TemplateDraft, TemplateImport, TemplateVersion,
};
use tauri::State;

use super::Answer;
use crate::{notices::locale, shop::Opening};

/// Lists every template.
#[tauri::command]
pub(super) async fn template_list(opening: State<'_, Opening>) -> Answer<Vec<TemplateCard>> {
    Ok(opening.shop().await?.inbox().template_list().await?)
}

/// Tells what a draft is worth.
#[tauri::command]
pub(super) async fn template_check(
    opening: State<'_, Opening>,
    template: TemplateDraft,
) -> Answer<TemplateCheck> {
    let shop = opening.shop().await?;
    let locale = locale(shop.inbox().settings().locale);
    Ok(shop.inbox().template_check(template, locale).await?)
}

/// Saves a template for the team.
#[tauri::command]
pub(super) async fn template_save(
    opening: State<'_, Opening>,
    template: TemplateDraft,
    version: u32,
) -> Answer<TemplateCard> {
    let shop = opening.shop().await?;
    Ok(shop.inbox().template_save(template, version).await?)
}

/// Takes a template of the team away.
#[tauri::command]
pub(super) async fn template_remove(
    opening: State<'_, Opening>,
    key: String,
    locale: Locale,
    version: u32,
) -> Answer<()> {
    let shop = opening.shop().await?;
    Ok(shop.inbox().template_remove(&key, locale, version).await?)
}

/// Lists what a template was.
#[tauri::command]
pub(super) async fn template_versions(
    opening: State<'_, Opening>,
    key: String,
    locale: Locale,
) -> Answer<Vec<TemplateVersion>> {
    let shop = opening.shop().await?;
    Ok(shop.inbox().template_versions(&key, locale).await?)
}

/// Writes every template as one file.
#[tauri::command]
pub(super) async fn template_export(opening: State<'_, Opening>) -> Answer<String> {
    Ok(opening.shop().await?.inbox().template_export().await?)
}

/// Tells what a file of templates would bring in.
#[tauri::command]
pub(super) async fn template_import(
    opening: State<'_, Opening>,
    text: String,
) -> Answer<TemplateImport> {
    let shop = opening.shop().await?;
    Ok(shop.inbox().template_import(&text).await?)
}
