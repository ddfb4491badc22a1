//! Webhooks are registered once: what exists is kept, what is missing is made, and the secret comes back.

use providers::{
    Secret,
    pull::Trouble,
    register::{Holding, Registered, Registrar, Step, Wanted, registrar},
    sign::sign,
};
use serde_json::json;

use super::{Plan, Platform, Reader};

const URL: &str = "https://inbox.example.com/api/v1/webhooks/x/chave";

fn wanted(secret: Option<&str>) -> Wanted<'_> {
    Wanted {
        url: URL,
        name: "Balcão",
        secret,
        is_stored: secret.is_some(),
    }
}

struct Registering<'a> {
    reader: Reader,
    registrar: &'static dyn Registrar,
    wanted: Wanted<'a>,
}

impl<'a> Registering<'a> {
    fn of(platform: &Platform, wanted: Wanted<'a>) -> Self {
        let mut reader = Reader::of(platform, 100);
        reader.sign_in();
        Self {
            reader,
            registrar: registrar(platform.slug()).expect("it registers"),
            wanted,
        }
    }

    fn register(&mut self) -> Result<Registered, Trouble> {
        let mut step = self.registrar.begin(&self.reader.account(), &self.wanted)?;
        for _ in 0..40 {
            let (request, state) = match step {
                Step::Done(registered) => return Ok(registered),
                Step::Ask { request, state } => (request, state),
            };
            let told = self.reader.send(&request);
            let account = self.reader.account();
            step = self
                .registrar
                .next(&account, &self.wanted, &state, &told.response())?;
        }
        panic!("it does not end");
    }

    fn holds(&mut self) -> bool {
        let begun = self.registrar.begin(&self.reader.account(), &self.wanted);
        let Ok(Step::Ask {
            mut request,
            mut state,
        }) = begun
        else {
            panic!("nothing is asked: {begun:?}");
        };
        for _ in 0..40 {
            let told = self.reader.send(&request);
            let account = self.reader.account();
            let read = self
                .registrar
                .holds(&account, &self.wanted, &state, &told.response());
            match read.expect("a list") {
                Holding::Told(holds) => return holds,
                Holding::Ask {
                    request: next,
                    state: then,
                } => (request, state) = (next, then),
            }
        }
        panic!("it does not end");
    }
}

fn every() -> Vec<Platform> {
    vec![
        Platform::kiwify(Plan::default()),
        Platform::shopify(Plan::default()),
        Platform::nuvemshop(Plan::default()),
        Platform::yampi(Plan::default()),
    ]
}

#[test]
fn registering_twice_changes_nothing_the_second_time() {
    assert_eq!(every().len(), providers::register::all().len());
    for platform in every() {
        let slug = platform.slug();
        let mut registering = Registering::of(&platform, wanted(None));
        assert!(!registering.holds(), "{slug}");
        let registered = registering.register().expect("registered");
        assert!(!registered.events.is_empty(), "{slug}");
        let hooks = platform.registered();
        assert!(registering.holds(), "{slug}");
        let again = registering.register().expect("registered still");
        assert_eq!(again.events, registered.events, "{slug}");
        assert_eq!(platform.registered(), hooks, "{slug}");
        let of_its_own = matches!(slug, "kiwify" | "yampi");
        assert_eq!(registered.secret.is_some(), of_its_own, "{slug}");
    }
}

/// A secret has no equality; what it signs has.
fn signs_alike(slug: &str, one: &Secret, other: &str) -> bool {
    let now = chrono::DateTime::UNIX_EPOCH;
    let by = |secret: &Secret| sign(slug, secret, b"{}", now, "nonce-0001");
    by(one) == by(&Secret::new(other))
}

#[test]
fn kiwify_takes_our_secret_or_makes_one() {
    let platform = Platform::kiwify(Plan::default());
    let registered = Registering::of(&platform, wanted(None)).register();
    let secret = registered.expect("registered").secret.expect("a secret");
    assert!(signs_alike("kiwify", &secret, "feito000002"));
    let registered = Registering::of(&platform, wanted(Some("nosso"))).register();
    let secret = registered.expect("registered").secret.expect("a secret");
    assert!(signs_alike("kiwify", &secret, "nosso"));
    let hooks = platform.registered();
    assert_eq!(hooks.len(), 1);
    assert_eq!(hooks[0]["token"], json!("nosso"));
}

#[test]
fn what_is_there_in_part_is_made_whole() {
    for platform in every() {
        let slug = platform.slug();
        Registering::of(&platform, wanted(None))
            .register()
            .expect("registered");
        let whole = platform.registered().len();
        platform.lose_events();
        let mut registering = Registering::of(&platform, wanted(None));
        assert!(!registering.holds(), "{slug}");
        registering.register().expect("registered");
        assert!(registering.holds(), "{slug}");
        assert_eq!(platform.registered().len(), whole, "{slug}");
    }
}

#[test]
fn refusals_are_told() {
    for platform in every() {
        let mut registering = Registering::of(&platform, wanted(None));
        platform.refuse(Some(403));
        let refused = registering.register().err();
        assert_eq!(refused, Some(Trouble::Forbidden), "{}", platform.slug());
    }
}
