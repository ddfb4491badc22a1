//! Compares what a sender was promised with what a reader holds: lost, phantom, doubled, order.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, bail};
use contract::{Chain, Entry, Page};

use crate::service::Service;

/// Holds what senders did and were told.
#[derive(Debug, Default, Clone)]
pub struct Promises {
    /// Orders that were put on the wire, answered or not.
    pub sent: BTreeSet<String>,
    /// Orders that were answered 2xx.
    pub kept: BTreeSet<String>,
}

impl Promises {
    /// Adds another sender's promises.
    pub fn join(&mut self, other: Self) {
        self.sent.extend(other.sent);
        self.kept.extend(other.kept);
    }
}

/// Follows the feed page by page and checks every link of its chain.
#[derive(Debug)]
pub struct Reader {
    seq: u64,
    chain: Chain,
    epoch: Option<String>,
    orders: BTreeMap<String, u64>,
    commands: BTreeMap<String, u64>,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            seq: 0,
            chain: Chain::EMPTY,
            epoch: None,
            orders: BTreeMap::new(),
            commands: BTreeMap::new(),
        }
    }
}

impl Reader {
    /// Reads everything new.
    ///
    /// # Errors
    /// When the feed has a gap, a broken chain or a new epoch.
    pub async fn catch_up(&mut self, service: &Service) -> anyhow::Result<()> {
        let client = reqwest::Client::new();
        loop {
            let url = service.url(&format!(
                "/api/v1/feed/entries?after={}&limit=1000",
                self.seq
            ));
            let answer = client
                .get(url)
                .bearer_auth(&service.token)
                .send()
                .await?
                .error_for_status()?;
            let page: Page = answer.json().await.context("reading a page of the feed")?;
            self.take(&page)?;
            if page.next_after.is_none() {
                return Ok(());
            }
            if page.entries.is_empty() {
                bail!(
                    "nothing follows on {}, though the log reaches to {}",
                    self.seq,
                    page.head
                );
            }
        }
    }

    /// Returns how many entries were read.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Returns how often each command was seen.
    #[must_use]
    pub fn commands(&self) -> &BTreeMap<String, u64> {
        &self.commands
    }

    /// Compares with what senders were promised.
    ///
    /// # Errors
    /// When anything was lost, doubled, or is there without having been sent.
    pub fn compare(&self, promises: &Promises) -> anyhow::Result<()> {
        let lost: Vec<_> = promises
            .kept
            .iter()
            .filter(|order| !self.orders.contains_key(*order))
            .collect();
        let doubled: Vec<_> = self
            .orders
            .iter()
            .filter(|(_, times)| **times > 1)
            .collect();
        let phantom: Vec<_> = self
            .orders
            .keys()
            .filter(|order| !promises.sent.contains(*order))
            .collect();
        if lost.is_empty() && doubled.is_empty() && phantom.is_empty() {
            return Ok(());
        }
        bail!("lost {lost:?}, doubled {doubled:?}, phantom {phantom:?}")
    }

    fn take(&mut self, page: &Page) -> anyhow::Result<()> {
        let epoch = self.epoch.get_or_insert_with(|| page.epoch.0.clone());
        if *epoch != page.epoch.0 {
            bail!("the epoch changed without a restore");
        }
        page.entries
            .iter()
            .try_for_each(|entry| self.take_entry(entry))
    }

    fn take_entry(&mut self, entry: &Entry) -> anyhow::Result<()> {
        if entry.seq != self.seq + 1 {
            bail!("entry {} follows on {}", entry.seq, self.seq);
        }
        if !entry.follows(self.chain) {
            bail!("the chain breaks at {}", entry.seq);
        }
        (self.seq, self.chain) = (entry.seq, entry.chain);
        if let Some(event) = entry.event()? {
            *self.orders.entry(event.external_id).or_default() += 1;
        }
        let body: serde_json::Value = serde_json::from_str(entry.body.get())?;
        if let Some(command) = body.get("commandId").and_then(serde_json::Value::as_str) {
            *self.commands.entry(command.to_owned()).or_default() += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Promises, Reader};

    fn promises(sent: &[&str], kept: &[&str]) -> Promises {
        let own = |list: &[&str]| list.iter().map(|order| (*order).to_owned()).collect();
        Promises {
            sent: own(sent),
            kept: own(kept),
        }
    }

    fn holding(orders: &[(&str, u64)]) -> Reader {
        let orders = orders
            .iter()
            .map(|(order, times)| ((*order).to_owned(), *times))
            .collect();
        Reader {
            orders,
            ..Reader::default()
        }
    }

    #[test]
    fn every_kind_of_fault_is_found() {
        let told = promises(&["a", "b", "c"], &["a", "b"]);
        assert!(holding(&[("a", 1), ("b", 1)]).compare(&told).is_ok());
        assert!(
            holding(&[("a", 1), ("b", 1), ("c", 1)])
                .compare(&told)
                .is_ok(),
            "an unanswered one may be there"
        );
        for (held, fault) in [
            (holding(&[("a", 1)]), "lost [\"b\"]"),
            (holding(&[("a", 2), ("b", 1)]), "doubled [(\"a\", 2)]"),
            (holding(&[("a", 1), ("b", 1), ("x", 1)]), "phantom [\"x\"]"),
        ] {
            let error = held.compare(&told).expect_err("a fault").to_string();
            assert!(error.contains(fault), "{error}");
        }
    }
}
