//! The cache as its readers see it: what is listed where, what is found, what survives.

use contract::{Action, CommandId, ConversationId, Stage};
use tempfile::TempDir;

use super::{ApplyError, Cache, Holder, Opened, Overlay, Pending, ReadMark, Refill};
use crate::asking::SearchAsked;
use crate::view::{PageAsked, Row, View};
use feed::{Feed, conversation, member, minute};

mod bumps;
mod carts;
mod counts;
mod desk;
mod due;
mod erasing;
mod faults;
mod feed;
mod histories;
mod lists;
mod people;
mod plans;
mod searches;
mod shared;
mod steps;
mod talks;

/// A cache in a folder of its own, with a feed to fill it from.
struct World {
    folder: TempDir,
    cache: Cache,
}

impl World {
    /// Opens an empty cache at minute 0.
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let opened = open(&folder);
        assert_eq!(opened.refill, Some(Refill::New));
        Self {
            folder,
            cache: opened.cache,
        }
    }

    /// Opens a cache that holds a whole feed, judged at a minute.
    fn of(feed: &Feed, minutes: i64) -> Self {
        let mut world = Self::new();
        world.begin(feed);
        world.sweep(minutes);
        world
    }

    fn begin(&mut self, feed: &Feed) {
        self.cache
            .begin(&feed.page(1, feed.head()))
            .expect("the page fits");
        self.index();
    }

    /// Applies what the feed has that the cache has not.
    fn follow(&mut self, feed: &Feed) -> super::Applied {
        let new = feed.page(self.cache.cursor().head + 1, feed.head());
        self.cache
            .apply(&feed.epoch, &new.entries)
            .expect("the entries follow")
    }

    fn sweep(&mut self, minutes: i64) {
        while self.cache.sweep(minute(minutes)).expect("a sweep").more {}
    }

    fn index(&mut self) {
        while self.cache.settle(100).expect("an index").more {}
    }

    fn list(&self, view: View) -> Vec<Row> {
        self.page(view, None, 200, &nobody()).rows
    }

    fn ids(&self, view: View) -> Vec<ConversationId> {
        self.list(view).iter().map(|row| row.id).collect()
    }

    fn page(
        &self,
        view: View,
        after: Option<String>,
        limit: u32,
        overlay: &Overlay,
    ) -> crate::view::RowPage {
        let asked = PageAsked {
            saved: None,
            filter: contract::Filter::default(),
            view,
            after,
            limit,
        };
        self.cache
            .views()
            .list_page(&asked, overlay)
            .expect("a page")
    }

    fn count(&self, view: View, overlay: &Overlay) -> u64 {
        let counters = self.cache.views().counters(overlay).expect("counters");
        let mut counts = counters.views.iter().filter(|count| count.view == view);
        counts.next().expect("every view is counted").count
    }

    fn path(&self) -> std::path::PathBuf {
        path(&self.folder)
    }
}

fn path(folder: &TempDir) -> std::path::PathBuf {
    folder.path().join("cache.db")
}

/// Ana's eyes.
fn holder() -> Holder {
    Holder {
        member: member(0).id,
        read_until: 0,
    }
}

fn open(folder: &TempDir) -> Opened {
    Cache::open(&path(folder), holder(), minute(0)).expect("a cache")
}

fn asked(typed: &str, limit: u32) -> SearchAsked {
    SearchAsked {
        text: typed.to_owned(),
        filter: contract::Filter::default(),
        limit,
    }
}

/// Nothing pending, seen by Ana.
fn nobody() -> Overlay {
    Overlay {
        me: member(0),
        pending: Vec::new(),
    }
}

/// One action of Ana's that the feed has not shown.
fn pending(id: ConversationId, action: Action) -> Overlay {
    Overlay {
        me: member(0),
        pending: vec![Pending {
            id: CommandId::new(9, [9; 10]),
            conversation_id: id,
            made_at: minute(5),
            action,
        }],
    }
}
