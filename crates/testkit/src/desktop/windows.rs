//! The windows of a desktop as its display knows them: where they are, which is in front, and how one is closed.
//!
//! There is no window manager: a window is where it was put, and in front when the display says so.

use x11rb::{
    CURRENT_TIME,
    connection::Connection,
    errors::ReplyOrIdError,
    protocol::xproto::{
        AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt, CreateWindowAux,
        EventMask, InputFocus, MapState, Window, WindowClass,
    },
    rust_connection::RustConnection,
};

use crate::wait::until;

/// What the app's windows call themselves.
const CLASS: &str = "balcao";

/// Where a window is and how large, in pixels of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// From the left.
    pub x: i32,
    /// From the top.
    pub y: i32,
    /// The width inside the frame.
    pub width: u32,
    /// The height inside the frame.
    pub height: u32,
}

/// The windows on one display.
#[derive(Debug)]
pub struct Windows {
    connection: RustConnection,
    root: Window,
}

/// Another program's window; it goes when it is dropped.
#[derive(Debug)]
pub struct Stranger<'a> {
    windows: &'a Windows,
    window: Window,
}

impl Windows {
    #[track_caller]
    pub(super) fn of(display: &str) -> Self {
        let (connection, screen) = x11rb::connect(Some(display)).expect("the display answers");
        let root = connection.setup().roots[screen].root;
        Self { connection, root }
    }

    /// Puts the app's window somewhere and waits until it is there.
    ///
    /// # Panics
    /// When it does not go there.
    #[track_caller]
    pub fn put(&self, place: Place) {
        let wanted = ConfigureWindowAux::new()
            .x(place.x)
            .y(place.y)
            .width(place.width)
            .height(place.height);
        until("the window to be moved", || {
            let window = self.app()?;
            self.connection
                .configure_window(window, &wanted)
                .map_err(|error| error.to_string())?;
            self.is_at(place)
        });
    }

    /// Returns how many windows the app has that can be seen.
    ///
    /// # Panics
    /// When the display does not answer.
    #[track_caller]
    pub fn count(&self) -> usize {
        self.apps().expect("the display answers").len()
    }

    /// Waits until the app's window is somewhere.
    ///
    /// # Panics
    /// When it is elsewhere.
    #[track_caller]
    pub fn expect_at(&self, place: Place) {
        until("the window's place", || self.is_at(place));
    }

    /// Turns to another program and back to the app, as somebody does who wonders whether the network is there again.
    ///
    /// # Panics
    /// When the app has no window.
    #[track_caller]
    pub fn turn_away_and_back(&self) {
        drop(self.cover());
        let turned = self
            .app()
            .and_then(|window| self.turn_to(window).map_err(|error| error.to_string()));
        if let Err(reason) = turned {
            panic!("the window was not turned to: {reason}");
        }
    }

    /// Asks the app's window to close, as its frame's button does.
    ///
    /// # Panics
    /// When there is none.
    #[track_caller]
    pub fn close(&self) {
        let asked = self
            .app()
            .and_then(|window| self.ask_to_close(window).map_err(|error| error.to_string()));
        if let Err(reason) = asked {
            panic!("the window was not asked to close: {reason}");
        }
    }

    /// Opens another program's window, in front of all and with the keyboard.
    ///
    /// # Panics
    /// When the display refuses.
    #[track_caller]
    pub fn cover(&self) -> Stranger<'_> {
        match self.open_stranger() {
            Ok(window) => Stranger {
                windows: self,
                window,
            },
            Err(error) => panic!("no other window: {error}"),
        }
    }

    fn is_at(&self, place: Place) -> Result<(), String> {
        let window = self.app()?;
        match self.place_of(window) {
            Ok(now) if now == place => Ok(()),
            other => Err(format!("it is {other:?}, not {place:?}")),
        }
    }

    fn app(&self) -> Result<Window, String> {
        let all = self.apps().map_err(|error| error.to_string())?;
        let first = all.first().copied();
        first.ok_or_else(|| "the app has no window".to_owned())
    }

    /// The app's windows that can be seen; beside them there are some of a few pixels.
    fn apps(&self) -> Result<Vec<Window>, ReplyOrIdError> {
        let large = |window: &Window| {
            self.place_of(*window)
                .is_ok_and(|place| place.width > 100 && place.height > 100)
        };
        let mut all = self.stacked()?;
        all.retain(|window| self.is_the_apps(*window).unwrap_or(false) && large(window));
        Ok(all)
    }

    fn is_the_apps(&self, window: Window) -> Result<bool, ReplyOrIdError> {
        let shown = self.connection.get_window_attributes(window)?.reply()?;
        let (class, text) = (AtomEnum::WM_CLASS, AtomEnum::STRING);
        let class = self
            .connection
            .get_property(false, window, class, text, 0, 64)?
            .reply()?;
        let named = String::from_utf8_lossy(&class.value).contains(CLASS);
        Ok(named && shown.map_state == MapState::VIEWABLE)
    }

    fn place_of(&self, window: Window) -> Result<Place, ReplyOrIdError> {
        let inside = self.connection.get_geometry(window)?.reply()?;
        let corner = self
            .connection
            .translate_coordinates(window, self.root, 0, 0)?
            .reply()?;
        Ok(Place {
            x: corner.dst_x.into(),
            y: corner.dst_y.into(),
            width: inside.width.into(),
            height: inside.height.into(),
        })
    }

    /// All windows, the one in front last.
    fn stacked(&self) -> Result<Vec<Window>, ReplyOrIdError> {
        Ok(self.connection.query_tree(self.root)?.reply()?.children)
    }

    fn ask_to_close(&self, window: Window) -> Result<(), ReplyOrIdError> {
        let atom = |name: &str| -> Result<u32, ReplyOrIdError> {
            let asked = self.connection.intern_atom(false, name.as_bytes())?;
            Ok(asked.reply()?.atom)
        };
        let [protocols, delete] = [atom("WM_PROTOCOLS")?, atom("WM_DELETE_WINDOW")?];
        let message =
            ClientMessageEvent::new(32, window, protocols, [delete, CURRENT_TIME, 0, 0, 0]);
        self.connection
            .send_event(false, window, EventMask::NO_EVENT, message)?
            .check()?;
        Ok(())
    }

    fn turn_to(&self, window: Window) -> Result<(), ReplyOrIdError> {
        let asked = self
            .connection
            .set_input_focus(InputFocus::PARENT, window, CURRENT_TIME)?;
        Ok(asked.check()?)
    }

    fn open_stranger(&self) -> Result<Window, ReplyOrIdError> {
        let window = self.connection.generate_id()?;
        let look = CreateWindowAux::new();
        self.connection.create_window(
            x11rb::COPY_DEPTH_FROM_PARENT,
            window,
            self.root,
            0,
            0,
            600,
            400,
            0,
            WindowClass::INPUT_OUTPUT,
            x11rb::COPY_FROM_PARENT,
            &look,
        )?;
        self.connection.map_window(window)?;
        self.turn_to(window)?;
        Ok(window)
    }
}

impl Stranger<'_> {
    /// Waits until the app's window is in front of this one and has the keyboard in its place.
    ///
    /// # Panics
    /// When it stays behind.
    #[track_caller]
    pub fn expect_behind(&self) {
        until("the app to come forward", || {
            match (self.has_keyboard(), self.is_in_front()) {
                (Ok(false), Ok(false)) => Ok(()),
                seen => Err(format!("the other has the keyboard, is in front: {seen:?}")),
            }
        });
    }

    /// Tells whether this one has the keyboard and nothing of the app's is in front of it.
    ///
    /// # Panics
    /// When the display does not answer.
    #[track_caller]
    pub fn is_first(&self) -> bool {
        let asked = self.has_keyboard().and_then(|has| {
            let front = self.is_in_front()?;
            Ok(has && front)
        });
        asked.expect("the display answers")
    }

    fn has_keyboard(&self) -> Result<bool, ReplyOrIdError> {
        let focus = self.windows.connection.get_input_focus()?.reply()?.focus;
        Ok(focus == self.window)
    }

    fn is_in_front(&self) -> Result<bool, ReplyOrIdError> {
        let all = self.windows.stacked()?;
        let after = all.iter().skip_while(|window| **window != self.window);
        Ok(!after
            .skip(1)
            .any(|window| self.windows.is_the_apps(*window).unwrap_or(false)))
    }
}

impl Drop for Stranger<'_> {
    fn drop(&mut self) {
        // The display may have ended first.
        let _ = self.windows.connection.destroy_window(self.window);
        let _ = self.windows.connection.flush();
    }
}
