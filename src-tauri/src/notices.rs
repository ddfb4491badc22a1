//! Approved sales and colleagues' calls as notifications of the system, and what a click on one does.
//!
//! What is announced, and how a burst becomes one notice, is decided by the desk; here are the words.

use contract::{ConversationId, Money};
use follow_up::Locale;
use inbox::{
    asking::{LocaleChoice, Settings},
    notices::{Call, CallReason, Notice},
    view::Amount,
};
use serde::Serialize;
use tauri::{AppHandle, Emitter};
use tauri_plugin_notification::{ActionPerformed, NotificationExt};

use crate::{
    texts::{Texts, texts},
    window,
};

/// The event by which the page learns which conversation to open.
const OPEN: &str = "open";

/// Where a notification carries the conversation it is about.
const CONVERSATION: &str = "conversationId";

/// What a notification says.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    title: String,
    body: String,
    conversation: Option<ConversationId>,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Open {
    conversation_id: String,
}

/// Makes a click on a notification show the window with its conversation.
///
/// # Errors
/// Never on a desktop system; the plugin's signature allows for others.
pub(crate) fn listen(app: &AppHandle) -> tauri_plugin_notification::Result<()> {
    let shown = app.clone();
    app.notification()
        .on_action(move |action| clicked(&shown, action))
}

/// Shows a notice, unless the member wants none.
pub(crate) fn announce(app: &AppHandle, settings: &Settings, notice: &Notice) {
    if notice.is_wanted(settings) {
        show(app, said(notice, locale(settings.locale)));
    }
}

/// Says that the service inside the app has another address now, because its port was taken.
pub(crate) fn say_moved(app: &AppHandle, settings: &Settings) {
    let words = texts(locale(settings.locale));
    let said = Said {
        title: words.moved_title.clone(),
        body: words.moved_body.clone(),
        conversation: None,
    };
    show(app, said);
}

fn show(app: &AppHandle, said: Said) {
    let mut notification = app
        .notification()
        .builder()
        .title(said.title)
        .body(said.body)
        .auto_cancel();
    if let Some(id) = said.conversation {
        notification = notification.extra(CONVERSATION, id.to_string());
    }
    if let Err(error) = notification.show() {
        tracing::warn!(error = %error, "a notification could not be shown");
    }
}

fn clicked(app: &AppHandle, action: &ActionPerformed) {
    window::bring_forward(app);
    let about = action.notification().and_then(|notification| {
        let id = notification.extra().get(CONVERSATION)?;
        Some(id.as_str()?.to_owned())
    });
    if let Some(conversation_id) = about
        && let Err(error) = app.emit(OPEN, Open { conversation_id })
    {
        tracing::warn!(error = %error, "the page was not told what to open");
    }
}

fn said(notice: &Notice, locale: Locale) -> Said {
    let words = texts(locale);
    let amount = |amount: Option<Amount>| {
        amount.map(|amount| locale.money(Money::new(amount.minor, amount.currency)))
    };
    match notice {
        Notice::Sale(sale) => Said {
            title: joined(" · ", [Some(words.sale.clone()), amount(sale.amount)]),
            body: joined(", ", [sale.product.clone(), sale.first_name.clone()]),
            conversation: Some(sale.conversation_id),
        },
        Notice::Sales {
            count,
            total,
            newest,
        } => {
            let sales = words.sales.replace("{count}", &count.to_string());
            Said {
                title: joined(" · ", [Some(sales), amount(*total)]),
                body: words.sales_body.clone(),
                conversation: Some(*newest),
            }
        }
        Notice::Call(call) => called(call, words),
        Notice::Calls { count, newest } => Said {
            title: words.calls.replace("{count}", &count.to_string()),
            body: words.calls_body.clone(),
            conversation: Some(*newest),
        },
    }
}

/// Says who called and about whom; never what the note says, since a notification is read over shoulders.
fn called(call: &Call, words: &Texts) -> Said {
    let title = match call.reason {
        CallReason::Mention => &words.mention,
        CallReason::Assignment => &words.assignment,
    };
    let about = call.first_name.as_ref();
    Said {
        title: title.replace("{name}", &call.by),
        body: about.map_or_else(String::new, |name| words.about.replace("{name}", name)),
        conversation: Some(call.conversation_id),
    }
}

fn joined(between: &str, parts: [Option<String>; 2]) -> String {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(between)
}

/// Returns the language of a choice; the system's where it chooses.
pub(crate) fn locale(choice: LocaleChoice) -> Locale {
    match choice {
        LocaleChoice::PtBr => Locale::PtBr,
        LocaleChoice::En => Locale::En,
        LocaleChoice::System => Locale::of_tag(&sys_locale::get_locale().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests;
