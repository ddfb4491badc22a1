//! What leaves the app: texts to the clipboard, chats, mails and pages to the system's own programs.

use contract::ConversationId;
use inbox::{
    asking::{CopyWhat, HandOverAsked, LinkWhat, Outside},
    view::ConversationView,
};
use serde::Serialize;
use tauri::{AppHandle, State, Url};
use tauri_plugin_clipboard_manager::ClipboardExt;
use tauri_plugin_opener::OpenerExt;
use tokio::task::spawn_blocking;
use ts_rs::TS;

use super::{Answer, acting::WrittenDown};
use crate::{
    failure::{Code, Failure},
    links,
    shop::Opening,
};

/// Says what was copied; the text itself does not go back to the page.
#[derive(Debug, Serialize, TS)]
#[ts(export)]
pub(super) struct Copied {
    copied: CopyWhat,
}

/// Opens a text in its channel; the desk checks first, and writes down that it was opened once it was.
#[tauri::command]
pub(super) async fn hand_over(
    app: AppHandle,
    opening: State<'_, Opening>,
    asked: HandOverAsked,
) -> Answer<WrittenDown> {
    let shop = opening.shop().await?;
    let inbox = shop.inbox();
    let command_id = inbox
        .hand_over(asked, |outside| take_outside(app, outside))
        .await?;
    Ok(WrittenDown::of(inbox, command_id))
}

/// Opens or copies what leaves the app. The system is given a moment to say that it has no program for it.
async fn take_outside(app: AppHandle, outside: Outside) -> Answer<()> {
    match outside {
        Outside::Open(link) => {
            let url = links::chat_or_mail(&link)?;
            let opened = spawn_blocking(move || open(&app, &url)).await;
            opened.unwrap_or_else(|_| Err(not_opened()))
        }
        Outside::Copy(text) => put_on_clipboard(&app, text),
    }
}

/// Copies a part of an order.
#[tauri::command]
pub(super) async fn copy(
    app: AppHandle,
    opening: State<'_, Opening>,
    conversation_id: ConversationId,
    order_key: String,
    what: CopyWhat,
) -> Answer<Copied> {
    let shop = opening.shop().await?;
    let text = shop.inbox().copy(conversation_id, order_key, what).await?;
    put_on_clipboard(&app, text)?;
    Ok(Copied { copied: what })
}

/// Copies a text of the page's own, such as a webhook address.
#[tauri::command]
pub(super) fn copy_text(app: AppHandle, text: String) -> Answer<()> {
    put_on_clipboard(&app, text)
}

/// Opens one of an order's own pages.
#[tauri::command]
pub(super) async fn open_link(
    app: AppHandle,
    opening: State<'_, Opening>,
    conversation_id: ConversationId,
    order_key: String,
    what: LinkWhat,
) -> Answer<()> {
    let shop = opening.shop().await?;
    let link = shop
        .inbox()
        .link(conversation_id, order_key.clone(), what)
        .await?;
    let view = shop.inbox().conversation(conversation_id).await?;
    open(&app, &links::page_of(&link, &hosts(&view, &order_key))?)
}

/// The hosts that the card shows: what a person could check before clicking.
fn hosts(view: &ConversationView, order_key: &str) -> Vec<String> {
    let cards = view
        .orders
        .iter()
        .filter(|card| card.order_key == order_key);
    let links = cards.flat_map(|card| {
        let boleto = card.boleto.as_ref().and_then(|boleto| boleto.page.as_ref());
        [card.checkout.as_ref(), card.order_link.as_ref(), boleto]
    });
    links.flatten().map(|link| link.host.clone()).collect()
}

fn open(app: &AppHandle, url: &Url) -> Answer<()> {
    app.opener()
        .open_url(url.as_str(), None::<&str>)
        .map_err(|_| not_opened())
}

/// The system's words may hold the link, which holds a text to a customer.
fn not_opened() -> Failure {
    Failure::new(
        Code::LinkNotOpened,
        "the system opened no program for the link",
    )
}

pub(super) fn put_on_clipboard(app: &AppHandle, text: String) -> Answer<()> {
    app.clipboard()
        .write_text(text)
        .map_err(|error| Failure::new(Code::ClipboardUnavailable, error.to_string()))
}
