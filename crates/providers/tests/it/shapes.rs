//! What no document confirms has a name, and the fixtures show it.

use std::collections::BTreeSet;

use providers::Reading;

use crate::case;

/// A name that no fixture meets counts nothing anybody checked; one that is in no list would be a label nobody foresaw.
#[test]
fn every_unconfirmed_shape_is_met_by_a_fixture_and_has_a_name() {
    for provider in providers::all() {
        let slug = provider.slug();
        let readings = case::of(slug);
        let readings = readings.iter().map(|case| case.normalise(case.body()));
        let met: BTreeSet<&str> = readings
            .filter_map(|reading| match reading {
                Ok(Reading::Events(drafts) | Reading::Notice { drafts, .. }) => Some(drafts),
                _ => None,
            })
            .flatten()
            .flat_map(|draft| draft.shapes)
            .collect();
        let named = providers::shapes(slug).iter().map(|(name, _)| *name);
        assert_eq!(met, named.collect(), "{slug}");
    }
}
