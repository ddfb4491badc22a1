//! What every platform tells of itself, and the page of all of them, which is written from the code.

use chrono::{DateTime, Utc};
use contract::IntegrationId;
use providers::pull::{self, Puller};
use providers::{
    About, Context, Draft, Inbound, Provider, Reading, Secret, SecretUse, Settings, Shown,
    register, sign,
};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/platforms.md");
/// Set to write the page instead of comparing it.
const WRITE: &str = "BALCAO_WRITE_PLATFORMS";

/// Platforms of which no sample can be made, with why.
const WITHOUT_SAMPLE: [(&str, &str); 1] = [(
    "custom",
    "what a custom source sends is told by the samples in its own settings",
)];

#[test]
fn every_platform_tells_what_it_is() {
    for provider in providers::all() {
        let slug = provider.slug();
        let about = provider.about();
        assert!(!about.proof.is_empty(), "{slug}");
        assert!(!about.events.is_empty(), "{slug}");
        for (event, stage) in about.events {
            assert!(!event.is_empty() && !stage.is_empty(), "{slug}: {event}");
        }
        for locale in providers::PANEL_LOCALES {
            let steps = providers::panel_steps(slug, locale);
            assert!(
                steps.len() >= 3,
                "{slug} has {} steps in {locale}",
                steps.len()
            );
        }
        let demands = about.secret == SecretUse::Required;
        assert!(
            !demands || provider.signs(),
            "{slug} has no use for its secret"
        );
    }
}

#[test]
fn every_sample_proves_itself_and_reads_as_one_event() {
    let now = DateTime::<Utc>::from_timestamp(1_795_264_800, 0).expect("a time");
    let secret = Secret::new(*b"sample-secret-0001");
    let settings = Settings::default();
    let context = Context {
        now,
        integration: IntegrationId::from_u128(7),
        settings: &settings,
    };
    for provider in providers::all() {
        let slug = provider.slug();
        let excused = WITHOUT_SAMPLE.iter().any(|(known, _)| *known == slug);
        let Some(sample) = provider.sample("900123", now) else {
            assert!(excused, "{slug} makes no sample");
            continue;
        };
        assert!(!excused, "{slug} makes a sample after all");
        let signed = sign::sign(slug, &secret, &sample.body, now, "nonce-0001").expect(slug);
        let headers = [sample.headers, signed.headers].concat();
        let query = [sample.query, signed.query].join("&");
        let inbound = Inbound {
            query: query.trim_matches('&'),
            headers: &headers,
            body: &sample.body,
        };
        let proof = provider.verify(&inbound, std::slice::from_ref(&secret), &context);
        assert!(proof.is_ok(), "{slug}: {proof:?}");
        let drafts = match providers::normalise(*provider, &inbound, &context) {
            Ok(Reading::Events(drafts) | Reading::Notice { drafts, .. }) => drafts,
            other => panic!("{slug}: {other:?}"),
        };
        let [draft] = drafts.as_slice() else {
            panic!("{slug}: {} events", drafts.len());
        };
        check_draft(*provider, draft);
    }
}

/// A sample waits for its money, is complete, and holds a code where the platform sends one.
fn check_draft(provider: &dyn Provider, draft: &Draft) {
    let slug = provider.slug();
    assert_eq!(draft.external_id, "900123", "{slug}");
    assert_eq!(draft.stage.status(), contract::Status::Pending, "{slug}");
    assert!(
        draft.doubts.is_empty() && !draft.incomplete,
        "{slug}: {draft:?}"
    );
    let email = draft.customer.email.as_deref().unwrap_or_default();
    assert!(email.ends_with("@example.com"), "{slug}: {email}");
    let has_code = draft
        .payment
        .pix
        .as_ref()
        .is_some_and(|pix| pix.code.is_some());
    let sends_codes = provider.about().pix == Shown::Yes;
    assert!(has_code || !sends_codes, "{slug} holds no code");
}

#[test]
fn the_page_of_platforms_is_what_the_code_tells() {
    let page = page();
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(PAGE, page).expect("the page can be written");
        return;
    }
    let written = std::fs::read_to_string(PAGE).unwrap_or_default();
    assert!(
        page == written.replace("\r\n", "\n"),
        "docs/platforms.md is stale; run `cargo xtask platforms` and commit"
    );
}

fn page() -> String {
    let mut page = String::from(
        "# Platforms\n\n<!-- Written by `cargo xtask platforms` from what the readers tell of themselves; do not edit. -->\n\n\
         What is read from each platform, how its requests prove where they come from, and what its documents leave open.\n\
         How to add one is told in [providers.md](providers.md).\n\n\
         | platform | address | secret | PIX code | boleto | link | read from its API | registers by itself |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for provider in providers::all() {
        page.push_str(&row(*provider));
    }
    for provider in providers::all() {
        page.push_str(&section(*provider));
    }
    page
}

fn row(provider: &dyn Provider) -> String {
    let about = provider.about();
    let slug = provider.slug();
    let pulled = pull::puller(slug).map_or("no".to_owned(), kinds);
    let registers = match register::registrar(slug) {
        Some(_) => "yes",
        None => "no",
    };
    format!(
        "| [{}](#{}) | `{slug}` | {} | {} | {} | {} | {pulled} | {registers} |\n",
        provider.name(),
        provider.name().to_lowercase().replace(' ', "-"),
        secret(about),
        brief(about.pix),
        brief(about.boleto),
        brief(about.link),
    )
}

fn section(provider: &dyn Provider) -> String {
    let about = provider.about();
    let mut text = format!("\n## {}\n\n", provider.name());
    let others = provider.also();
    if !others.is_empty() {
        let others: Vec<String> = others.iter().map(|one| format!("`{one}`")).collect();
        text.push_str(&format!(
            "- Also taken in addresses: {}.\n",
            others.join(", ")
        ));
    }
    text.push_str(&format!("- Proof: {}.\n", about.proof));
    for (what, shown) in [
        ("PIX code", about.pix),
        ("Boleto", about.boleto),
        ("Link", about.link),
    ] {
        if let Shown::Partly(where_) = shown {
            text.push_str(&format!("- {what}: {where_}.\n"));
        }
    }
    text.push_str(&entered(provider));
    text.push_str("\n| the platform's event | becomes |\n| --- | --- |\n");
    for (event, stage) in about.events {
        text.push_str(&format!("| {} | {} |\n", cell(event), cell(stage)));
    }
    if !about.unconfirmed.is_empty() {
        text.push_str("\nLeft open by its documents, and read with care:\n\n");
        for point in about.unconfirmed {
            text.push_str(&format!("- {point}\n"));
        }
    }
    text
}

/// Says what a seller enters beside the secret.
fn entered(provider: &dyn Provider) -> String {
    let listed = |fields: &[providers::Field]| {
        let names = fields.iter().map(|field| match field.required {
            true => format!("`{}`", field.name),
            false => format!("`{}` (if wanted)", field.name),
        });
        names.collect::<Vec<_>>().join(", ")
    };
    let mut settings = provider.about().settings.to_vec();
    let mut text = String::new();
    if let Some(puller) = pull::puller(provider.slug()) {
        for field in puller.settings() {
            if settings.iter().all(|known| known.name != field.name) {
                settings.push(*field);
            }
        }
        text.push_str(&format!(
            "- Its API asks for: {}.\n",
            listed(puller.credentials())
        ));
    }
    if !settings.is_empty() {
        text.push_str(&format!("- Settings: {}.\n", listed(&settings)));
    }
    text
}

fn kinds(puller: &dyn Puller) -> String {
    let words: Vec<&str> = puller.kinds().iter().map(|kind| kind.as_str()).collect();
    words.join(", ")
}

const fn secret(about: &About) -> &'static str {
    match about.secret {
        SecretUse::Required => "needed",
        SecretUse::Optional => "if wanted",
        SecretUse::None => "none",
    }
}

const fn brief(shown: Shown) -> &'static str {
    match shown {
        Shown::Yes => "yes",
        Shown::Partly(_) => "in part",
        Shown::No => "no",
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
