//! Saved views: the member's own, kept here, and the team's, kept by the service.

use contract::{TeamView, ViewId};

use super::Inbox;
use super::seat::Seat;
use crate::asking::ViewSaveAsked;
use crate::error::Refusal;
use crate::team;
use crate::user::OwnView;
use crate::view::{Change, Colleague, FilterValues, SavedView};

/// The longest name, in characters.
const LONGEST_NAME: usize = 60;

/// The most views of one member: each is kept up with every entry.
const MOST: usize = 50;

impl Inbox {
    /// Lists the saved views: the team's first, then the member's own, each by name.
    ///
    /// # Errors
    /// `SignedOut`.
    pub async fn views(&self) -> Result<Vec<SavedView>, Refusal> {
        self.seat()?.read(|views, _| views.saved()).await
    }

    /// Lists the members of the team, by name; whoever sits here is always among them.
    ///
    /// # Errors
    /// `SignedOut`.
    pub async fn members(&self) -> Result<Vec<Colleague>, Refusal> {
        let seat = self.seat()?;
        let me = seat.session.me.clone();
        let mut members = seat
            .read(move |views, _| views.members(me.member_id))
            .await?;
        if !members.iter().any(|member| member.is_me) {
            let me = &seat.session.me;
            members.push(Colleague {
                id: me.member_id,
                name: me.member_name.clone(),
                role: me.role,
                is_me: true,
            });
            members.sort_by_cached_key(|member| member.name.to_lowercase());
        }
        Ok(members)
    }

    /// Lists what there is to narrow lists by.
    ///
    /// # Errors
    /// `SignedOut`.
    pub async fn filter_values(&self) -> Result<FilterValues, Refusal> {
        self.seat()?.read(|views, _| views.filter_values()).await
    }

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
        let view = shown(view);
        let seen = view.clone();
        let seat = self.seat()?;
        seat.keeper
            .write(move |cache| cache.put_view(&seen))
            .await?;
        self.views_changed();
        Ok(view)
    }

    async fn drop_own(&self, id: ViewId) -> Result<bool, Refusal> {
        let gone = self.core().user(move |db| db.drop_view(id)).await?;
        if gone {
            let seat = self.seat()?;
            seat.keeper.write(move |cache| cache.drop_view(id)).await?;
            self.views_changed();
        }
        Ok(gone)
    }

    /// Tells the page, and has the lists follow without waiting for the next round.
    fn views_changed(&self) {
        self.core().listing.notify_one();
        self.core().board.tell(&Change {
            views: true,
            counters: true,
            ..Change::default()
        });
    }
}

impl Seat {
    /// Hands the member's own views to the cache, which may have been made anew, and takes those out that are none any more.
    pub(super) async fn hand_views_in(&self, own: Vec<OwnView>) -> Result<(), Refusal> {
        self.keeper
            .write(move |cache| {
                for known in cache.views().saved()?.iter().filter(|view| !view.team) {
                    if !own.iter().any(|own| own.id == known.id) {
                        cache.drop_view(known.id)?;
                    }
                }
                own.into_iter()
                    .try_for_each(|own| cache.put_view(&shown(own)))
            })
            .await?;
        Ok(())
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
