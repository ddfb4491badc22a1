//! The app's real window on a desktop of its own, addressed by `data-testid`.

mod hands;
mod starting;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    thread,
    time::Instant,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    desktop::Desktop,
    driver::{Driver, DriverError, Element},
    wait::until,
};

pub(crate) use starting::free_port;
use starting::{OPENED, open, processes_of, read_log};

/// How to start the app.
#[derive(Clone, Debug)]
pub struct Launch {
    binary: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Launch {
    /// Starts from the app's binary, which a test finds in `env!("CARGO_BIN_EXE_balcao")`.
    pub fn new(binary: impl Into<PathBuf>) -> Self {
        Self {
            binary: binary.into(),
            arguments: Vec::new(),
            environment: Vec::new(),
        }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Sets an environment variable. The app sees only these and what a login would set.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Starts the app and waits for its page.
    ///
    /// # Panics
    /// When it does not come up.
    #[track_caller]
    pub fn start(self) -> App {
        let home = tempfile::tempdir().expect("a temporary folder");
        let desktop = Desktop::start(home.path());
        let driver = open(&self, home.path(), &desktop);
        App {
            driver: Some(driver),
            desktop,
            home,
            launch: self,
        }
    }
}

/// A running app. Its files, its desktop and its processes go when it is dropped; a failed test leaves a picture.
#[derive(Debug)]
pub struct App {
    // Ended in this order.
    driver: Option<Driver>,
    desktop: Desktop,
    home: TempDir,
    launch: Launch,
}

impl App {
    /// Ends the app at once, as a crash would, and starts it again on the same files.
    ///
    /// # Panics
    /// When it does not come up again.
    #[track_caller]
    pub fn restart(&mut self) {
        self.restart_after(|_data_dir| ());
    }

    /// Does the same, and lets `meanwhile` happen to the data folder before the start; what it returns is passed on.
    ///
    /// # Panics
    /// When the app does not come up again.
    #[track_caller]
    pub fn restart_after<T>(&mut self, meanwhile: impl FnOnce(&Path) -> T) -> T {
        self.cut_off();
        let result = meanwhile(&self.data_dir());
        self.start_again();
        result
    }

    /// Starts the app again on the same files, after it was cut off.
    ///
    /// # Panics
    /// When it does not come up.
    #[track_caller]
    pub fn start_again(&mut self) {
        self.driver = Some(open(&self.launch, self.home.path(), &self.desktop));
    }

    /// Closes the window as a person does, waits until the app has ended by itself, and starts it again on the same files.
    ///
    /// # Panics
    /// When it does not end or does not come up again.
    #[track_caller]
    pub fn close_and_start_again(&mut self) {
        self.desktop.windows().close();
        until("the app to end by itself", || {
            match self.processes().len() {
                0 => Ok(()),
                left => Err(format!("{left} of its processes are left")),
            }
        });
        self.driver = None;
        self.start_again();
    }

    /// Starts the app once more beside the one that runs, on the same desktop and files, waits until that one has ended, and
    /// returns how.
    ///
    /// # Panics
    /// When it stays.
    #[track_caller]
    pub fn start_once_more(&self) -> ExitStatus {
        starting::beside(&self.launch, self.home.path(), &self.desktop)
    }

    /// Starts the page anew and waits until the new one is there.
    ///
    /// # Panics
    /// When it does not come.
    #[track_caller]
    pub fn reload(&self) {
        self.script("window.leaving = true; location.reload()", &[]);
        until("the page to start anew", || {
            let fresh = "return !window.leaving && document.readyState === 'complete'";
            match self.driver().run(fresh, &[]) {
                Ok(Value::Bool(true)) => Ok(()),
                other => Err(format!("{other:?}")),
            }
        });
    }

    /// Ends the app without a word, as a power cut would, waits until all of it is gone, and returns when it was struck.
    ///
    /// # Panics
    /// When a part of it stays.
    #[track_caller]
    pub fn cut_off(&mut self) -> Instant {
        let processes = self.processes();
        // Ids come from the kernel's list of what was started here; the driver is ended by its owner.
        let ids = processes.iter().filter_map(|process| process.file_name());
        let mut kill = Command::new("kill");
        kill.arg("-KILL").args(ids);
        let struck = Instant::now();
        let _ = kill.status();
        self.driver = None;
        // A second one that starts while the first still ends would hand over to it and leave.
        until("the app to end", || {
            match processes_of(self.home.path()).len() {
                0 => Ok(()),
                left => Err(format!("{left} of its processes are left")),
            }
        });
        struck
    }

    /// The app's own processes, without those of its driver and its engine.
    fn processes(&self) -> Vec<PathBuf> {
        let binary = self.launch.binary.as_path();
        let is_app =
            |process: &PathBuf| fs::read_link(process.join("exe")).is_ok_and(|exe| exe == binary);
        let mut processes = processes_of(self.home.path());
        processes.retain(is_app);
        processes
    }

    /// Returns the desktop the app runs on.
    pub fn desktop(&self) -> &Desktop {
        &self.desktop
    }

    /// Returns the folder where the app keeps its data.
    pub fn data_dir(&self) -> PathBuf {
        self.home.path().join("data/br.balcao.desktop")
    }

    /// Returns the folder where the app keeps how its window stands.
    #[must_use]
    pub fn config_dir(&self) -> PathBuf {
        self.home.path().join("config/br.balcao.desktop")
    }

    /// Returns the session, for what the words below do not cover.
    ///
    /// # Panics
    /// Never: there is no session only while `restart` runs.
    pub fn driver(&self) -> &Driver {
        self.driver.as_ref().expect("the app runs")
    }

    /// Waits until an element with this `data-testid` is there and returns the first.
    ///
    /// # Panics
    /// When none appears.
    #[track_caller]
    pub fn wait_for(&self, testid: &str) -> Element {
        self.wait_for_css(&selector(testid))
    }

    /// Waits until an element matches this CSS selector and returns the first.
    ///
    /// # Panics
    /// When none appears.
    #[track_caller]
    pub fn wait_for_css(&self, css: &str) -> Element {
        until(css, || first(self.driver(), css))
    }

    /// Waits until no element with this `data-testid` is left.
    ///
    /// # Panics
    /// When one stays.
    #[track_caller]
    pub fn wait_gone(&self, testid: &str) {
        until(&format!("{testid} to go"), || {
            match self.driver().find_all(&selector(testid)) {
                Ok(found) if found.is_empty() => Ok(()),
                Ok(found) => Err(format!("{} are there", found.len())),
                Err(error) => Err(error.to_string()),
            }
        });
    }

    /// Returns how many elements with this `data-testid` there are now.
    ///
    /// # Panics
    /// When the driver does not answer.
    #[track_caller]
    pub fn count(&self, testid: &str) -> usize {
        self.driver()
            .find_all(&selector(testid))
            .map_or_else(|error| panic!("{testid}: {error}"), |found| found.len())
    }

    /// Waits for an element and returns its rendered text.
    ///
    /// # Panics
    /// When it does not appear.
    #[track_caller]
    pub fn text(&self, testid: &str) -> String {
        until(testid, || shown_text(self.driver(), testid))
    }

    /// Waits until an element's rendered text contains `part`.
    ///
    /// # Panics
    /// When it does not, with the text that was there.
    #[track_caller]
    pub fn wait_for_text(&self, testid: &str, part: &str) {
        until(&format!("{part:?} in {testid}"), || {
            let text = shown_text(self.driver(), testid)?;
            if text.contains(part) {
                Ok(())
            } else {
                Err(format!("its text is {text:?}"))
            }
        });
    }

    /// Waits for an element and returns one of its attributes.
    ///
    /// # Panics
    /// When it does not appear.
    #[track_caller]
    pub fn attribute(&self, testid: &str, name: &str) -> Option<String> {
        self.retry(testid, |element| self.driver().attribute(element, name))
    }

    /// Waits for an element that can be clicked and clicks it.
    ///
    /// # Panics
    /// When it does not appear, stays hidden or covered.
    #[track_caller]
    pub fn click(&self, testid: &str) {
        self.retry(testid, |element| self.driver().click(element));
    }

    /// Waits for a field, empties it and types `text`.
    ///
    /// # Panics
    /// When it does not appear or takes no text.
    #[track_caller]
    pub fn fill(&self, testid: &str, text: &str) {
        self.retry(testid, |element| {
            self.driver().clear(element)?;
            self.driver().type_into(element, text)
        });
    }

    /// Runs a script in the page and returns what it returns.
    ///
    /// # Panics
    /// When the script throws.
    #[track_caller]
    pub fn script(&self, script: &str, arguments: &[Value]) -> Value {
        match self.driver().run(script, arguments) {
            Ok(value) => value,
            Err(error) => panic!("{error}"),
        }
    }

    /// Writes a picture of the page to `file` as PNG.
    ///
    /// # Panics
    /// When it cannot be taken or written.
    #[track_caller]
    pub fn screenshot(&self, file: &Path) {
        // What a script has just found may not be drawn yet.
        let drawn =
            "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
                       requestAnimationFrame(() => done(document.fonts.status)))))";
        until("the page to be drawn", || {
            match self.driver().run(drawn, &[]) {
                Ok(Value::String(fonts)) if fonts == "loaded" => Ok(()),
                other => Err(format!("{other:?}")),
            }
        });
        let picture = self.driver().screenshot().expect("a picture");
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).expect("a folder for the picture");
        }
        fs::write(file, picture).expect("the picture is written");
    }

    /// Has the system open links from now on, or fail to.
    pub fn let_opening(&self, works: bool) {
        starting::put_opener(self.home.path(), works);
    }

    /// Returns the links the app gave to the system to open, oldest first. Nothing opens them.
    pub fn opened(&self) -> Vec<String> {
        let text = fs::read_to_string(self.home.path().join(OPENED)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Waits until the app has given `count` links to the system and returns the last.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    pub fn expect_opened(&self, count: usize) -> String {
        until("a link to be opened", || {
            let opened = self.opened();
            if opened.len() != count {
                return Err(format!("{} were opened", opened.len()));
            }
            opened.last().cloned().ok_or_else(|| "none".to_owned())
        })
    }

    /// Gives the window a size.
    ///
    /// # Panics
    /// When the driver refuses.
    #[track_caller]
    pub fn resize(&self, width: u32, height: u32) {
        if let Err(error) = self.driver().resize(width, height) {
            panic!("{width}x{height}: {error}");
        }
    }

    /// Returns the texts of all elements with this `data-testid`, in document order.
    ///
    /// # Panics
    /// When the driver does not answer.
    #[track_caller]
    pub fn texts(&self, testid: &str) -> Vec<String> {
        let found = self.script(
            "return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent.trim())",
            &[Value::String(selector(testid))],
        );
        let found = found.as_array().cloned().unwrap_or_default();
        let text = |one: &Value| one.as_str().unwrap_or_default().to_owned();
        found.iter().map(text).collect()
    }

    /// Returns what the app and its driver wrote to standard output and error.
    pub fn log(&self) -> String {
        read_log(self.home.path())
    }

    /// Tries an action on a fresh reference each time: the page may replace an element between finding and using it.
    #[track_caller]
    fn retry<T>(&self, testid: &str, act: impl Fn(&Element) -> Result<T, DriverError>) -> T {
        until(testid, || {
            let element = first(self.driver(), &selector(testid))?;
            act(&element).map_err(|error| error.to_string())
        })
    }

    /// Leaves a picture of the page and the end of the log of a test that failed.
    fn leave_traces(&self) {
        let test = thread::current().name().unwrap_or("app").replace("::", "-");
        let folder = crate::fixtures::root().join("target/app-failures");
        if fs::create_dir_all(&folder).is_err() {
            return;
        }
        let _ = fs::write(folder.join(format!("{test}.log")), self.log());
        if let Some(Ok(picture)) = self.driver.as_ref().map(Driver::screenshot) {
            let _ = fs::write(folder.join(format!("{test}.png")), picture);
        }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        if thread::panicking() {
            self.leave_traces();
        }
    }
}

fn selector(testid: &str) -> String {
    format!("[data-testid=\"{testid}\"]")
}

/// The driver's own way of reading text finds none in parts that the page lays out apart from the rest.
fn shown_text(driver: &Driver, testid: &str) -> Result<String, String> {
    let found = driver.run(
        "return document.querySelector(arguments[0])?.innerText ?? null",
        &[Value::String(selector(testid))],
    );
    let text = found.map_err(|error| error.to_string())?;
    let text = text.as_str().ok_or("the page has no such element")?;
    Ok(text.trim().to_owned())
}

fn first(driver: &Driver, css: &str) -> Result<Element, String> {
    let found = driver.find_all(css).map_err(|error| error.to_string())?;
    found
        .into_iter()
        .next()
        .ok_or_else(|| "the page has no such element".to_owned())
}
