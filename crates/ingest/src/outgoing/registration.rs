//! Whether our webhook is registered with a platform still: platforms take away those that failed for too long.

use providers::pull::Trouble;
use providers::register::{Holding, Registrar, Step, Wanted};

use super::{Failure, Lines};
use crate::store::Integration;

/// What our webhooks are called in the platforms' panels.
pub(crate) const NAME: &str = "Balcão";

/// The most pages of a list that are looked through.
const MOST_PAGES: usize = 60;

/// Asks a platform whether the address is registered for everything that is needed.
///
/// # Errors
/// What it answered instead, or why there is no answer.
pub(crate) async fn holds(
    lines: &Lines,
    integration: &Integration,
    registrar: &dyn Registrar,
    url: &str,
) -> Result<bool, Failure> {
    let secret = integration.secrets.first();
    let wanted = Wanted {
        url,
        name: NAME,
        secret: secret.map(|secret| secret.value.expose()),
        is_stored: secret.is_some(),
    };
    let mut call = lines.call(integration).await?;
    let Step::Ask {
        mut request,
        mut state,
    } = call.account(|account| registrar.begin(account, &wanted))?
    else {
        return Ok(true);
    };
    for _ in 0..MOST_PAGES {
        let answer = call.send(&request).await?;
        let read =
            call.account(|account| registrar.holds(account, &wanted, &state, &answer.response()));
        match call.heeded(read).await? {
            Holding::Told(holds) => return Ok(holds),
            Holding::Ask {
                request: next,
                state: then,
            } => (request, state) = (next, then),
        }
    }
    Err(Trouble::Unreadable("pages".to_owned()).into())
}
