//! Which addresses of a platform's API an integration may name: `https`, and nothing inside a private network.
//!
//! Judges what is written. Whoever connects must judge the address a name resolves to as well.

use reqwest::Url;
use serde_json::{Map, Value};

use super::super::answer::Refused;
use crate::outgoing::reach;

/// The setting that holds the address.
const SETTING: &str = "apiBaseUrl";

/// Checks the address in an integration's settings, if there is one.
pub(super) fn check(settings: &Map<String, Value>, allow_private: bool) -> Result<(), Refused> {
    let Some(value) = settings.get(SETTING).filter(|value| !value.is_null()) else {
        return Ok(());
    };
    let url = value.as_str().and_then(|text| Url::parse(text).ok());
    let Some(url) = url.filter(|url| url.username().is_empty() && url.password().is_none()) else {
        return Err(Refused::invalid(
            "settings.apiBaseUrl",
            "An API address is an https address without a user name.",
        ));
    };
    if allow_private && matches!(url.scheme(), "http" | "https") {
        return Ok(());
    }
    if url.scheme() == "https" && is_public(&url) {
        return Ok(());
    }
    let refused = Refused::invalid(
        "settings.apiBaseUrl",
        "An API address is an https address outside private networks.",
    );
    Err(refused.hint("An operator can allow others with BALCAO_ALLOW_PRIVATE_HOSTS=true."))
}

fn is_public(url: &Url) -> bool {
    url.host_str().is_some_and(reach::may_be_public)
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::check;

    fn settings(url: &str) -> Map<String, Value> {
        let Value::Object(map) = json!({ "apiBaseUrl": url }) else {
            unreachable!("an object was written")
        };
        map
    }

    #[test]
    fn only_public_https_addresses_pass() {
        for good in [
            "https://api.example.com",
            "https://api.example.com:8443/v2",
            "https://8.8.8.8/",
            "https://[2606:4700::1111]/",
        ] {
            assert!(check(&settings(good), false).is_ok(), "{good}");
        }
        for bad in [
            "http://api.example.com",
            "ftp://api.example.com",
            "api.example.com",
            "https://user@api.example.com",
            "https://localhost/",
            "https://db/",
            "https://db.internal./",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://10.0.0.8/",
            "https://172.16.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/",
            "https://100.64.0.1/",
            "https://198.18.0.1/",
            "https://0.0.0.0/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[64:ff9b::a00:1]/",
            "https://[2002:a00:1::]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
        ] {
            assert!(check(&settings(bad), false).is_err(), "{bad}");
        }
        assert!(check(&settings("http://127.0.0.1:9000"), true).is_ok());
        assert!(check(&settings("file:///etc/passwd"), true).is_err());
        assert!(check(&Map::new(), false).is_ok());
    }
}
