//! Room for the few bodies that are larger than others: platforms that are known to send them may, a few at a time, so that memory
//! stays bounded.

use axum::http::HeaderMap;
use providers::Provider;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::answer::Refused;
use super::body::told_length;

/// How many bodies beyond the ordinary limit are held at once.
const AT_ONCE: usize = 16;

/// Hands out room for bodies.
pub(crate) struct Rooms {
    ordinary: usize,
    places: Semaphore,
}

/// The room a body has.
pub(super) struct Room<'a> {
    /// What it may hold, in bytes.
    pub(super) limit: usize,
    /// Held for as long as the body is; `None` where it is of ordinary size.
    pub(super) place: Option<SemaphorePermit<'a>>,
}

impl Rooms {
    /// Makes the rooms over an ordinary limit in bytes.
    pub(super) fn new(ordinary: usize) -> Self {
        Self {
            ordinary,
            places: Semaphore::new(AT_ONCE),
        }
    }

    /// Returns what a platform's bodies may hold at most, in bytes.
    pub(super) fn largest(&self, provider: Option<&dyn Provider>) -> usize {
        let known = provider.and_then(Provider::largest_body);
        known.unwrap_or_default().max(self.ordinary)
    }

    /// Finds room for a body of a platform. One that does not tell its length has what is free.
    ///
    /// # Errors
    /// When a body that is told to be beyond the ordinary limit finds all places taken.
    pub(super) fn of(
        &self,
        provider: &dyn Provider,
        headers: &HeaderMap,
    ) -> Result<Room<'_>, Refused> {
        let largest = self.largest(Some(provider));
        let told = told_length(headers);
        let is_larger = |length| length > self.ordinary as u64;
        let place = if largest > self.ordinary && told.is_none_or(is_larger) {
            self.places.try_acquire().ok()
        } else {
            None
        };
        if place.is_none()
            && told.is_some_and(|length| is_larger(length) && length <= largest as u64)
        {
            return Err(Refused::busy("overloaded").closing());
        }
        let limit = match place {
            Some(_) => largest,
            None => self.ordinary,
        };
        Ok(Room { limit, place })
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{AT_ONCE, Room, Rooms};

    fn told(length: Option<u32>) -> HeaderMap {
        let told = length.map(|length| (header::CONTENT_LENGTH, HeaderValue::from(length)));
        told.into_iter().collect()
    }

    #[test]
    fn few_large_bodies_are_held_at_once() {
        let rooms = Rooms::new(1_000);
        let cartpanda = providers::provider("cartpanda").expect("exists");
        let yampi = providers::provider("yampi").expect("exists");
        let of = |provider, length| rooms.of(provider, &told(length));
        let taken: Vec<Room<'_>> = (0..AT_ONCE)
            .map(|n| of(cartpanda, (n % 2 == 0).then_some(1_001)).expect("room"))
            .collect();
        assert!(taken.iter().all(|room| room.limit == 2 << 20));
        assert!(of(cartpanda, Some(1_001)).is_err());
        let room = of(cartpanda, None).expect("room");
        assert!(room.limit == 1_000 && room.place.is_none());
        let room = of(cartpanda, Some(1_000)).expect("room");
        assert!(room.limit == 1_000 && room.place.is_none());
        drop(taken);
        assert!(of(cartpanda, Some(1_001)).is_ok_and(|room| room.place.is_some()));
        for length in [None, Some(900), Some(1_001)] {
            let room = of(yampi, length).expect("room");
            assert!(room.limit == 1_000 && room.place.is_none());
        }
        assert_eq!(rooms.largest(Some(yampi)), 1_000);
        assert_eq!(rooms.largest(None), 1_000);
    }
}
