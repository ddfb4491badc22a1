//! A fixture: one request, and what must come of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use contract::IntegrationId;
use providers::pull::{Kind, Pulled};
use providers::{
    Context, Inbound, Proof, Provider, Reading, Refusal, Secret, Settings, Unreadable,
};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    #[serde(skip)]
    pub(crate) slug: String,
    #[serde(skip)]
    pub(crate) name: String,
    /// What the platform sent; absent where [`Case::pulled`] says what was fetched.
    #[serde(default)]
    pub(crate) request: Request,
    pub(crate) pulled: Option<PulledCase>,
    #[serde(default)]
    pub(crate) secrets: Vec<String>,
    pub(crate) now: DateTime<Utc>,
    #[serde(default)]
    settings: Value,
    #[serde(skip)]
    prepared: OnceLock<Settings>,
    pub(crate) expect: Expect,
}

/// What was fetched from the platform's API.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PulledCase {
    /// `orders`, `abandoned` or `sales`.
    pub(crate) kind: String,
    pub(crate) body_text: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Request {
    pub(crate) query: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body_text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Expect {
    pub(crate) refusal: Option<String>,
    pub(crate) proof: Option<ProofExpected>,
    pub(crate) event: Option<Value>,
    /// The id of the order that is to be fetched.
    pub(crate) notice: Option<String>,
    pub(crate) ignored: Option<String>,
    pub(crate) unmapped: Option<String>,
    pub(crate) unreadable: Option<UnreadableExpected>,
    #[serde(default)]
    pub(crate) doubts: Vec<String>,
    pub(crate) delivery_key: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProofExpected {
    pub(crate) scheme: String,
    pub(crate) signed: bool,
    #[serde(default)]
    pub(crate) secret_index: usize,
    pub(crate) nonce: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnreadableExpected {
    pub(crate) code: String,
    pub(crate) path: String,
}

impl Case {
    pub(crate) fn label(&self) -> String {
        format!("{}/{}", self.slug, self.name)
    }

    pub(crate) fn provider(&self) -> &'static dyn Provider {
        providers::provider(&self.slug).expect("a folder is named after a platform")
    }

    pub(crate) fn secrets(&self) -> Vec<Secret> {
        self.secrets
            .iter()
            .map(|secret| Secret::new(secret.as_bytes()))
            .collect()
    }

    pub(crate) fn headers(&self) -> Vec<(String, String)> {
        self.request.headers.clone().into_iter().collect()
    }

    pub(crate) fn body(&self) -> &[u8] {
        let text = match &self.pulled {
            Some(pulled) => &pulled.body_text,
            None => &self.request.body_text,
        };
        text.as_bytes()
    }

    pub(crate) fn settings(&self) -> &Settings {
        self.prepared
            .get_or_init(|| Settings::new(self.settings.clone()))
    }

    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            now: self.now,
            integration: IntegrationId::from_u128(7),
            settings: self.settings(),
        }
    }

    /// Checks the proof of a request in this case's place.
    pub(crate) fn verify(
        &self,
        inbound: &Inbound<'_>,
        secrets: &[Secret],
    ) -> Result<Proof, Refusal> {
        self.provider().verify(inbound, secrets, &self.context())
    }

    /// Reads other bytes as this case's request.
    pub(crate) fn normalise(&self, body: &[u8]) -> Result<Reading, Unreadable> {
        let headers = self.headers();
        let context = self.context();
        if let Some(pulled) = &self.pulled {
            let kind = Kind::parse(&pulled.kind).expect("a kind");
            let body = body.to_vec();
            return self
                .provider()
                .read_pulled(&Pulled { kind, body }, &context);
        }
        let inbound = Inbound {
            query: &self.request.query,
            headers: &headers,
            body,
        };
        self.provider().normalise(&inbound, &context)
    }
}

/// Reads every fixture of the platforms in this crate, each platform's in turn.
pub(crate) fn all() -> Vec<Case> {
    let cases: Vec<Case> = providers::all()
        .iter()
        .flat_map(|provider| of(provider.slug()))
        .collect();
    assert!(cases.len() >= 100, "only {} fixtures found", cases.len());
    cases
}

/// Reads the fixtures of one platform.
pub(crate) fn of(slug: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/providers")
        .join(slug);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("every platform has a folder of fixtures")
        .map(|entry| entry.expect("the folder can be listed").path())
        .collect();
    files.sort();
    files.iter().map(|file| read(slug, file)).collect()
}

fn read(slug: &str, file: &Path) -> Case {
    let text = std::fs::read_to_string(file).expect("a fixture can be read");
    let mut case: Case =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    slug.clone_into(&mut case.slug);
    case.name = file
        .file_stem()
        .and_then(|stem| stem.to_str())
        .expect("a fixture has a name")
        .to_owned();
    case
}
