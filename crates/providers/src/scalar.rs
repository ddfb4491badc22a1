//! Words and numbers as platforms send them: an id may be a number, a number may be a text, and empty means absent.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Holds a text or an integer as text; any other type is an error. For what an event cannot do without.
#[derive(Debug, Clone, Default)]
pub(crate) struct Word<'a>(Option<Cow<'a, str>>);

/// Holds a text or an integer as text; any other type counts as absent. For what an event can do without.
#[derive(Debug, Clone, Default)]
pub(crate) struct Loose<'a>(Option<Cow<'a, str>>);

impl<'a> Word<'a> {
    /// Returns the text, outer white space cut; `None` when that leaves nothing.
    pub(crate) fn text(&self) -> Option<&str> {
        filled(self.0.as_deref())
    }
}

impl<'a> Loose<'a> {
    /// Returns the text, outer white space cut; `None` when that leaves nothing.
    pub(crate) fn text(&self) -> Option<&str> {
        filled(self.0.as_deref())
    }

    /// Returns the absent word.
    pub(crate) const fn absent() -> Self {
        Self(None)
    }

    /// Returns the text cleaned for people to read.
    pub(crate) fn line(&self) -> Option<String> {
        self.text().and_then(line)
    }

    /// Reads a number.
    pub(crate) fn number<N: std::str::FromStr>(&self) -> Option<N> {
        self.text().and_then(|text| text.parse().ok())
    }
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// Longest text kept for people to read, in characters.
const MAX_LINE: usize = 300;

/// Folds white space and control characters into single spaces and cuts what is absurdly long.
pub(crate) fn line(text: &str) -> Option<String> {
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if !word.is_empty() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    let cut: String = line.chars().take(MAX_LINE).collect();
    (!cut.is_empty()).then_some(cut)
}

struct Reader {
    strict: bool,
}

impl Reader {
    fn other<'a, E: de::Error>(&self, found: de::Unexpected<'_>) -> Result<Found<'a>, E> {
        if self.strict {
            return Err(E::invalid_type(found, self));
        }
        Ok(None)
    }
}

type Found<'a> = Option<Cow<'a, str>>;

impl<'de> Visitor<'de> for Reader {
    type Value = Found<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a text or an integer")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Found<'de>, E> {
        Ok(Some(Cow::Borrowed(text)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Found<'de>, E> {
        Ok(Some(Cow::Owned(text.to_owned())))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Found<'de>, E> {
        Ok(Some(Cow::Owned(number.to_string())))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Found<'de>, E> {
        Ok(Some(Cow::Owned(number.to_string())))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Found<'de>, E> {
        Ok(None)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Found<'de>, E> {
        self.other(de::Unexpected::Float(number))
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Found<'de>, E> {
        self.other(de::Unexpected::Bool(flag))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Found<'de>, A::Error> {
        if self.strict {
            return self.other(de::Unexpected::Seq);
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found<'de>, A::Error> {
        if self.strict {
            return self.other(de::Unexpected::Map);
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Word<'a> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(Reader { strict: true }).map(Self)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Loose<'a> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(Reader { strict: false }).map(Self)
    }
}
