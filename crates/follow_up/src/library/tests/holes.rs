//! Whatever is missing, dead or nonsense, nothing is sent with a hole in it; and the cases tried do reach what can be missing.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use contract::{Customer, Order, StageGroup};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::{any_event, told};
use crate::fill::{Answers, Fill};
use crate::library::Library;
use crate::template::Template;
use crate::values::tests::now;
use crate::values::{Reason, Sources, Values};
use crate::variable::{Variable, VariableKind};
use crate::words::Locale;

/// Marks of a value that was not there.
const HOLES: [&str; 14] = [
    "{{",
    "}}",
    "{%",
    "None",
    "undefined",
    "null",
    "  ",
    " ,",
    " .",
    "()",
    "( ",
    " )",
    "[",
    "R$ .",
];

/// Everything a text is filled from.
#[derive(Debug)]
struct Scene {
    order: Order,
    customer: Customer,
    agent: Option<String>,
    store: Option<String>,
    platform: Option<String>,
    paid_elsewhere: bool,
    now: DateTime<Utc>,
    locale: Locale,
}

impl Scene {
    fn sources(&self) -> Sources<'_> {
        Sources {
            order: &self.order,
            paid_elsewhere: self.paid_elsewhere,
            customer: &self.customer,
            agent: self.agent.as_deref(),
            store: self.store.as_deref(),
            platform: self.platform.as_deref(),
            now: self.now,
            locale: self.locale,
        }
    }
}

prop_compose! {
    fn any_scene()(
        mut events in prop::collection::vec((any_event(), -600_i64..30), 1..4),
        number in told("PED-1042"),
        name in told("Ana Lima"),
        agent in told("Bia"),
        store in told("Loja Acauã"),
        platform in told("Kiwify"),
        paid_elsewhere in prop::bool::weighted(0.1),
        minutes in -30_i64..6_000,
        english in any::<bool>(),
    ) -> Scene {
        for (event, minutes) in &mut events {
            event.occurred_at += TimeDelta::minutes(*minutes);
            event.external_id = number.clone().unwrap_or_default();
            event.order_number = None;
        }
        Scene {
            order: Order::of(events.iter().map(|(event, _)| event)),
            customer: Customer { name, ..Customer::default() },
            agent,
            store,
            platform,
            paid_elsewhere,
            now: now() + TimeDelta::minutes(minutes),
            locale: if english { Locale::En } else { Locale::PtBr },
        }
    }
}

/// Made once: to read all templates takes longer than to fill them.
static LIBRARY: LazyLock<Library> = LazyLock::new(library);

/// The built-in templates, and in each language one of its own for every variable: lone, in the middle and repeated.
fn library() -> Library {
    let mut library = Library::built_in();
    for locale in [Locale::PtBr, Locale::En] {
        for variable in Variable::ALL {
            let mut own = library.get("pix.code", locale).expect("built in").clone();
            let name = variable.name();
            own.key = format!("own.{name}");
            own.text = match variable.kind() {
                // What is copied stands alone.
                VariableKind::Code => format!("Oi\n\n{{{{ {name} }}}}\n\n{{{{{name}}}}}"),
                _ => format!("{{{{ {name} }}}}\nOi ({{{{{name}}}}}), {{{{ {name} }}}}."),
            };
            own.stages = StageGroup::ALL.to_vec();
            library.put(own).expect("sound");
        }
    }
    library
}

fn of(library: &Library, locale: Locale) -> impl Iterator<Item = &Template> {
    let all = library.all().iter();
    all.filter(move |template| template.locale == locale)
}

proptest! {
    #[test]
    fn nothing_is_ever_sent_with_a_hole(scene in any_scene()) {
        let (library, sources) = (&*LIBRARY, scene.sources());
        for template in of(library, scene.locale) {
            match library.fill(&template.key, &sources, &Answers::new()).expect("there") {
                Fill::Filled { text, subject, marks } => {
                    for hole in HOLES {
                        prop_assert!(!text.contains(hole), "{}: {hole:?} in {text}", template.key);
                        prop_assert!(!subject.contains(hole), "{}: {hole:?} in {subject}", template.key);
                    }
                    prop_assert!(text.chars().count() < 1_500);
                    prop_assert_eq!(marks.len(), template.text.matches("{{").count());
                    for mark in marks {
                        prop_assert!(mark.start < mark.end);
                        prop_assert!(Variable::from_name(&mark.variable).is_some());
                    }
                }
                Fill::Blocked { missing, instead, preview, .. } => {
                    prop_assert!(!missing.is_empty());
                    prop_assert!(missing.iter().all(|missing| !missing.label.is_empty() && !missing.reason_words.is_empty()));
                    prop_assert!(!preview.contains("{{"));
                    if let Some(key) = instead {
                        let fills = matches!(library.fill(&key, &sources, &Answers::new()), Some(Fill::Filled { .. }));
                        prop_assert!(fills && key != template.key);
                    }
                }
            }
        }
    }
}

/// A property over cases that never lack anything would prove nothing.
#[test]
fn the_cases_reach_every_value_there_and_missing() {
    let mut runner = TestRunner::deterministic();
    let mut wanted = wanted();
    let scenes = any_scene();
    for _ in 0..5_000 {
        let scene = scenes.new_tree(&mut runner).expect("a case").current();
        let sources = scene.sources();
        let told = Values::of(&sources);
        for variable in Variable::ALL {
            let how = told.get(*variable).err();
            wanted.remove(&Wanted::Value(*variable, how.map(|it| format!("{it:?}"))));
        }
        let language = format!("{:?}", scene.locale);
        let open: Vec<&Template> = of(&LIBRARY, scene.locale)
            .filter(|template| wanted.iter().any(|it| it.is_of(template, &language)))
            .collect();
        for template in open {
            let fill = LIBRARY.fill(&template.key, &sources, &Answers::new());
            let filled = matches!(fill, Some(Fill::Filled { .. }));
            wanted.remove(&Wanted::Fill(
                template.key.clone(),
                language.clone(),
                filled,
            ));
        }
        if wanted.is_empty() {
            return;
        }
    }
    panic!("never reached: {wanted:?}");
}

/// What the cases have to reach.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Wanted {
    /// A value that is there, or is missing for a reason.
    Value(Variable, Option<String>),
    /// A template of a language that is filled, or is not.
    Fill(String, String, bool),
}

impl Wanted {
    fn is_of(&self, template: &Template, language: &str) -> bool {
        matches!(self, Self::Fill(key, of, _) if *key == template.key && of == language)
    }
}

fn wanted() -> BTreeSet<Wanted> {
    let values = Variable::ALL.iter().flat_map(|variable| {
        let missing = reasons(*variable).iter();
        let missing = missing.map(|reason| Some(format!("{reason:?}")));
        missing
            .chain([None])
            .map(|how| Wanted::Value(*variable, how))
    });
    let fills = LIBRARY.all().iter().flat_map(|template| {
        let language = format!("{:?}", template.locale);
        [true, false].map(|filled| Wanted::Fill(template.key.clone(), language.clone(), filled))
    });
    values.chain(fills).collect()
}

/// Why a value can be missing.
fn reasons(variable: Variable) -> &'static [Reason] {
    match variable {
        Variable::PixCode | Variable::PixExpiresIn | Variable::BoletoLine => &[
            Reason::NotTold,
            Reason::Broken,
            Reason::Expired,
            Reason::Paid,
        ],
        Variable::BoletoDueOn => &[Reason::NotTold, Reason::Expired, Reason::Paid],
        Variable::BoletoUrl | Variable::CheckoutUrl => {
            &[Reason::NotTold, Reason::Unusable, Reason::Paid]
        }
        _ => &[Reason::NotTold, Reason::Unusable],
    }
}
