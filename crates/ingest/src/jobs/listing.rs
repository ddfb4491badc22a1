//! One page of a listing, and where it goes on.

use std::pin::Pin;

use chrono::TimeDelta;
use providers::pull::{Kind, Page, Pulled, Trouble, Window};

use super::step::At;
use crate::outgoing::Failure;
use crate::outgoing::account::Entered;
use crate::store::{JobKind, Place, Span, Then};

/// How much of what was listed before is listed again: clocks differ, and changes come to light late.
const OVERLAP: TimeDelta = TimeDelta::minutes(15);

/// How long after its last change an order's code to pay by may still be good: boletos are given a week, rarely more.
const CODES_LIVE: TimeDelta = TimeDelta::days(10);

impl At<'_> {
    /// Reads the next page and stores it.
    pub(super) async fn list(&self) -> Result<(), Failure> {
        let kinds = self.kinds();
        let span = self.span().await?;
        let place = match &self.job.place {
            Some(place) => Some(place.clone()),
            None => self.start(&kinds, 0, span)?,
        };
        let Some(place) = place else {
            return self.store(Vec::new(), Then::Listed { span }).await;
        };
        let listing = usize::try_from(place.listing).unwrap_or(usize::MAX);
        let Some(kind) = kinds.get(listing).copied() else {
            return self.store(Vec::new(), Then::Listed { span }).await;
        };
        let page = self
            .runner
            .lines
            .ask(
                self.integration,
                |account| self.puller.page(account, kind, &place.cursor),
                |response| self.puller.read_page(kind, &place.cursor, response),
            )
            .await?;
        let next = self.next(&kinds, &place, &page, span)?;
        let is_start = self
            .start(&kinds, place.listing, span)?
            .is_some_and(|start| start == place);
        let read_before = self.job.progress.read;
        let total = page.total.filter(|_| is_start);
        let then = match next {
            None => Then::Listed { span },
            Some(place) => Then::Next {
                place,
                span,
                total: total.map(|total| total.saturating_add(read_before)),
            },
        };
        let pulled = self.all_whole(page.pulled).await?;
        self.store(pulled, then).await
    }

    /// Adds what the listing does not show of its orders, as the code to pay by, to those for which it still matters.
    async fn all_whole(&self, pulled: Vec<Pulled>) -> Result<Vec<Pulled>, Failure> {
        let now = self.runner.world.now();
        let reader = self.reader()?;
        let mut all = Vec::with_capacity(pulled.len());
        for one in pulled {
            let told_at = reader.told_at(&one);
            let is_live = told_at.is_some_and(|at| now.signed_duration_since(at) < CODES_LIVE);
            all.push(if is_live {
                self.let_fetches_pass().await?;
                self.whole(one).await?
            } else {
                one
            });
        }
        Ok(all)
    }

    /// Does the fetches that are due: what is told of right now does not wait behind a long page.
    ///
    /// Boxed, because a step can hold steps.
    fn let_fetches_pass(&self) -> Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + '_>> {
        Box::pin(async {
            let runner = self.runner;
            loop {
                let now = runner.world.now();
                let next = runner.store.next_job(self.integration.id, now);
                match next.await? {
                    Some(job) if job.kind == JobKind::Fetch => runner.step(&job).await?,
                    _ => return Ok(()),
                }
            }
        })
    }

    /// Names what is listed: what was asked for, as far as the API has it.
    fn kinds(&self) -> Vec<Kind> {
        let known = self.puller.kinds();
        self.job
            .kinds
            .iter()
            .filter_map(|word| Kind::parse(word))
            .filter(|kind| known.contains(kind))
            .collect()
    }

    /// Returns the span to list; a reconciliation finds it out when it begins.
    async fn span(&self) -> Result<Span, Failure> {
        let begun = self.job.place.is_some() || self.job.kind == JobKind::Sync;
        if let Some(span) = self.job.span.filter(|_| begun) {
            return Ok(span);
        }
        let listed = self.runner.store.listed_to(self.integration.id).await?;
        let last = listed.unwrap_or(self.integration.created_at);
        let back = OVERLAP + self.puller.reach_back();
        Ok(Span {
            since: last.checked_sub_signed(back).unwrap_or(last),
            until: self.runner.world.now(),
        })
    }

    fn start(&self, kinds: &[Kind], listing: u32, span: Span) -> Result<Option<Place>, Trouble> {
        let index = usize::try_from(listing).unwrap_or(usize::MAX);
        let Some(kind) = kinds.get(index).copied() else {
            return Ok(None);
        };
        let window = Window {
            since: span.since,
            until: span.until,
        };
        let entered = Entered(self.integration);
        let cursor = self.puller.first(&entered.with(None), kind, window)?;
        Ok(Some(Place { listing, cursor }))
    }

    /// Returns where the listing goes on: on the next page, or with the next kind.
    fn next(
        &self,
        kinds: &[Kind],
        place: &Place,
        page: &Page,
        span: Span,
    ) -> Result<Option<Place>, Trouble> {
        match &page.next {
            // A cursor that leads to itself would go on for ever.
            Some(cursor) if *cursor == place.cursor => {
                Err(Trouble::Unreadable("cursor".to_owned()))
            }
            Some(cursor) => Ok(Some(Place {
                listing: place.listing,
                cursor: cursor.clone(),
            })),
            None => self.start(kinds, place.listing.saturating_add(1), span),
        }
    }
}
