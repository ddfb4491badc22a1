//! What the desktop's cache bears: applying the feed, opening lists and conversations, searching, at two sizes.

use std::path::Path;
use std::time::{Duration, Instant};

use contract::{Actor, Filter, MemberId, Period, StageGroup};
use inbox::asking::SearchAsked;
use inbox::cache::{Cache, Holder, Overlay, Views};
use inbox::view::{PageAsked, View};

use crate::history::History;
use crate::report::{Figure, Report, Spread};
use crate::torture::Dice;

const PAGE: usize = 5_000;

/// Says how large a cache is to be.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Goes into the figures' names.
    pub name: &'static str,
    /// People.
    pub conversations: u64,
    /// Events.
    pub events: usize,
}

/// What a busy team gathers in a year.
pub const USUAL: Size = Size {
    name: "20k",
    conversations: 20_000,
    events: 500_000,
};
/// Fifty such teams in one.
pub const LARGE: Size = Size {
    name: "1m",
    conversations: 1_000_000,
    events: 5_000_000,
};

/// Fills a cache of that size and measures it.
///
/// # Errors
/// When the cache cannot be written.
///
/// # Panics
/// When a figure's count does not fit a float, which takes 2^52.
pub fn run(report: &mut Report, folder: &Path, size: Size) -> anyhow::Result<()> {
    let mut history = History::about(size.conversations);
    let mut cache = fill(report, folder, size, &mut history)?;
    while cache.settle(5_000)?.more {}
    while cache.sweep(history.now())?.more {}
    cache.tend()?;
    let views = cache.views();
    let overlay = Overlay {
        me: me(),
        pending: Vec::new(),
    };
    // The first look opens the connection and faults the file in; the figure is for the working day after it.
    pages(&views, &overlay)?;
    let pages = pages(&views, &overlay)?;
    let name = |figure: &str| format!("cache.{figure}_{}", size.name);
    let met = pages.millis(0.99) <= 0.3;
    report.add(
        &name("page"),
        Figure::latency(&pages).aiming("p99 at most 0.3 ms", met),
    );
    let narrowed = narrowed(&views, &overlay)?;
    report.add(&name("narrow"), Figure::latency(&narrowed));
    let opened = conversations(&views, &overlay, size, history.now())?;
    report.add(&name("open"), Figure::latency(&opened));
    let found = searches(&views, &overlay)?;
    report.add(
        &name("search"),
        Figure::latency(&found).aiming("p99 at most 3 ms", found.millis(0.99) <= 3.0),
    );
    let live = live(&mut cache, &mut history)?;
    report.add(&name("live_entry"), Figure::latency(&live));
    cache.close()?;
    Ok(())
}

/// Fills the cache of a data folder, as a long used desk has it, and returns the newest entry's time.
///
/// # Errors
/// When the cache cannot be written.
pub fn prefill(path: &Path, holder: Holder, size: Size) -> anyhow::Result<History> {
    let mut history = History::about(size.conversations);
    let mut cache = Cache::open(path, holder, history.now())?.cache;
    apply_all(&mut cache, &mut history, size.events)?;
    while cache.settle(5_000)?.more {}
    while cache.sweep(history.now())?.more {}
    cache.close()?;
    Ok(history)
}

fn fill(
    report: &mut Report,
    folder: &Path,
    size: Size,
    history: &mut History,
) -> anyhow::Result<Cache> {
    let holder = Holder {
        member: me().id,
        read_until: 0,
    };
    let path = folder.join(format!("{}.db", size.name));
    let mut cache = Cache::open(&path, holder, history.now())?.cache;
    let mut taken = apply_all(&mut cache, history, size.events)?;
    let started = Instant::now();
    while cache.settle(5_000)?.more {}
    taken += started.elapsed();
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let rate = size.events as f64 / taken.as_secs_f64();
    let aim = "at least 30,000 entries/s with the search index";
    report.add(
        &format!("cache.apply_{}", size.name),
        Figure::new(rate, "entr./s").aiming(aim, rate >= 30_000.0),
    );
    Ok(cache)
}

/// Applies so many entries; returns the time spent in the cache, without the making of the entries.
fn apply_all(cache: &mut Cache, history: &mut History, entries: usize) -> anyhow::Result<Duration> {
    let mut taken = Duration::ZERO;
    for _ in 0..entries / PAGE {
        let page = history.page(PAGE);
        let started = Instant::now();
        if cache.cursor().epoch.is_none() {
            cache.begin(&page)?;
        } else {
            cache.apply(&page.epoch, &page.entries)?;
        }
        taken += started.elapsed();
    }
    Ok(taken)
}

fn pages(views: &Views, overlay: &Overlay) -> anyhow::Result<Spread> {
    let mut spread = Spread::default();
    for view in [
        View::Due,
        View::All,
        View::Unassigned,
        View::Approved,
        View::Cart,
        View::Refund,
    ] {
        let mut after = None;
        for _ in 0..60 {
            let asked = PageAsked {
                saved: None,
                filter: contract::Filter::default(),
                view,
                after: after.clone(),
                limit: 50,
            };
            let started = Instant::now();
            let page = views.list_page(&asked, overlay)?;
            spread.add(started.elapsed());
            after = page.next;
        }
    }
    Ok(spread)
}

/// Narrows lists by what was typed just now: the page and the count of each.
fn narrowed(views: &Views, overlay: &Overlay) -> anyhow::Result<Spread> {
    let filters = [
        Filter {
            stages: vec![StageGroup::Pix, StageGroup::Cart],
            ..Filter::default()
        },
        Filter {
            amount_from: Some(50_000),
            period: Some(Period::Days { count: 7 }),
            ..Filter::default()
        },
        Filter {
            platforms: vec!["kiwify".to_owned()],
            ends_within: Some(60),
            ..Filter::default()
        },
    ];
    let mut spread = Spread::default();
    for _ in 0..10 {
        for view in [View::All, View::Due, View::Approved] {
            for filter in &filters {
                let asked = PageAsked {
                    saved: None,
                    filter: filter.clone(),
                    view,
                    after: None,
                    limit: 50,
                };
                let started = Instant::now();
                views.list_page(&asked, overlay)?;
                spread.add(started.elapsed());
            }
        }
    }
    Ok(spread)
}

fn conversations(views: &Views, overlay: &Overlay, size: Size, now: i64) -> anyhow::Result<Spread> {
    let mut spread = Spread::default();
    let mut dice = Dice(3);
    for _ in 0..500 {
        let id = History::conversation(dice.below(size.conversations));
        let started = Instant::now();
        views.conversation(id, now, overlay)?;
        spread.add(started.elapsed());
    }
    Ok(spread)
}

fn searches(views: &Views, overlay: &Overlay) -> anyhow::Result<Spread> {
    let asked = [
        "mariana",
        "promocao",
        "curso confeitaria",
        "gonçalves",
        "ma",
        "pessoa123@example.com",
        "11900000123",
        "conceicao assuncao",
        "kit marmitas",
        "otavio barreto",
        "123-4",
        "zzzz",
    ];
    let mut spread = Spread::default();
    for _ in 0..40 {
        for text in asked {
            let looked = SearchAsked {
                text: text.to_owned(),
                filter: Filter::default(),
                limit: 50,
            };
            let started = Instant::now();
            views.search(&looked, overlay)?;
            spread.add(started.elapsed());
        }
    }
    Ok(spread)
}

fn live(cache: &mut Cache, history: &mut History) -> anyhow::Result<Spread> {
    let mut spread = Spread::default();
    for _ in 0..300 {
        let page = history.page(1);
        let started = Instant::now();
        cache.apply(&page.epoch, &page.entries)?;
        spread.add(started.elapsed());
    }
    Ok(spread)
}

fn me() -> Actor {
    Actor {
        id: MemberId::from_u128(1),
        name: "Larissa".to_owned(),
    }
}
