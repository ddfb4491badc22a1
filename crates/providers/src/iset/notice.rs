//! Looking for an order's id in a body of unknown shape.

use serde::Deserialize;

use crate::json;
use crate::scalar::Loose;

/// Longest id, in digits: what fits an integer of any language.
const MAX_DIGITS: usize = 18;

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Body<'a> {
    id: Loose<'a>,
    order_id: Loose<'a>,
    #[serde(rename = "orderId")]
    order_id_camel: Loose<'a>,
    pedido_id: Loose<'a>,
    id_pedido: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    order: Option<Member<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    pedido: Option<Member<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    data: Option<Member<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Member<'a> {
    id: Loose<'a>,
}

/// Returns the one order a body names; `None` where it names none, or several.
///
/// Where a body is `about_buyer`, a bare `id` may be the buyer's, so only names that say "order" count.
pub(super) fn order(body: &[u8], about_buyer: bool) -> Option<String> {
    let body: Body<'_> = json::read(body).ok()?;
    let said = [
        &body.order_id,
        &body.order_id_camel,
        &body.pedido_id,
        &body.id_pedido,
    ];
    let bare = (!about_buyer).then_some(&body.id);
    let members = [&body.order, &body.pedido].into_iter();
    let data = (!about_buyer).then_some(&body.data);
    let within = members.chain(data).flatten().map(|member| &member.id);
    let mut found: Vec<&str> = said
        .into_iter()
        .chain(bare)
        .chain(within)
        .filter_map(Loose::text)
        .filter(|id| is_id(id))
        .collect();
    found.sort_unstable();
    found.dedup();
    match found.as_slice() {
        [id] => Some((*id).to_owned()),
        _ => None,
    }
}

/// Tells whether a text can be an order's id.
pub(super) fn is_id(text: &str) -> bool {
    (1..=MAX_DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}
