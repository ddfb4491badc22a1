//! What a platform passes on by law, and what it says of its own access: done before it is answered, so that one that is not
//! done is sent again. Only a signed request is heeded: what is erased is gone.

use contract::Subject;
use providers::{Proof, order_key};
use serde::Deserialize;

use super::super::Desk;
use super::super::answer::Refused;
use super::super::integrations::unchanged;
use super::super::subjects::erase_for;
use crate::identity;
use crate::store::{
    Deed, Integration, NewIntegration, NewReading, Sought, SourceNotice, action, why,
};

/// Lists what a request that is no purchase may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Duty {
    /// A customer is to be erased.
    Redact,
    /// A customer wants to know what is held: for a lead to answer.
    GiveOut,
    /// All that came from the shop is to be erased: for an admin to decide.
    RedactShop,
    /// The app was taken away: the platform sends nothing more.
    Leave,
    /// The shop is suspended: its API is shut, and nothing is sold.
    Suspend,
    /// It goes on.
    Resume,
}

impl Duty {
    /// Reads what was asked for; a request that nobody signed, and one sent to try the integration out, asks for nothing.
    pub(super) fn of(reading: &NewReading, proof: &Proof, is_trial: bool) -> Option<Self> {
        let NewReading::Ignored { event, .. } = reading else {
            return None;
        };
        if !proof.signed || is_trial {
            return None;
        }
        Some(match event.as_str() {
            "customers/redact" => Self::Redact,
            "customers/data_request" => Self::GiveOut,
            "shop/redact" | "store/redact" => Self::RedactShop,
            "app/uninstalled" => Self::Leave,
            "app/suspended" => Self::Suspend,
            "app/resumed" => Self::Resume,
            _ => return None,
        })
    }

    /// Says in the list of deliveries what was asked for.
    pub(super) fn noted(self, reading: NewReading) -> NewReading {
        let NewReading::Ignored { event, .. } = reading else {
            return reading;
        };
        let why = match self {
            Self::Redact => why::CUSTOMER_REDACTED,
            Self::GiveOut => why::DATA_REQUESTED,
            Self::RedactShop => why::SHOP_REDACT,
            Self::Leave => why::ACCESS_ENDED,
            Self::Suspend => why::SUSPENDED,
            Self::Resume => why::RESUMED,
        };
        NewReading::Ignored {
            event,
            why: why.to_owned(),
        }
    }

    /// Does it.
    ///
    /// # Errors
    /// When it could not be done now; the platform then sends it again.
    pub(super) async fn fulfil(
        self,
        desk: &Desk,
        integration: &Integration,
        body: &[u8],
    ) -> Result<(), Refused> {
        match self {
            Self::Redact => redact(desk, integration, body).await,
            Self::Leave => {
                let told = (SourceNotice::AccessEnded, action::ACCESS_ENDED);
                pause(desk, integration, told).await
            }
            // What somebody paused by hand stays theirs to take up again.
            Self::Suspend if integration.active => {
                let told = (SourceNotice::Suspended, action::SUSPENDED);
                pause(desk, integration, told).await
            }
            Self::Suspend => Ok(()),
            Self::Resume => resume(desk, integration).await,
            Self::RedactShop => {
                let asked = SourceNotice::EraseAsked;
                Ok(desk.store.note_source(integration.id, asked).await?)
            }
            Self::GiveOut => Ok(()),
        }
    }
}

/// Whom both platforms name, and how.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    customer: Person,
    orders_to_redact: Vec<Number>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Person {
    id: Option<Number>,
    email: Option<String>,
    phone: Option<String>,
    identification: Option<String>,
}

/// A number of the platform's, which may come as a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Whole(u64),
    Text(String),
}

impl Number {
    fn text(self) -> String {
        match self {
            Self::Whole(number) => number.to_string(),
            Self::Text(text) => text,
        }
    }
}

/// Erases the customer where all that is held came from this account; where another one brought something too, a person has to
/// decide, and the record says that nothing was erased.
///
/// The platform names whom it means in several ways, of which any may be missing: by address and phone, by its own number of
/// the customer, and by the orders that are to go.
async fn redact(desk: &Desk, integration: &Integration, body: &[u8]) -> Result<(), Refused> {
    let sought = named(
        integration,
        serde_json::from_slice(body).unwrap_or_default(),
    );
    if sought.traces.is_empty() && sought.orders.is_empty() && sought.customer.is_none() {
        return Ok(());
    }
    match erase_for(desk, integration.workspace, sought, None).await {
        Err(refused) if refused.code() != "not_found" => Err(refused),
        // Nothing is held of them.
        _ => Ok(()),
    }
}

fn named(integration: &Integration, told: Told) -> Sought {
    let Told {
        customer,
        orders_to_redact,
    } = told;
    let named = [
        customer.email.map(Subject::Email),
        customer.phone.map(Subject::Phone),
        customer.identification.map(Subject::Document),
    ];
    let traces = named.iter().flatten().filter_map(identity::sought);
    let key = |order: Number| order_key(&integration.provider, integration.id, &order.text());
    Sought {
        traces: traces.collect(),
        orders: orders_to_redact.into_iter().map(key).collect(),
        customer: customer.id.map(Number::text),
        only_from: Some(integration.id),
        ..Sought::default()
    }
}

/// Pauses the source, and says why where people look.
async fn pause(
    desk: &Desk,
    integration: &Integration,
    (notice, action): (SourceNotice, &'static str),
) -> Result<(), Refused> {
    record(desk, integration, action).await?;
    desk.store.note_source(integration.id, notice).await?;
    turned(desk, integration, false).await?;
    tracing::warn!(integration.id = %integration.id, action, "{} was paused by its platform", integration.id);
    Ok(())
}

/// Takes the source up again that its platform alone had paused.
async fn resume(desk: &Desk, integration: &Integration) -> Result<(), Refused> {
    let activity = desk.store.activity(integration.workspace).await?;
    let is_suspended = activity.iter().any(|one| {
        one.integration == integration.id && one.duties.suspended && !one.duties.access_ended
    });
    if !is_suspended || integration.active {
        return Ok(());
    }
    record(desk, integration, action::RESUMED).await?;
    turned(desk, integration, true).await?;
    tracing::info!(integration.id = %integration.id, "{} goes on: its shop does", integration.id);
    Ok(())
}

async fn record(
    desk: &Desk,
    integration: &Integration,
    action: &'static str,
) -> Result<(), Refused> {
    let deed = Deed::new(None, action, integration.id).with("slug", integration.slug.as_str());
    Ok(desk.store.record(integration.workspace, deed).await?)
}

async fn turned(desk: &Desk, integration: &Integration, active: bool) -> Result<(), Refused> {
    let turned = NewIntegration {
        active,
        ..unchanged(integration)
    };
    let workspace = integration.workspace;
    let turning = desk
        .store
        .upsert_integration_as(workspace, turned, None, None);
    turning.await?;
    Ok(())
}
