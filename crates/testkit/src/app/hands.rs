//! What hands on a keyboard do, and where the focus is.

use serde_json::{Value, json};

use super::{App, selector};
use crate::wait::until;

impl App {
    /// Presses a key or a chord such as `Control+k` wherever the focus is.
    ///
    /// # Panics
    /// When the driver does not answer or the key is unknown.
    #[track_caller]
    pub fn press(&self, chord: &str) {
        self.press_all(&[chord]);
    }

    /// Presses keys or chords one after the other, as fast as the driver can.
    ///
    /// # Panics
    /// When the driver does not answer or a key is unknown.
    #[track_caller]
    pub fn press_all(&self, chords: &[&str]) {
        if let Err(error) = self.driver().press(chords) {
            panic!("{chords:?}: {error}");
        }
    }

    /// Types a text by its keys wherever the focus is.
    ///
    /// # Panics
    /// When the driver does not answer.
    #[track_caller]
    pub fn type_text(&self, text: &str) {
        if let Err(error) = self.driver().type_text(text) {
            panic!("{text:?}: {error}");
        }
    }

    /// Waits until the focus is on the element with this `data-testid` or inside it.
    ///
    /// # Panics
    /// When it is not.
    #[track_caller]
    pub fn wait_for_focus(&self, testid: &str) {
        until(&format!("the focus on {testid}"), || {
            let seen = self.look(
                "const at = document.activeElement;
                 return at?.closest(arguments[0]) ? true : (at?.outerHTML ?? '').slice(0, 120);",
                &[json!(selector(testid))],
            )?;
            if seen == json!(true) {
                Ok(())
            } else {
                Err(format!("it is on {seen}"))
            }
        });
    }

    /// Waits until a field holds exactly `text`.
    ///
    /// # Panics
    /// When it does not, with what it held.
    #[track_caller]
    pub fn wait_for_value(&self, testid: &str, text: &str) {
        until(&format!("{text:?} in {testid}"), || {
            let value = self.look(
                "return document.querySelector(arguments[0])?.value",
                &[json!(selector(testid))],
            )?;
            if value == json!(text) {
                Ok(())
            } else {
                Err(format!("it holds {value}"))
            }
        });
    }

    /// Chooses one of the things offered below a field by walking to it: `id` is the choice's own.
    ///
    /// # Panics
    /// When it is not offered.
    #[track_caller]
    pub fn choose(&self, name: &str, id: &str) {
        let field = format!("{name}-find");
        self.wait_for_focus(&field);
        self.wait_for_css(&format!("[data-testid={name}-choice][data-id=\"{id}\"]"));
        let wanted = json!(format!("{name}-{id}"));
        until(&format!("{id} to be reached"), || {
            let active = self.look(
                "return document.activeElement?.getAttribute('aria-activedescendant')",
                &[],
            )?;
            if active == wanted {
                return Ok(());
            }
            self.press("ArrowDown");
            Err(format!("{active} is"))
        });
        self.press("Enter");
    }

    /// Runs a script that only looks; one that throws is a reason to look again.
    fn look(&self, script: &str, arguments: &[Value]) -> Result<Value, String> {
        self.driver()
            .run(script, arguments)
            .map_err(|error| error.to_string())
    }
}
