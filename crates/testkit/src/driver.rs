//! A session with `WebKitWebDriver`: the W3C protocol over loopback, as few words of it as journeys need.

mod keys;
mod wire;

use std::{path::Path, process::Command};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{process::Owned, wait::until};
use wire::Wire;

/// Where in a W3C answer an element's reference stands.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// What went wrong with one command.
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    /// The driver answered with an error of the protocol.
    #[error("{code}: {message}")]
    Refused {
        /// The protocol's name of the error, such as `no such element`.
        code: String,
        /// The driver's own words.
        message: String,
    },
    /// The driver could not be asked.
    #[error("the driver did not answer: {0}")]
    Unreachable(String),
}

/// One window under automation. The session and its driver end when it is dropped.
#[derive(Debug)]
pub struct Driver {
    wire: Wire,
    session: String,
    _process: Owned,
}

/// An element of the page, as the driver refers to it.
#[derive(Clone, Debug)]
pub struct Element(String);

impl Driver {
    /// Starts a driver with `command`'s environment and opens `binary` in it with `arguments`.
    ///
    /// # Errors
    /// When the app shows no window.
    ///
    /// # Panics
    /// When the driver is missing or does not come up.
    #[track_caller]
    pub fn open(
        mut command: Command,
        port: u16,
        binary: &Path,
        arguments: &[String],
    ) -> Result<Self, DriverError> {
        let process = Owned::start(&mut command);
        let wire = Wire::to(port);
        until("the driver", || {
            wire.get("/status").map_err(|e| e.to_string())
        });
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "webkitgtk:browserOptions": {"binary": binary, "args": arguments},
        }}});
        let answer = wire.post("/session", &capabilities)?;
        let session = answer["sessionId"].as_str().expect("a session has an id");
        Ok(Self {
            session: format!("/session/{session}"),
            wire,
            _process: process,
        })
    }

    /// Finds the elements that match a CSS selector, in document order.
    ///
    /// # Errors
    /// When the driver refuses or does not answer.
    pub fn find_all(&self, css: &str) -> Result<Vec<Element>, DriverError> {
        let found = self.post("/elements", &json!({"using": "css selector", "value": css}))?;
        let list = found.as_array().cloned().unwrap_or_default();
        Ok(list
            .iter()
            .filter_map(|item| item[ELEMENT].as_str())
            .map(|id| Element(id.to_owned()))
            .collect())
    }

    /// Returns an attribute of an element, or nothing when it has none.
    ///
    /// # Errors
    /// When the element is gone or the driver does not answer.
    pub fn attribute(&self, element: &Element, name: &str) -> Result<Option<String>, DriverError> {
        let value = self
            .wire
            .get(&self.of(element, &format!("attribute/{name}")))?;
        Ok(value.as_str().map(str::to_owned))
    }

    /// Clicks the middle of an element.
    ///
    /// # Errors
    /// When the element is gone, hidden or covered.
    pub fn click(&self, element: &Element) -> Result<(), DriverError> {
        self.wire.post(&self.of(element, "click"), &json!({}))?;
        Ok(())
    }

    /// Types text into an element, after what it holds.
    ///
    /// # Errors
    /// When the element is gone or takes no text.
    pub fn type_into(&self, element: &Element, text: &str) -> Result<(), DriverError> {
        self.wire
            .post(&self.of(element, "value"), &json!({"text": text}))?;
        Ok(())
    }

    /// Empties a field.
    ///
    /// # Errors
    /// When the element is gone or is no field.
    pub fn clear(&self, element: &Element) -> Result<(), DriverError> {
        self.wire.post(&self.of(element, "clear"), &json!({}))?;
        Ok(())
    }

    /// Presses keys or chords, such as `Enter`, `j`, `Control+k`, one after the other, wherever the focus is.
    ///
    /// # Errors
    /// When the driver refuses or does not answer.
    ///
    /// # Panics
    /// When a chord names a key this driver does not know.
    #[track_caller]
    pub fn press(&self, chords: &[&str]) -> Result<(), DriverError> {
        self.perform(
            &chords
                .iter()
                .flat_map(|chord| keys::actions(chord))
                .collect::<Vec<_>>(),
        )
    }

    /// Types a text by its keys, wherever the focus is.
    ///
    /// # Errors
    /// When the driver refuses or does not answer.
    #[track_caller]
    pub fn type_text(&self, text: &str) -> Result<(), DriverError> {
        self.perform(&keys::letters(text))
    }

    fn perform(&self, actions: &[Value]) -> Result<(), DriverError> {
        self.post(
            "/actions",
            &json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]}),
        )?;
        self.wire.delete(&format!("{}/actions", self.session))?;
        Ok(())
    }

    /// Runs a script in the page and returns what it returns; a promise is waited for.
    ///
    /// # Errors
    /// When the script throws.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Result<Value, DriverError> {
        self.post(
            "/execute/sync",
            &json!({"script": script, "args": arguments}),
        )
    }

    /// Returns the picture of the page as PNG bytes.
    ///
    /// # Errors
    /// When the driver refuses or does not answer.
    pub fn screenshot(&self) -> Result<Vec<u8>, DriverError> {
        let picture = self.wire.get(&format!("{}/screenshot", self.session))?;
        STANDARD
            .decode(picture.as_str().unwrap_or_default())
            .map_err(|error| DriverError::Unreachable(error.to_string()))
    }

    /// Goes to an address and waits until it has loaded.
    ///
    /// # Errors
    /// When the driver refuses or does not answer.
    pub fn go(&self, address: &str) -> Result<(), DriverError> {
        self.post("/url", &json!({"url": address}))?;
        Ok(())
    }

    /// Gives the window a size.
    ///
    /// # Errors
    /// When the driver refuses or does not answer.
    pub fn resize(&self, width: u32, height: u32) -> Result<(), DriverError> {
        self.post(
            "/window/rect",
            &json!({"x": 0, "y": 0, "width": width, "height": height}),
        )?;
        Ok(())
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, DriverError> {
        self.wire.post(&format!("{}{path}", self.session), body)
    }

    fn of(&self, element: &Element, what: &str) -> String {
        format!("{}/element/{}/{what}", self.session, element.0)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Closes the app. A driver that no longer answers is ended with its process.
        let _ = self.wire.delete(&self.session);
    }
}
