//! What happens to orders and colleagues' calls as notifications of the system, what a click on one does, and when one that is on
//! the screen goes away by itself.
//!
//! What is announced, and how a burst becomes one notice, is decided by the desk; here are the words.

mod shown;

use contract::{ConversationId, Money};
use follow_up::Locale;
use inbox::{
    Inbox,
    asking::{LocaleChoice, Settings},
    cache::Happening,
    notices::{Announcement, Call, CallReason, Notice, Sum},
    view::Amount,
};
use serde::Serialize;
use tauri::{AppHandle, Emitter, Manager};
use tauri_plugin_notification::{ActionPerformed, NotificationExt};

use crate::{
    texts::{Texts, texts},
    window,
};

/// The event by which the page learns which conversation to open.
const OPEN: &str = "open";

/// Where a notification carries the conversation it is about.
const CONVERSATION: &str = "conversationId";

/// The system's own sound of something done well: a name of the freedesktop sound themes, of macOS, of Windows.
const SOUND: &str = if cfg!(windows) {
    "Default"
} else if cfg!(target_os = "macos") {
    "Glass"
} else {
    "complete"
};

pub(crate) use shown::Shown;

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

/// Shows a notice, unless it is of an order in the conversation that the member has before them.
pub(crate) fn announce(app: &AppHandle, inbox: &Inbox, announcement: &Announcement) {
    let notice = &announcement.notice;
    if inbox.shows(notice) && window::has_focus(app) {
        return;
    }
    let said = said(notice, locale(inbox.settings().locale));
    show(app, said, announcement.is_heard);
}

/// Takes away what is on the screen of a conversation: it was opened, or read. The system has to offer it, which among those the
/// app runs on only Linux does; elsewhere a notification goes when the system sees fit.
pub(crate) fn take_away(app: &AppHandle, conversation: ConversationId) {
    remove(app, app.state::<Shown>().forget(conversation));
}

/// Takes away all that is on the screen: nobody sits here any more to read of it.
pub(crate) fn take_all_away(app: &AppHandle) {
    remove(app, app.state::<Shown>().forget_all());
}

fn remove(app: &AppHandle, ids: Vec<i32>) {
    if ids.is_empty() {
        return;
    }
    let app = app.clone();
    // The bus is asked, which may take its time.
    tauri::async_runtime::spawn_blocking(move || {
        if let Err(error) = app.notification().remove_active(ids) {
            tracing::warn!(error = %error, "a notification could not be taken away");
        }
    });
}

/// Says that the service inside the app has another address now, because its port was taken.
pub(crate) fn say_moved(app: &AppHandle, settings: &Settings) {
    let words = texts(locale(settings.locale));
    let said = Said {
        title: words.moved_title.clone(),
        body: words.moved_body.clone(),
        conversation: None,
    };
    show(app, said, false);
}

fn show(app: &AppHandle, said: Said, is_heard: bool) {
    let mut notification = app
        .notification()
        .builder()
        .title(said.title)
        .body(said.body)
        .auto_cancel();
    if let Some(id) = said.conversation {
        notification = notification
            .id(app.state::<Shown>().remember(id))
            .extra(CONVERSATION, id.to_string());
    }
    if is_heard {
        notification = notification.sound(SOUND);
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
    let (title, body) = match notice {
        Notice::Happening(happening) => happened(happening, locale),
        Notice::Happenings(sum) => summed(sum, locale),
        Notice::Call(call) => called(call, words),
        Notice::Calls { count, .. } => (words.calls.of(*count), words.calls_body.clone()),
        Notice::Missed { orders, calls } => {
            let calls = (*calls > 0).then(|| words.calls.of(*calls));
            let parts = [sales(orders, locale), others(orders, words), calls];
            (words.missed.clone(), joined("\n", parts))
        }
    };
    Said {
        title,
        body,
        conversation: Some(notice.newest()),
    }
}

/// Says what happened to one order.
fn happened(happening: &Happening, locale: Locale) -> (String, String) {
    let words = texts(locale);
    let what = if happening.is_sale() {
        Some(words.sale.clone())
    } else {
        words.stages.get(&happening.stage).cloned()
    };
    let about = [happening.product.clone(), happening.first_name.clone()];
    (
        joined(" · ", [what, money(happening.amount, locale)]),
        joined(", ", about),
    )
}

/// Says what happened to several.
fn summed(sum: &Sum, locale: Locale) -> (String, String) {
    let words = texts(locale);
    let others = others(sum, words);
    match (sales(sum, locale), others) {
        (Some(sales), others) => (sales, others.unwrap_or_else(|| words.sales_body.clone())),
        (None, others) => (others.unwrap_or_default(), words.events_body.clone()),
    }
}

fn sales(sum: &Sum, locale: Locale) -> Option<String> {
    let sales = texts(locale).sales.of(sum.sales);
    let told = joined(" · ", [Some(sales), money(sum.total, locale)]);
    (sum.sales > 0).then_some(told)
}

fn others(sum: &Sum, words: &Texts) -> Option<String> {
    let events = if sum.sales > 0 {
        &words.other_events
    } else {
        &words.events
    };
    (sum.others > 0).then(|| events.of(sum.others))
}

fn money(amount: Option<Amount>, locale: Locale) -> Option<String> {
    amount.map(|amount| locale.money(Money::new(amount.minor, amount.currency)))
}

/// Says who called and about whom; never what the note says, since a notification is read over shoulders.
fn called(call: &Call, words: &Texts) -> (String, String) {
    let title = match call.reason {
        CallReason::Mention => &words.mention,
        CallReason::Assignment => &words.assignment,
    };
    let about = call.first_name.as_ref();
    (
        title.replace("{name}", &call.by),
        about.map_or_else(String::new, |name| words.about.replace("{name}", name)),
    )
}

fn joined<const N: usize>(between: &str, parts: [Option<String>; N]) -> String {
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
