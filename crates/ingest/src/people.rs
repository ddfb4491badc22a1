//! Tokens and invite codes: how they look. The store knows only their hashes.

use contract::{Role, WorkspaceId};

use crate::store::{Enrolment, Session, Store, StoreError, TokenHash, World};

/// The letters and digits of invite codes: none that is easily taken for another.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Makes a session's token: 256 random bits behind a word that secret scanners can look for.
pub(crate) fn new_token(world: &dyn World) -> String {
    format!("balcao_{}", hex::encode(world.token()))
}

/// Makes an invite's code: 125 random bits in five groups that can be read out.
pub(crate) fn new_code(world: &dyn World) -> String {
    let mut code = String::with_capacity(29);
    for (place, byte) in world.token().iter().take(25).enumerate() {
        if place > 0 && place % 5 == 0 {
            code.push('-');
        }
        let letter = LETTERS.get(usize::from(byte & 31)).copied().unwrap_or(b'2');
        code.push(char::from(letter));
    }
    code
}

/// Hashes an invite's code as a person may have typed it: case, spaces and hyphens do not matter.
pub(crate) fn code_hash(typed: &str) -> TokenHash {
    let plain: String = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    TokenHash::of(&plain)
}

/// Adds a person with a session, and returns the session with its token, which is known nowhere else.
///
/// # Errors
/// When the store has no such workspace or cannot store it.
pub async fn enrol(
    store: &dyn Store,
    world: &dyn World,
    workspace: WorkspaceId,
    name: &str,
    role: Role,
    device: &str,
) -> Result<(Session, String), StoreError> {
    let token = new_token(world);
    let enrolment = Enrolment {
        name: name.to_owned(),
        role,
        token: TokenHash::of(&token),
        device: device.to_owned(),
    };
    let session = store.enrol(workspace, enrolment).await?;
    Ok((session, token))
}

#[cfg(test)]
mod tests {
    use super::{code_hash, new_code, new_token};
    use crate::store::System;

    #[test]
    fn codes_can_be_typed_carelessly() {
        let code = new_code(&System);
        assert_eq!(code.len(), 29);
        assert_ne!(code, new_code(&System));
        let careless = format!(" {} ", code.to_lowercase().replace('-', " "));
        assert_eq!(code_hash(&careless), code_hash(&code));
    }

    #[test]
    fn tokens_are_long_and_recognisable() {
        let token = new_token(&System);
        assert_eq!(token.len(), "balcao_".len() + 64);
        assert!(token.starts_with("balcao_"));
    }
}
