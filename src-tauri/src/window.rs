//! The main window: how it opens, where it may go, how it comes back to the front.
//!
//! It never leaves the app's own page. A link to anywhere else is a command, checked by `links`.

use tauri::{
    AppHandle, Manager, Url, WebviewWindow, WebviewWindowBuilder, Window,
    webview::{NewWindowResponse, PageLoadEvent},
};

const LABEL: &str = "main";

/// Opens the main window hidden and shows it when its page has loaded, so that no blank frame is seen.
///
/// # Errors
/// When the window is missing from the configuration or the system refuses to create it.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    let config = app
        .config()
        .app
        .windows
        .iter()
        .find(|window| window.label == LABEL)
        .cloned()
        .ok_or(tauri::Error::WindowNotFound)?;
    let dev_url = app.config().build.dev_url.clone();
    WebviewWindowBuilder::from_config(app, &config)?
        .on_navigation(move |url| is_own_page(url, dev_url.as_ref()))
        .on_new_window(|_url, _features| NewWindowResponse::Deny)
        .on_document_title_changed(|window, title| {
            if let Err(error) = window.set_title(&title) {
                tracing::debug!(error = %error, "the window could not be called as its page is");
            }
        })
        .on_page_load(|window, load| {
            if matches!(load.event(), PageLoadEvent::Finished) {
                show(&window);
            }
        })
        .build()?;
    Ok(())
}

/// Shows the main window in front of others, also when it was minimised.
pub(crate) fn bring_forward(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        show(&window);
    }
}

/// Tells whether the main window has the keyboard.
pub(crate) fn has_focus(app: &AppHandle) -> bool {
    let window = app.get_webview_window(LABEL);
    // Where the system does not tell, nobody is taken to look.
    window.is_some_and(|window| window.is_focused().unwrap_or(false))
}

/// Tells whether the window cannot be seen at all; one that only lost the keyboard may be read from.
pub(crate) fn is_out_of_sight(window: &Window) -> bool {
    // Where the system does not tell, the window counts as seen.
    window.is_minimized().unwrap_or(false) || !window.is_visible().unwrap_or(true)
}

/// Makes everything in the page larger or smaller, by per cent; text and pictures alike, as the engine's own zoom does.
pub(crate) fn zoom(app: &AppHandle, per_cent: u16) {
    let zoomed = app.get_webview_window(LABEL).map_or(Ok(()), |window| {
        window.set_zoom(f64::from(per_cent) / 100.0)
    });
    if let Err(error) = zoomed {
        tracing::warn!(error = %error, "the page could not be zoomed");
    }
}

/// Puts a number on the app's icon, where the desktop shows one; 0 takes it away.
pub(crate) fn badge(app: &AppHandle, count: u32) {
    let shown = app.get_webview_window(LABEL).map_or(Ok(()), |window| {
        window.set_badge_count((count > 0).then_some(i64::from(count)))
    });
    if let Err(error) = shown {
        tracing::debug!(error = %error, "the icon cannot bear a number");
    }
}

/// Starts the page anew, which asks again how things stand.
pub(crate) fn reload(app: &AppHandle) {
    let reloaded = app
        .get_webview_window(LABEL)
        .map_or(Ok(()), |window| window.reload());
    if let Err(error) = reloaded {
        tracing::warn!(error = %error, "the page could not be started anew");
    }
}

fn show(window: &WebviewWindow) {
    let shown = window
        .unminimize()
        .and_then(|()| window.show())
        .and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(error = %error, "the window could not be brought to the front");
    }
}

fn is_own_page(url: &Url, dev_url: Option<&Url>) -> bool {
    let embedded = url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost");
    let dev = cfg!(dev) && dev_url.is_some_and(|dev| dev.origin() == url.origin());
    embedded || dev
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_stays_on_its_own_page() {
        let cases = [
            ("tauri://localhost/", true),
            ("tauri://localhost/index.html#/c/1", true),
            ("http://tauri.localhost/", true),
            ("https://checkout.example.com/pay", false),
            ("http://tauri.localhost.example.com/", false),
            ("file:///etc/passwd", false),
            ("about:blank", false),
            ("data:text/html,x", false),
        ];
        for (url, expected) in cases {
            let parsed = Url::parse(url).expect("a case is a URL");
            assert_eq!(is_own_page(&parsed, None), expected, "{url}");
        }
    }
}
