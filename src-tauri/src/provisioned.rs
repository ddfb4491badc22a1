//! A first start without hands: whoever sets up the computer says in the environment which team to join.

use std::env;

use crate::shop::Shop;

/// Joins the team named in `BALCAO_SERVER` by `BALCAO_INVITE`, unless somebody sits here already.
///
/// What goes wrong is logged by its code; the doors of the first run stay.
pub(crate) async fn join(shop: &Shop) {
    let named = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let (Some(server), Some(invite)) = (named("BALCAO_SERVER"), named("BALCAO_INVITE")) else {
        return;
    };
    if shop.inbox().session().is_some() {
        return;
    }
    let name = named("BALCAO_NAME").or_else(|| named("USER"));
    let joined = shop.join(&server, &invite, &name.unwrap_or_default()).await;
    if let Err(failure) = joined {
        tracing::warn!(
            failure.code = failure.code(),
            "the team named in the environment was not joined"
        );
    }
}
