//! Stable names of the reasons why deliveries became what they became, so that a desk can say them in its own language.
//!
//! The reasons themselves are sentences for whoever mends a source; a sentence that is not listed has no name.

/// Names, each with the sentences it stands for.
const NAMES: &[(&str, &[&str])] = &[
    (
        "unknown_event",
        &[
            "the event is not known",
            "the topic is not known",
            "there is no resource",
            "neither webhook_event_type nor order_status is known",
            "neither the event nor the order's state is known",
            "kind or status is not known",
            "type or status is not known",
            "neither an event nor an order",
            "neither version's shape",
        ],
    ),
    (
        "unknown_status",
        &[
            "the status is not known",
            "the sale's status is not known",
            "the payment_status is not known",
            "the financial_status is not known",
            "resource.status is not known",
            "the status is none of the six",
            "this status is not known, or not with this event",
            "the status is not known, or does not say whether the order is paid",
        ],
    ),
    (
        "unnamed_status",
        &["the order's status is not known; the setting `stages` can name its stage"],
    ),
    ("blueprint_word", &["the blueprint does not know the word"]),
    (
        "blueprint_ignores",
        &[
            "the blueprint lists the word among the ignored",
            "the blueprint's condition does not hold",
        ],
    ),
    (
        "no_order",
        &[
            "the dispute names no order",
            "the checkout that is gone is not named by its token",
            "neither cart_token nor transaction_token",
        ],
    ),
    ("header_absent", &["the x-shopify-topic header is absent"]),
    (
        "no_purchase",
        &[
            "not a stage of a purchase",
            "no stage of a purchase",
            "no sale",
            "no purchase is told of",
            "an invoice changes nothing about the purchase",
            "no money went back",
        ],
    ),
    (
        "products",
        &[
            "it tells of products, not of a purchase",
            "the catalogue is not kept",
        ],
    ),
    (
        "shipping",
        &["it tells of the shipping, not of the purchase"],
    ),
    ("told_elsewhere", &["the order's own topics tell of it"]),
    (
        "panel_test",
        &["the platform's panel tried the address out"],
    ),
    (
        "app_access",
        &[
            "the app's access, not a purchase",
            "the app's access to the shop has ended",
            "the app's access to the store has ended",
        ],
    ),
    ("privacy", &["a privacy duty, not a purchase"]),
    ("source_paused", &[PAUSED]),
    ("access_ended", &[ACCESS_ENDED]),
    ("shop_suspended", &[SUSPENDED]),
    ("shop_resumed", &[RESUMED]),
    ("customer_redacted", &[CUSTOMER_REDACTED]),
    ("data_requested", &[DATA_REQUESTED]),
    ("shop_redact", &[SHOP_REDACT]),
    ("erased", &[ERASED]),
    ("credentials", &[NO_CREDENTIALS]),
    ("fetching", &[BEING_FETCHED, "fetched"]),
    ("confirmed", &[CONFIRMED]),
    ("contradicted", &[CONTRADICTED]),
    ("denied", &[DENIED]),
    ("unconfirmed", &[LET_GO, GONE]),
    ("not_json", &["bad_json", "truncated", "not_utf8"]),
    ("wrong_type", &["wrong_type"]),
    ("too_large", &["too_large", "too_deep", "too_many_values"]),
    ("no_id", &["missing_id", "bad_id"]),
    ("other_shop", &["other_shop"]),
    ("blueprint", &["no_blueprint", "blueprint_too_costly"]),
];

/// It came while nothing was to be taken in.
pub(crate) const PAUSED: &str =
    "the source is paused; once it is taken up again, this can be read anew";
/// The app was taken away.
pub(crate) const ACCESS_ENDED: &str = "the app's access has ended; the source was paused";
/// The platform suspended the shop.
pub(crate) const SUSPENDED: &str =
    "the platform suspended the shop; the source is paused until that ends";
/// The platform let the shop go on.
pub(crate) const RESUMED: &str = "the platform lets the shop go on; so does the source";
/// A customer was to be erased.
pub(crate) const CUSTOMER_REDACTED: &str = "the platform has a customer of this source erased";
/// A customer wants to know what is held.
pub(crate) const DATA_REQUESTED: &str =
    "a customer asks the shop for their data: export it and send it to them";
/// All customers of the shop are to be erased.
pub(crate) const SHOP_REDACT: &str =
    "the platform wants all data of this shop erased: an admin confirms it";
/// Nothing was kept.
pub(crate) const ERASED: &str = "the customer's data was erased";
/// Nobody can ask the platform.
pub(crate) const NO_CREDENTIALS: &str = "API credentials are missing";
/// The notice was understood, and the order is asked for.
pub(crate) const BEING_FETCHED: &str = "the order is being fetched from the platform";
/// The platform's API bears it out.
pub(crate) const CONFIRMED: &str = "the platform's API confirms it";
/// The platform's API says otherwise.
pub(crate) const CONTRADICTED: &str = "the platform's API shows another state";
/// The platform's API has no such order.
pub(crate) const DENIED: &str = "the platform's API knows no such order";
/// Nobody asked the platform in the end.
pub(crate) const LET_GO: &str = "the fetch that was to confirm it was ended";
/// It was held back, and is not understood by now.
pub(crate) const GONE: &str = "what it told cannot be read any more";
/// Begins the reason of what the API could not confirm; the trouble's word follows.
pub(crate) const UNCONFIRMED: &str = "unconfirmed";

/// Returns the name of a reason; empty where there is no reason, or none of ours.
pub(super) fn name(why: &str) -> &'static str {
    if why.starts_with(UNCONFIRMED) {
        return "unconfirmed";
    }
    let named = NAMES.iter().find(|(_, sentences)| sentences.contains(&why));
    named.map_or("", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::name;

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        entries
            .flat_map(|path| match path.is_dir() {
                true => sources(&path),
                false => vec![path],
            })
            .filter(|path| !path.to_string_lossy().contains("tests"))
            .collect()
    }

    /// Lists the sentences that readers give as reasons.
    fn told(text: &str) -> Vec<&str> {
        let ways = ["why: \"", "ignored(\"", "unmapped(\""];
        let found = ways.iter().flat_map(|way| text.split(way).skip(1));
        let sentences = found.filter_map(|rest| rest.split_once('"').map(|(sentence, _)| sentence));
        // A single word is a platform's event.
        sentences
            .filter(|sentence| sentence.contains(' '))
            .collect()
    }

    #[test]
    fn every_reason_that_a_reader_gives_has_a_name() {
        let readers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../providers/src");
        let mut count = 0;
        for path in sources(&readers) {
            let text = fs::read_to_string(&path).unwrap();
            let (code, _) = text.split_once("#[cfg(test)]").unwrap_or((&text, ""));
            for sentence in told(code) {
                count += 1;
                assert_ne!(name(sentence), "", "{sentence} in {}", path.display());
            }
        }
        assert!(count > 30, "{count}");
        assert_eq!(name("unconfirmed: platform_forbidden"), "unconfirmed");
        assert_eq!((name(""), name("of a later version")), ("", ""));
    }
}
