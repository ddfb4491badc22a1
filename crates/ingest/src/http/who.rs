//! Who asks: a handler that takes [`Agent`], [`Lead`] or [`Admin`] has thereby checked the caller's role.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use contract::{Actor, Role, WorkspaceId};

use super::Desk;
use super::answer::Refused;
use crate::store::{Session, TokenHash};

/// The caller: a signed-in member of one workspace.
#[derive(Clone)]
pub(crate) struct Caller {
    /// The session.
    pub(crate) session: Arc<Session>,
    /// Finds the session again, to see whether it still holds.
    pub(crate) token: TokenHash,
}

impl Caller {
    /// Returns the workspace.
    pub(crate) fn workspace(&self) -> WorkspaceId {
        self.session.me.workspace_id
    }

    /// Returns the role.
    pub(crate) fn role(&self) -> Role {
        self.session.me.role
    }

    /// Returns the member as entries name them.
    pub(crate) fn actor(&self) -> Actor {
        Actor {
            id: self.session.me.member_id,
            name: self.session.me.member_name.clone(),
        }
    }
}

async fn caller(parts: &Parts, desk: &Desk, least: Role) -> Result<Caller, Refused> {
    let token = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| TokenHash::of(token.trim()))
        .ok_or_else(Refused::unauthorized)?;
    let session = desk
        .store
        .session(&token)
        .await?
        .ok_or_else(Refused::unauthorized)?;
    if session.me.role < least {
        let id = session.me.member_id;
        let least = least.as_str();
        tracing::warn!(member.id = %id, least, "{id} asked for what takes the role {least}");
        return Err(Refused::forbidden());
    }
    Ok(Caller { session, token })
}

macro_rules! roles {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name(pub(crate) Caller);

        impl Deref for $name {
            type Target = Caller;

            fn deref(&self) -> &Caller {
                &self.0
            }
        }

        impl FromRequestParts<Desk> for $name {
            type Rejection = Refused;

            async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Refused> {
                caller(parts, desk, Role::$name).await.map(Self)
            }
        }
    )*};
}

roles! {
    /// Any member.
    Agent;
    /// A lead or an admin.
    Lead;
    /// An admin.
    Admin;
}
