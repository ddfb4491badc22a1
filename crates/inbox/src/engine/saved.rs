//! Saved views: the member's own, kept here, and the team's, kept by the service.

use contract::{TeamView, ViewId};

use super::Inbox;
use crate::asking::ViewSaveAsked;
use crate::error::Refusal;
use crate::team;
use crate::user::OwnView;
use crate::view::{Change, SavedView};

/// The longest name, in characters.
const LONGEST_NAME: usize = 60;

/// The most views of one member: each is kept up with every entry.
const MOST: usize = 50;

impl Inbox {
    /// Saves a view: for the member alone here, for the team at the service.
    ///
    /// # Errors
    /// `Invalid`; for the team `Offline` and `Forbidden`; `SignedOut`.
    pub async fn view_save(&self, asked: ViewSaveAsked) -> Result<SavedView, Refusal> {
        let name = asked.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if !(1..=LONGEST_NAME).contains(&name.chars().count()) {
            return Err(Refusal::Invalid("a view's name has 1 to 60 characters"));
        }
        let own = self.core().user(|db| db.own_views()).await?;
        let mine = asked.id.filter(|id| own.iter().any(|view| view.id == *id));
        if asked.team {
            let id = asked.id.map_or_else(|| self.core().new_view_id(), Ok)?;
            let saved = self.save_for_team(id, name, asked).await?;
            if let Some(mine) = mine {
                self.drop_own(mine).await?;
            }
            return Ok(saved);
        }
        if mine.is_none() && own.len() >= MOST {
            return Err(Refusal::Invalid("a member has at most 50 views"));
        }
        // A view of the team that is saved for oneself is another one.
        let id = mine.map_or_else(|| self.core().new_view_id(), Ok)?;
        let view = OwnView {
            id,
            name,
            filter: asked.filter,
        };
        self.save_own(view).await
    }

    /// Takes a view away: the member's own here, the team's at the service.
    ///
    /// # Errors
    /// For the team's `Offline` and `Forbidden`; `NotFound`, `SignedOut`.
    pub async fn view_remove(&self, id: ViewId) -> Result<(), Refusal> {
        if self.drop_own(id).await? {
            return Ok(());
        }
        let (_, line) = self.reach()?;
        team::delete_view(&line, id).await
    }

    async fn save_for_team(
        &self,
        id: ViewId,
        name: String,
        asked: ViewSaveAsked,
    ) -> Result<SavedView, Refusal> {
        let (seat, line) = self.reach()?;
        let view = TeamView {
            id,
            name,
            filter: asked.filter,
            by: None,
        };
        team::put_view(&line, &view).await?;
        Ok(SavedView {
            id,
            name: view.name,
            filter: view.filter,
            team: true,
            by: Some(seat.session.me.member_name.clone()),
        })
    }

    async fn save_own(&self, view: OwnView) -> Result<SavedView, Refusal> {
        let kept = view.clone();
        self.core().user(move |db| db.put_view(&kept)).await?;
        self.views_changed();
        Ok(shown(view))
    }

    async fn drop_own(&self, id: ViewId) -> Result<bool, Refusal> {
        let gone = self.core().user(move |db| db.drop_view(id)).await?;
        if gone {
            self.views_changed();
        }
        Ok(gone)
    }

    fn views_changed(&self) {
        self.core().board.tell(&Change {
            views: true,
            counters: true,
            ..Change::default()
        });
    }
}

fn shown(own: OwnView) -> SavedView {
    SavedView {
        id: own.id,
        name: own.name,
        filter: own.filter,
        team: false,
        by: None,
    }
}
