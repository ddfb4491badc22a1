//! Which hosts an account's requests may go to: its platform's, or the one its settings name.

use providers::pull::Puller;
use reqwest::Url;

use crate::store::Integration;

/// The setting that says where the API lies.
const ELSEWHERE: &str = "apiBaseUrl";

/// Holds the hosts of one account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Hosts {
    /// The platform's: names, `*.name` for all below, or `*` for any.
    Platform(&'static [&'static str]),
    /// The one somebody set.
    Only(String),
}

impl Hosts {
    /// Finds the hosts of an account.
    pub(super) fn of(puller: &dyn Puller, integration: &Integration) -> Self {
        let told = integration
            .settings
            .as_json()
            .get(ELSEWHERE)
            .and_then(|value| value.as_str())
            .and_then(|text| Url::parse(text.trim()).ok());
        match told.as_ref().and_then(Url::host_str) {
            Some(host) => Self::Only(host.to_owned()),
            None => Self::Platform(puller.hosts()),
        }
    }

    /// Tells whether a host, as a URL gives it, is among them.
    pub(super) fn hold(&self, host: &str) -> bool {
        match self {
            Self::Only(known) => known == host,
            Self::Platform(known) => known.iter().any(|known| fits(known, host)),
        }
    }
}

fn fits(known: &str, host: &str) -> bool {
    match known.strip_prefix('*') {
        None => known == host,
        Some("") => true,
        // `.name` must follow on something.
        Some(below) => host.len() > below.len() && host.ends_with(below),
    }
}

#[cfg(test)]
mod tests {
    use super::Hosts;

    #[test]
    fn only_listed_hosts_are_held() {
        let hosts = Hosts::Platform(&["api.example.com", "*.example.net"]);
        for (host, held) in [
            ("api.example.com", true),
            ("example.com", false),
            ("a.api.example.com", false),
            ("api.example.com.evil.org", false),
            ("shop.example.net", true),
            ("a.b.example.net", true),
            ("example.net", false),
            (".example.net", false),
            ("evilexample.net", false),
            ("127.0.0.1", false),
        ] {
            assert_eq!(hosts.hold(host), held, "{host}");
        }
        assert!(Hosts::Platform(&["*"]).hold("loja.example.org"));
        let only = Hosts::Only("10.0.0.7".to_owned());
        assert!(only.hold("10.0.0.7") && !only.hold("10.0.0.8"));
    }
}
