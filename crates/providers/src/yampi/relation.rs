//! What is related to an order, as Yampi embeds it: `{"data": …}` around an object, a list, or an empty list for nothing.
//!
//! What does not fit counts as absent: an order can do without any of it.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// Most entries read of one list.
const MAX_ENTRIES: usize = 500;

/// Reads one: the object, or the first of a list.
pub(super) fn one<'de, D, T>(input: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    many(input).map(|entries| entries.into_iter().next())
}

/// Reads all: the entries of a list, or the object as the only one.
pub(super) fn many<'de, D, T>(input: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let raw = <&'de RawValue>::deserialize(input)?;
    Ok(entries(raw))
}

fn entries<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Vec<T> {
    let inner = read::<Related<'a>>(raw)
        .and_then(|related| related.data)
        .unwrap_or(raw);
    if inner.get().starts_with('[') {
        let list: Vec<&'a RawValue> = serde_json::from_str(inner.get()).unwrap_or_default();
        return list
            .into_iter()
            .take(MAX_ENTRIES)
            .filter_map(|entry| read(entry))
            .collect();
    }
    read(inner).into_iter().collect()
}

/// Reads an object; a sequence would pass for one, and is none.
fn read<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Option<T> {
    raw.get()
        .starts_with('{')
        .then(|| serde_json::from_str(raw.get()).ok())
        .flatten()
}

#[derive(Deserialize)]
struct Related<'a> {
    #[serde(borrow, default, deserialize_with = "told")]
    data: Option<&'a RawValue>,
}

/// Takes null for a value: `{"data": null}` is a relation to nothing, not an object with other members.
fn told<'de, D: Deserializer<'de>>(input: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&'de RawValue>::deserialize(input).map(Some)
}
