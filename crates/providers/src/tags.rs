//! Where the buyer came from, under the names that most platforms share.

use contract::Utms;
use serde::Deserialize;

use crate::scalar::Loose;

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(crate) struct Tags<'a> {
    src: Loose<'a>,
    sck: Loose<'a>,
    utm_source: Loose<'a>,
    utm_medium: Loose<'a>,
    utm_campaign: Loose<'a>,
}

impl Tags<'_> {
    pub(crate) fn read(&self) -> Utms {
        Utms {
            src: self.src.line().or_else(|| self.sck.line()),
            source: self.utm_source.line(),
            medium: self.utm_medium.line(),
            campaign: self.utm_campaign.line(),
        }
    }
}
