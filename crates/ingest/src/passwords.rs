//! Passwords: hashed with Argon2id, compared in constant time, and as slowly for a login nobody has.
//!
//! Parameters after the OWASP password storage cheat sheet: 19 MiB of memory, two passes, one lane. The stored text names its
//! own, so they can be raised without locking anybody out.

use std::sync::LazyLock;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use subtle::ConstantTimeEq;

use crate::store::World;

/// Memory in KiB, passes, lanes.
const COST: (u32, u32, u32) = (19_456, 2, 1);
const SALT: usize = 16;
const DIGEST: usize = 32;
/// What a stored text may ask for at most, so that a damaged one takes no machine down.
const COST_MOST: (u32, u32, u32) = (1 << 18, 16, 4);

/// Stands for the password of logins nobody has, so that looking for them takes as long.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash_with(b"nobody has this login", [0x5a; SALT]).unwrap_or_default());

/// Hashes a password for storage.
pub(crate) fn hash(world: &dyn World, password: &str) -> Option<String> {
    let mut salt = [0; SALT];
    world.fill(&mut salt);
    hash_with(password.as_bytes(), salt)
}

/// Tells whether a password is the one that was hashed; `None` for a login nobody has takes as long and holds never.
pub(crate) fn holds(password: &str, stored: Option<&str>) -> bool {
    let known = stored.is_some_and(|text| !text.is_empty());
    let text = if known {
        stored.unwrap_or_default()
    } else {
        &NOBODY
    };
    let same = Stored::parse(text).is_some_and(|stored| stored.is_of(password.as_bytes()));
    same && known
}

struct Stored {
    cost: (u32, u32, u32),
    salt: Vec<u8>,
    digest: Vec<u8>,
}

impl Stored {
    /// Reads `$argon2id$v=19$m=…,t=…,p=…$salt$digest`.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("$argon2id$v=19$")?.split('$');
        let mut cost = parts.next()?.split(',');
        let mut number = |name: &str| cost.next()?.strip_prefix(name)?.parse().ok();
        let cost = (number("m=")?, number("t=")?, number("p=")?);
        let mut bytes = || STANDARD_NO_PAD.decode(parts.next()?).ok();
        let (salt, digest) = (bytes()?, bytes()?);
        let (most_memory, most_passes, most_lanes) = COST_MOST;
        let bounded = cost.0 <= most_memory && cost.1 <= most_passes && cost.2 <= most_lanes;
        (bounded && digest.len() == DIGEST).then_some(Self { cost, salt, digest })
    }

    fn is_of(&self, password: &[u8]) -> bool {
        digest(password, &self.salt, self.cost)
            .is_some_and(|found| found.as_slice().ct_eq(&self.digest).into())
    }
}

fn hash_with(password: &[u8], salt: [u8; SALT]) -> Option<String> {
    let (memory, passes, lanes) = COST;
    let digest = digest(password, &salt, COST)?;
    let (salt, digest) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(digest));
    Some(format!(
        "$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${digest}"
    ))
}

fn digest(password: &[u8], salt: &[u8], cost: (u32, u32, u32)) -> Option<[u8; DIGEST]> {
    let (memory, passes, lanes) = cost;
    let params = Params::new(memory, passes, lanes, Some(DIGEST)).ok()?;
    let mut digest = [0; DIGEST];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password, salt, &mut digest)
        .ok()?;
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::{COST, SALT, hash, hash_with, holds};
    use crate::store::System;

    #[test]
    fn only_the_password_itself_holds() {
        let stored = hash(&System, "correto cavalo bateria").unwrap();
        assert!(stored.starts_with(&format!(
            "$argon2id$v=19$m={},t={},p={}$",
            COST.0, COST.1, COST.2
        )));
        assert!(holds("correto cavalo bateria", Some(&stored)));
        for wrong in [
            "",
            "correto cavalo bateri",
            "Correto cavalo bateria",
            "correto cavalo bateria ",
        ] {
            assert!(!holds(wrong, Some(&stored)), "{wrong:?}");
        }
        assert_ne!(
            Some(stored),
            hash(&System, "correto cavalo bateria"),
            "each has its own salt"
        );
    }

    #[test]
    fn nobody_has_no_password() {
        assert!(!holds("nobody has this login", None));
        assert!(!holds("nobody has this login", Some("")));
        assert!(!holds("", None));
    }

    #[test]
    fn a_damaged_text_holds_nothing_and_costs_nothing() {
        let good = hash_with(b"x", [1; SALT]).unwrap();
        for bad in [
            good.replace("argon2id", "argon2d"),
            good.replace("m=19456", "m=4294967295"),
            good.replace("t=2", "t=4000000000"),
            good.replace("p=1", "p=x"),
            good[..good.len() - 3].to_owned(),
            "$argon2id$v=19$".to_owned(),
        ] {
            assert!(!holds("x", Some(&bad)), "{bad}");
        }
    }
}
