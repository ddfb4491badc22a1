//! When a source is well: the rules, in one place. Knows no store, no clock and no network; what was found out is passed in.

use chrono::{DateTime, TimeDelta, Utc};
use contract::silence::patience;
use providers::{Field, Provider, SecretUse, pull};
use serde::Serialize;

use crate::outgoing::account;
use crate::store::{Counts, Integration};

/// Lists how a source can be, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// Events come and are understood.
    Good,
    /// Nothing has come yet, or nothing is taken because it is paused.
    Waiting,
    /// Something should be looked at.
    Attention,
    /// Nothing can come before something is entered.
    Broken,
}

/// Names something that is not entered, or not as it can be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Missing {
    /// `secrets`, or the credential or setting, as in `credentials.accessToken`.
    pub(super) field: String,
    /// `missing`, `expired` where only its time is over, or what is wrong with what was entered, as in `bad_shop_domain`.
    pub(super) code: &'static str,
}

/// What is known of a source when it is judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts<'a> {
    pub(super) is_active: bool,
    pub(super) missing: &'a [Missing],
    /// Whether an event ever came.
    pub(super) has_event: bool,
    /// Whether the next event is late.
    pub(super) is_late: bool,
    pub(super) last_day: &'a Counts,
    /// What the platform's API said to a request made to find out; `None` where none was made.
    pub(super) answers: Option<bool>,
    /// Whether the webhook is registered still; `None` where nobody looked.
    pub(super) is_registered: Option<bool>,
    pub(super) failed_jobs: u64,
    /// Whether its platform wants its customers erased.
    pub(super) erase_asked: bool,
}

/// Judges a source.
///
/// What the law asks for outweighs all, then what is missing; a paused source is neither late nor at fault; what failed outweighs that nothing came yet.
pub(super) fn state(facts: &Facts<'_>) -> State {
    let day = facts.last_day;
    if facts.erase_asked {
        State::Attention
    } else if !facts.missing.is_empty() {
        State::Broken
    } else if !facts.is_active {
        State::Waiting
    } else if day.bad_proof > 0
        || day.unmapped > 0
        || day.rejected > 0
        || facts.is_late
        || facts.answers == Some(false)
        || facts.is_registered == Some(false)
        || facts.failed_jobs > 0
    {
        State::Attention
    } else if facts.has_event {
        State::Good
    } else {
        State::Waiting
    }
}

/// Tells whether a silence is longer than this source's silences are.
pub(super) fn is_late(silence: TimeDelta, usual_gap: Option<TimeDelta>) -> bool {
    usual_gap.is_some_and(|gap| silence > patience(gap))
}

/// Lists what has to be entered before the source can work.
///
/// The API's credentials are needed where events are only notices of orders to be fetched, and where some were entered.
pub(super) fn missing(integration: &Integration, now: DateTime<Utc>) -> Vec<Missing> {
    let Some(provider) = providers::provider(&integration.provider) else {
        return vec![absent("provider".to_owned())];
    };
    let mut found = Vec::new();
    let needs_secret = provider.about().secret == SecretUse::Required
        || provider.signs_with(&integration.settings);
    if needs_secret && !integration.secrets.iter().any(|one| one.is_valid(now)) {
        let code = if integration.secrets.is_empty() {
            "missing"
        } else {
            "expired"
        };
        found.push(Missing {
            field: "secrets".to_owned(),
            code,
        });
    }
    found.extend(settings_missing(integration, provider.about().settings));
    found.extend(settings_wrong(integration, provider, now));
    if let Some(puller) = pull::puller(provider.slug()) {
        let fetches = provider
            .about()
            .events
            .iter()
            .any(|(_, becomes)| *becomes == "fetched");
        if fetches || !integration.credentials.is_empty() {
            let is_credential =
                |name: &str| puller.credentials().iter().any(|field| field.name == name);
            found.extend(
                account::missing(puller, integration)
                    .into_iter()
                    .map(|name| {
                        let place = if is_credential(name) {
                            "credentials"
                        } else {
                            "settings"
                        };
                        absent(format!("{place}.{name}"))
                    }),
            );
        }
    }
    found.dedup();
    found
}

fn settings_missing<'a>(
    integration: &'a Integration,
    fields: &'a [Field],
) -> impl Iterator<Item = Missing> + 'a {
    let is_set = |field: &Field| {
        let value = integration.settings.as_json().get(field.name);
        value.is_some_and(|value| !value.is_null() && value.as_str() != Some(""))
    };
    fields
        .iter()
        .filter(move |field| field.required && !is_set(field))
        .map(|field| absent(format!("settings.{}", field.name)))
}

/// Names what is entered and cannot be right; such settings may be older than the rule against them.
fn settings_wrong(
    integration: &Integration,
    provider: &dyn Provider,
    now: DateTime<Utc>,
) -> impl Iterator<Item = Missing> {
    let problems = providers::problems(provider, &integration.settings, now);
    problems.into_iter().map(|problem| Missing {
        field: format!("settings.{}", problem.path),
        code: problem.code,
    })
}

fn absent(field: String) -> Missing {
    Missing {
        field,
        code: "missing",
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use std::collections::BTreeMap;

    use contract::{IntegrationId, WorkspaceId};

    use super::{Facts, Missing, State, is_late, missing, state};
    use crate::store::{Counts, Integration, SecretText, StoredSecret};

    /// Shops that were entered before such domains were refused are named all the same.
    #[test]
    fn a_domain_that_is_no_shops_own_is_to_be_corrected() {
        let now = chrono::DateTime::UNIX_EPOCH;
        let named = |domain: &str| {
            let shop = Integration {
                id: IntegrationId::from_u128(1),
                workspace: WorkspaceId::from_u128(1),
                slug: "loja".to_owned(),
                provider: "shopify".to_owned(),
                name: "Loja".to_owned(),
                key: SecretText::new("chave"),
                secrets: vec![StoredSecret {
                    value: SecretText::new("segredo"),
                    valid_until: None,
                }],
                credentials: BTreeMap::new(),
                settings: providers::Settings::new(serde_json::json!({"shopDomain": domain})),
                active: true,
                created_at: now,
                updated_at: now,
            };
            let mut named = missing(&shop, now);
            named.retain(|one| one.field.starts_with("settings."));
            named
        };
        assert_eq!(named("loja.myshopify.com"), []);
        let wrong = Missing {
            field: "settings.shopDomain".to_owned(),
            code: "bad_shop_domain",
        };
        assert_eq!(named("www.loja.com.br"), [wrong]);
    }

    fn judged(adjust: impl FnOnce(&mut Facts<'_>, &mut Counts)) -> State {
        let mut day = Counts::default();
        let mut facts = Facts {
            is_active: true,
            missing: &[],
            has_event: true,
            is_late: false,
            last_day: &Counts::default(),
            answers: None,
            is_registered: None,
            failed_jobs: 0,
            erase_asked: false,
        };
        adjust(&mut facts, &mut day);
        state(&Facts {
            last_day: &day,
            ..facts
        })
    }

    #[test]
    fn each_rule_decides_alone() {
        let missing = [Missing {
            field: "secrets".to_owned(),
            code: "missing",
        }];
        type Case<'a> = (&'a str, State, &'a dyn Fn(&mut Facts<'_>, &mut Counts));
        let cases: &[Case<'_>] = &[
            ("events come", State::Good, &|_, _| {}),
            (
                "repeats and what is ignored are ordinary",
                State::Good,
                &|_, day| {
                    (day.accepted, day.duplicate, day.ignored) = (9, 9, 9);
                },
            ),
            ("its API answers", State::Good, &|facts, _| {
                facts.answers = Some(true);
            }),
            ("nothing came yet", State::Waiting, &|facts, _| {
                facts.has_event = false;
            }),
            ("paused", State::Waiting, &|facts, _| {
                facts.is_active = false;
            }),
            (
                "paused sources have no faults",
                State::Waiting,
                &|facts, day| {
                    (facts.is_active, facts.is_late, day.bad_proof) = (false, true, 3);
                },
            ),
            ("proofs do not hold", State::Attention, &|_, day| {
                day.bad_proof = 1;
            }),
            (
                "proofs do not hold from the beginning",
                State::Attention,
                &|facts, day| {
                    (facts.has_event, day.bad_proof) = (false, 1);
                },
            ),
            ("not understood", State::Attention, &|_, day| {
                day.unmapped = 1;
            }),
            ("not readable", State::Attention, &|_, day| day.rejected = 1),
            ("late", State::Attention, &|facts, _| facts.is_late = true),
            ("its API does not answer", State::Attention, &|facts, _| {
                facts.answers = Some(false);
            }),
            ("no longer registered", State::Attention, &|facts, _| {
                facts.is_registered = Some(false);
            }),
            ("a job failed", State::Attention, &|facts, _| {
                facts.failed_jobs = 1;
            }),
        ];
        for (name, expected, adjust) in cases {
            assert_eq!(judged(adjust), *expected, "{name}");
        }
        // What is missing outweighs all.
        let facts = Facts {
            is_active: false,
            missing: &missing,
            has_event: false,
            is_late: true,
            last_day: &Counts::default(),
            answers: Some(false),
            is_registered: Some(false),
            failed_jobs: 1,
            erase_asked: false,
        };
        assert_eq!(state(&facts), State::Broken);
        // And what the law asks for outweighs that.
        let facts = Facts {
            erase_asked: true,
            ..facts
        };
        assert_eq!(state(&facts), State::Attention);
    }

    #[test]
    fn late_is_longer_than_a_night_and_than_usual() {
        let hours = TimeDelta::hours;
        for (silence, gap, expected) in [
            (hours(1_000), None, false),
            (hours(12), Some(TimeDelta::minutes(1)), false),
            (hours(13), Some(TimeDelta::minutes(1)), true),
            (hours(13), Some(hours(3)), false),
            (hours(19), Some(hours(3)), true),
        ] {
            assert_eq!(is_late(silence, gap), expected, "{silence} {gap:?}");
        }
    }
}
