//! Server-sent events, from bytes in any slicing. Knows the notation, not what the events mean.

use super::Fault;

/// The longest line taken; longer is no entry of ours.
const LONGEST: usize = 8 << 20;

/// One event, or a comment, which is the heartbeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    /// A comment line.
    Comment,
    /// An event with its name (`message` where none was told), its id if it has one, and its data.
    Message {
        name: String,
        id: Option<String>,
        data: String,
    },
}

/// Reads bytes into events.
#[derive(Debug, Default)]
pub(super) struct Reader {
    line: Vec<u8>,
    after_return: bool,
    begun: bool,
    name: String,
    id: Option<String>,
    data: Option<String>,
}

impl Reader {
    /// Takes the next bytes and adds the events that they complete to `out`.
    pub(super) fn take(&mut self, bytes: &[u8], out: &mut Vec<Event>) -> Result<(), Fault> {
        for byte in bytes {
            match byte {
                b'\n' if self.after_return => self.after_return = false,
                b'\n' | b'\r' => {
                    self.after_return = *byte == b'\r';
                    self.end_line(out)?;
                }
                other => {
                    self.after_return = false;
                    self.line.push(*other);
                }
            }
        }
        if self.line.len() > LONGEST {
            return Err(Fault::Incompatible);
        }
        Ok(())
    }

    fn end_line(&mut self, out: &mut Vec<Event>) -> Result<(), Fault> {
        let bytes = std::mem::take(&mut self.line);
        let line = String::from_utf8(bytes).map_err(|_| Fault::Incompatible)?;
        let line = if self.begun {
            line.as_str()
        } else {
            self.begun = true;
            line.trim_start_matches('\u{feff}')
        };
        if line.is_empty() {
            self.end_event(out);
        } else if line.starts_with(':') {
            out.push(Event::Comment);
        } else {
            self.field(line);
        }
        Ok(())
    }

    fn field(&mut self, line: &str) {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "id" => self.id = Some(value.to_owned()),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                none => *none = Some(value.to_owned()),
            },
            _ => {}
        }
    }

    fn end_event(&mut self, out: &mut Vec<Event>) {
        let name = std::mem::take(&mut self.name);
        let id = self.id.take();
        if let Some(data) = self.data.take() {
            out.push(Event::Message {
                name: if name.is_empty() {
                    "message".to_owned()
                } else {
                    name
                },
                id,
                data,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Event, Reader};

    fn read(parts: &[&[u8]]) -> Vec<Event> {
        let mut reader = Reader::default();
        let mut out = Vec::new();
        for part in parts {
            reader.take(part, &mut out).expect("well formed");
        }
        out
    }

    fn message(name: &str, id: Option<&str>, data: &str) -> Event {
        Event::Message {
            name: name.to_owned(),
            id: id.map(str::to_owned),
            data: data.to_owned(),
        }
    }

    #[test]
    fn the_notation() {
        for (text, events) in [
            ("data: a\n\n", vec![message("message", None, "a")]),
            (
                "event: entry\nid: k.1\ndata:{}\n\n",
                vec![message("entry", Some("k.1"), "{}")],
            ),
            (
                "data: a\r\ndata: b\r\n\r\n",
                vec![message("message", None, "a\nb")],
            ),
            (
                "data: a\rdata: b\r\r",
                vec![message("message", None, "a\nb")],
            ),
            (": beat\n\n: beat\n", vec![Event::Comment, Event::Comment]),
            ("\u{feff}data: a\n\n", vec![message("message", None, "a")]),
            (
                "event: x\n\ndata: a\n\n",
                vec![message("message", None, "a")],
            ),
            (
                "retry: 3\nunknown\ndata\n\n",
                vec![message("message", None, "")],
            ),
            ("data: cut in the mid", vec![]),
        ] {
            assert_eq!(read(&[text.as_bytes()]), events, "{text:?}");
        }
    }

    #[test]
    fn broken_text_is_a_fault() {
        let mut reader = Reader::default();
        assert!(reader.take(b"data: \xff\n", &mut Vec::new()).is_err());
    }

    proptest! {
        #[test]
        fn slicing_never_changes_what_is_read(text in "(data: [a-zé]{0,6}|event: e|id: 1|:|\r\n|\n|\r){0,30}", cut in 1_usize..7) {
            let whole = read(&[text.as_bytes()]);
            let parts: Vec<&[u8]> = text.as_bytes().chunks(cut).collect();
            prop_assert_eq!(read(&parts), whole);
        }

        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Reader::default().take(&bytes, &mut Vec::new());
        }
    }
}
