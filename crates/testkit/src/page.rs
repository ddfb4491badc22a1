//! The page alone: a build of it against the shop it invents for itself, in the engine that the app's window has.
//!
//! Nothing in it depends on a service, on the time or on chance, so it shows any state at once and the same each time. What
//! only the app can do, as a click that reaches the clipboard, is not here.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    thread::{self, JoinHandle},
};

use axum::Router;
use tokio::sync::oneshot;
use tower_http::services::ServeDir;

use crate::app::{App, Launch};

/// Where Debian and its like keep the engine's own browser, by architecture.
const ENGINE: [&str; 2] = ["webkit2gtk-4.1/MiniBrowser", "webkitgtk-4.1/MiniBrowser"];

/// A window with the page in it. The window and what serves the page end when it is dropped.
#[derive(Debug)]
pub struct Page {
    // Ended in this order.
    app: App,
    base: String,
    _serving: Serving,
}

impl Page {
    /// Opens a window of the engine; `built` is the folder of a built page. It shows nothing yet.
    ///
    /// # Panics
    /// When the page was not built, or the engine's browser is not installed.
    #[track_caller]
    pub fn open(built: &Path) -> Self {
        Self::open_with(built, |launch| launch)
    }

    /// Does the same with a window that is started otherwise, as with another environment.
    ///
    /// # Panics
    /// When the page was not built, or the engine's browser is not installed.
    #[track_caller]
    pub fn open_with(built: &Path, with: impl FnOnce(Launch) -> Launch) -> Self {
        assert!(
            built.join("index.html").is_file(),
            "there is no page in {}; `cargo xtask test --only app` builds it",
            built.display()
        );
        let serving = Serving::of(built.to_owned());
        Self {
            app: with(Launch::new(engine()).arg("--automation")).start(),
            base: format!("http://127.0.0.1:{}", serving.port),
            _serving: serving,
        }
    }

    /// Shows the page as an address asks for it, such as `fake=200&theme=dark`, and waits until it stands.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    pub fn show(&self, asked: &str) {
        let address = format!("{}/?{asked}", self.base);
        if let Err(error) = self.app.driver().go(&address) {
            panic!("{address}: {error}");
        }
    }

    /// Returns the window, to wait in, press keys in and take pictures of.
    pub fn app(&self) -> &App {
        &self.app
    }
}

#[track_caller]
fn engine() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let places = folders.flat_map(|folder| ENGINE.map(|name| folder.path().join(name)));
    places
        .into_iter()
        .chain(ENGINE.map(|name| Path::new("/usr/libexec").join(name)))
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("MiniBrowser, a part of WebKitGTK, is not installed"))
}

/// Serves a folder's files until it is dropped.
#[derive(Debug)]
struct Serving {
    port: u16,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Serving {
    fn of(folder: PathBuf) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port on loopback");
        listener
            .set_nonblocking(true)
            .expect("a socket can be asked without waiting");
        let port = listener.local_addr().expect("an address").port();
        let (end, ended) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                let router = Router::new().fallback_service(ServeDir::new(folder));
                let serving = async { axum::serve(listener, router).await };
                tokio::select! {
                    served = serving => served.expect("the server serves"),
                    _ = ended => {}
                }
            });
        });
        Self {
            port,
            end: Some(end),
            thread: Some(thread),
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            let _ = end.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
