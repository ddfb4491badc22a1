//! Signing in with a login and a password, as on a second device, and setting them.
//!
//! Whatever is wrong, a login nobody has or a password, the answer is one, and takes as long.

use std::time::Instant;

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use super::Desk;
use super::answer::Refused;
use super::body::Json;
use super::who::Agent;
use crate::passwords;
use crate::store::{NewPassword, Session, TokenHash};

/// Characters of a password: the least keeps guessing hopeless at the rate it is allowed, the most bounds what is hashed.
const LENGTH: std::ops::RangeInclusive<usize> = 12..=128;

/// Signs in with a password.
pub(super) async fn sign_in(
    desk: &Desk,
    (login, password): (&str, String),
    token: &str,
    device: String,
) -> Result<Session, Refused> {
    let login = folded(login);
    desk.account_rate
        .take(TokenHash::of(&login), Instant::now())
        .map_err(|wait| {
            Refused::rate_limited("Too many sign-ins with this login.").retry_after(wait)
        })?;
    let found = desk.store.login(&login).await?;
    let hash = found.as_ref().map(|login| login.hash.clone());
    let holds = guarded(desk, move || passwords::holds(&password, hash.as_deref())).await?;
    let owner = found.as_ref().map(|login| login.member);
    let member = found.filter(|_| holds).map(|login| login.member);
    let Some(member) = member else {
        let whose = owner.map_or_else(|| "nobody".to_owned(), |id| id.to_string());
        tracing::warn!(
            member.id = whose,
            "a sign-in with a login of {whose} was refused: bad_login"
        );
        return Err(bad_login());
    };
    Ok(desk
        .store
        .open_session(member, TokenHash::of(token), device)
        .await?)
}

fn bad_login() -> Refused {
    Refused::new(
        StatusCode::UNAUTHORIZED,
        "bad_login",
        "The login or the password is not right.",
    )
    .hint("Check both, or ask an admin for a new invite.")
}

/// Sets a login and a password.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Setting {
    login: String,
    password: String,
    /// The password so far, where there is one.
    current_password: Option<String>,
}

/// `PUT /api/v1/members/me/password`: who has a password shows it to change it; all other sessions of theirs end.
pub(crate) async fn set(
    State(desk): State<Desk>,
    agent: Agent,
    Json(setting): Json<Setting>,
) -> Result<StatusCode, Refused> {
    let login = checked_login(&setting.login)?;
    check_password(&setting.password, &login)?;
    let member = agent.session.me.member_id;
    desk.account_rate
        .take(TokenHash::of(&member.to_string()), Instant::now())
        .map_err(|wait| {
            Refused::rate_limited("Too many changes of this password.").retry_after(wait)
        })?;
    if let Some(before) = desk.store.login_of(agent.workspace(), member).await? {
        let current = setting.current_password.unwrap_or_default();
        let holds = guarded(&desk, move || {
            passwords::holds(&current, Some(&before.hash))
        });
        if !holds.await? {
            return Err(Refused::new(
                StatusCode::FORBIDDEN,
                "wrong_password",
                "The current password is not right.",
            )
            .hint("Send it as currentPassword."));
        }
    }
    let world = std::sync::Arc::clone(&desk.world);
    let hashing = guarded(&desk, move || passwords::hash(&*world, &setting.password));
    let password = NewPassword {
        member,
        login,
        hash: hashing.await?.ok_or_else(Refused::internal)?,
        keep: agent.session.id,
    };
    desk.store.set_password(agent.workspace(), password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hashes off the threads that answer, few at a time: each takes a core and 19 MiB for its while.
async fn guarded<T: Send + 'static>(
    desk: &Desk,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refused> {
    let place = desk.hashing.acquire().await;
    let done = tokio::task::spawn_blocking(work).await;
    drop(place);
    done.map_err(|_| Refused::internal())
}

/// Writes a login as it is stored: case and blanks around it do not matter.
fn folded(login: &str) -> String {
    login.trim().to_lowercase()
}

fn checked_login(login: &str) -> Result<String, Refused> {
    let login = folded(login);
    let good = (3..=64).contains(&login.len())
        && login.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._@+-".contains(&byte)
        });
    if good {
        return Ok(login);
    }
    Err(Refused::invalid(
        "login",
        "A login has 3 to 64 letters without accents, digits and . _ @ + -.",
    ))
}

fn check_password(password: &str, login: &str) -> Result<(), Refused> {
    let length = password.chars().count();
    let mut letters: Vec<char> = password.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    if LENGTH.contains(&length) && letters.len() >= 4 && !password.to_lowercase().contains(login) {
        return Ok(());
    }
    Err(Refused::invalid(
        "password",
        "A password has 12 to 128 characters, four different ones at least, and does not hold the login.",
    ))
}
