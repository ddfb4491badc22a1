//! Bodies of either kind as JSON: forms are written as the object their names spell, `pedido[id]` and `pedido.id` alike.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::json;

/// Most pairs read of a form.
const MAX_PAIRS: usize = 2000;
/// Deepest name read.
const MAX_DEPTH: usize = 8;

/// Returns a body as a JSON object; `None` where it is neither such an object nor a form.
pub(super) fn as_json(body: &[u8]) -> Option<Cow<'_, [u8]>> {
    let text = json::text(body).ok()?.trim();
    if text.starts_with(['{', '[', '"']) {
        let is_object = text.starts_with('{') && json::is_sound(body);
        return is_object.then_some(Cow::Borrowed(body));
    }
    let mut root = Node::Tree(BTreeMap::new());
    for (name, value) in url::form_urlencoded::parse(text.as_bytes()).take(MAX_PAIRS) {
        root.put(&path(&name), &value);
    }
    // What is no form parses as one name without a value.
    let is_form = text.contains('=');
    let written = serde_json::to_vec(&root).ok().filter(|_| is_form)?;
    Some(Cow::Owned(written))
}

/// A value, or values under names.
#[derive(Serialize)]
#[serde(untagged)]
enum Node {
    Leaf(Box<RawValue>),
    Tree(BTreeMap<String, Node>),
}

impl Node {
    /// Puts a value under a path; the first that stands there stays.
    fn put(&mut self, path: &[&str], value: &str) {
        let (Self::Tree(members), Some((name, rest))) = (self, path.split_first()) else {
            return;
        };
        if rest.is_empty() {
            if let Some(leaf) = leaf(value) {
                members
                    .entry((*name).to_owned())
                    .or_insert(Self::Leaf(leaf));
            }
            return;
        }
        members
            .entry((*name).to_owned())
            .or_insert_with(|| Self::Tree(BTreeMap::new()))
            .put(rest, value);
    }
}

/// Takes a value as text, or as it stands where it is a JSON object of its own.
fn leaf(value: &str) -> Option<Box<RawValue>> {
    let trimmed = value.trim();
    if trimmed.starts_with('{') && json::is_sound(trimmed.as_bytes()) {
        return RawValue::from_string(trimmed.to_owned()).ok();
    }
    let text = serde_json::to_string(value).ok()?;
    RawValue::from_string(text).ok()
}

fn path(name: &str) -> Vec<&str> {
    name.split(['[', ']', '.'])
        .filter(|part| !part.is_empty())
        .take(MAX_DEPTH)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::as_json;

    #[test]
    fn writes_forms_as_the_object_their_names_spell() {
        for (body, expected) in [
            (r#"{"id":1}"#, Some(r#"{"id":1}"#)),
            (
                "id=1326&status=Pago",
                Some(r#"{"id":"1326","status":"Pago"}"#),
            ),
            (
                "pedido[id]=7&pedido.nome=Ana+B",
                Some(r#"{"pedido":{"id":"7","nome":"Ana B"}}"#),
            ),
            (
                "data=%7B%22id%22%3A%207.10%7D",
                Some(r#"{"data":{"id": 7.10}}"#),
            ),
            ("data=%7B%22id%22", Some(r#"{"data":"{\"id\""}"#)),
            ("id=1&id=2&id[x]=3", Some(r#"{"id":"1"}"#)),
            ("=1", Some("{}")),
            (r#"{"id":1"#, None),
            ("[1]", None),
            ("1326", None),
            ("<xml a=\"b\"/>", Some(r#"{"<xml a":"\"b\"/>"}"#)),
            ("", None),
        ] {
            let read = as_json(body.as_bytes());
            let read = read.as_deref().map(String::from_utf8_lossy);
            assert_eq!(read.as_deref(), expected, "{body}");
        }
        assert_eq!(as_json(b"id=\xff"), None);
    }
}
