//! The platforms' APIs as they are documented, with invented orders: what a service that reads them back is tried against.
//!
//! A [`Platform`] speaks HTTP on a port of its own and ends when it is dropped. It counts what it is asked, refuses who comes too
//! fast, and fails on demand. Its clock runs [`Plan::time_scale`] times as fast as the real one, limits and tokens with it; what
//! it tells in headers is time on its own clock.

use std::{
    net::TcpListener,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tokio::sync::oneshot;

mod cartpanda;
mod failing;
mod hotmart;
mod iset;
mod kiwify;
mod limit;
mod nuvemshop;
mod serving;
mod shop;
mod shopify;
mod wire;
mod yampi;

use failing::Faults;
use limit::Meter;
pub use shop::State;
use shop::{Order, Shop};
use wire::{Answer, Asked};

/// Says what a platform holds.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many orders there are; their last changes lie evenly between `since` and `until`, a few minutes after they were made.
    pub orders: usize,
    /// How many abandoned carts there are, spread likewise.
    pub carts: usize,
    /// When the first was changed.
    pub since: DateTime<Utc>,
    /// When the last was changed.
    pub until: DateTime<Utc>,
    /// How many times as fast as the real one the platform's clock runs.
    pub time_scale: u32,
}

impl Default for Plan {
    /// Ten orders and three carts of the last three days, on a clock a hundred times as fast.
    fn default() -> Self {
        let until = Utc::now() - TimeDelta::minutes(1);
        Self {
            orders: 10,
            carts: 3,
            since: until - TimeDelta::days(3),
            until,
            time_scale: 100,
        }
    }
}

/// Tells what a platform saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Requests in all.
    pub requests: usize,
    /// Requests that came faster than the documented limit allows.
    pub too_fast: usize,
    /// The most that ever counted against the limit at once: drops in the bucket, or requests within the window.
    pub peak: u32,
    /// What the limit is in the same measure; 0 where none is documented.
    pub allowed: u32,
    /// Sign-ins asked for.
    pub sign_ins: usize,
    /// Requests for one order, by its index.
    pub fetches: Vec<usize>,
}

/// Speaks one platform's API, statelessly: what changes is in the [`Shop`].
trait Api: Send + Sync {
    fn slug(&self) -> &'static str;

    /// Returns a meter of the documented limit.
    fn meter(&self) -> Meter;

    /// Returns the credentials that open it, by the names they are stored under.
    fn credentials(&self) -> Value;

    /// Returns the settings that lead to it, the address excepted.
    fn settings(&self) -> Value;

    /// Tells whether the request gets a token; such requests are counted apart.
    fn is_sign_in(&self, asked: &Asked) -> bool {
        let _ = asked;
        false
    }

    /// Answers one request.
    fn answer(&self, asked: &Asked, shop: &mut Shop) -> Answer;

    /// Shows an abandoned cart, where they are listed and webhooks tell of them in the same form.
    fn cart(&self, cart: &Order) -> Option<Value> {
        let _ = cart;
        None
    }

    /// Shapes the answer to a request that came too fast.
    fn too_fast(&self, wait: Duration) -> Answer;
}

struct Inner {
    shop: Shop,
    meter: Meter,
    faults: Faults,
    seen: Seen,
}

/// What the server and its owner share.
struct Shared {
    api: Box<dyn Api>,
    inner: Mutex<Inner>,
}

/// Runs one platform's API until it is dropped.
pub struct Platform {
    url: String,
    shared: Arc<Shared>,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Platform {
    /// Starts Shopify's.
    pub fn shopify(plan: Plan) -> Self {
        Self::start(Box::new(shopify::Shopify), plan)
    }

    /// Starts Yampi's.
    pub fn yampi(plan: Plan) -> Self {
        Self::start(Box::new(yampi::Yampi), plan)
    }

    /// Starts Nuvemshop's.
    pub fn nuvemshop(plan: Plan) -> Self {
        Self::start(Box::new(nuvemshop::Nuvemshop), plan)
    }

    /// Starts CartPanda's.
    pub fn cartpanda(plan: Plan) -> Self {
        Self::start(Box::new(cartpanda::Cartpanda), plan)
    }

    /// Starts Hotmart's.
    pub fn hotmart(plan: Plan) -> Self {
        Self::start(Box::new(hotmart::Hotmart), plan)
    }

    /// Starts Kiwify's.
    pub fn kiwify(plan: Plan) -> Self {
        Self::start(Box::new(kiwify::Kiwify), plan)
    }

    /// Starts iSET's.
    pub fn iset(plan: Plan) -> Self {
        Self::start(Box::new(iset::Iset), plan)
    }

    fn start(api: Box<dyn Api>, plan: Plan) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let meter = api.meter().scaled(plan.time_scale);
        let shared = Arc::new(Shared {
            inner: Mutex::new(Inner {
                seen: Seen {
                    allowed: meter.allowed(),
                    ..Seen::default()
                },
                shop: Shop::new(plan, url.clone()),
                meter,
                faults: Faults::default(),
            }),
            api,
        });
        let (end, ended) = oneshot::channel();
        let thread = serving::spawn(listener, Arc::clone(&shared), ended);
        Self {
            url,
            shared,
            end: Some(end),
            thread: Some(thread),
        }
    }

    /// Returns the word for the platform.
    pub fn slug(&self) -> &'static str {
        self.shared.api.slug()
    }

    /// Returns the address, without a path.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the credentials that open it.
    pub fn credentials(&self) -> Value {
        self.shared.api.credentials()
    }

    /// Returns the settings that lead to it, `apiBaseUrl` among them.
    pub fn settings(&self) -> Value {
        wire::joined(self.shared.api.settings(), json!({"apiBaseUrl": self.url}))
    }

    /// Returns what it saw so far.
    pub fn seen(&self) -> Seen {
        let inner = self.inner();
        Seen {
            too_fast: inner.meter.refused(),
            peak: inner.meter.peak(),
            ..inner.seen.clone()
        }
    }

    /// Returns the id of an order by its index, as the platform writes it.
    pub fn order_id(&self, index: usize) -> String {
        self.inner().shop.order(index).id_of(self.slug())
    }

    /// Returns the ids of all orders.
    pub fn order_ids(&self) -> Vec<String> {
        let inner = self.inner();
        let slug = self.slug();
        let orders = inner.shop.orders();
        orders.map(|order| order.id_of(slug)).collect()
    }

    /// Changes an order, at the time given.
    pub fn mark(&self, index: usize, state: State, at: DateTime<Utc>) {
        self.inner().shop.mark(index, state, at);
    }

    /// Answers every request with this status from now on, or as usual again.
    pub fn refuse(&self, status: Option<u16>) {
        self.inner().faults.refusing = status;
    }

    /// Answers the next requests with this status.
    pub fn fail(&self, times: usize, status: u16) {
        self.inner().faults.failing = (times, status);
    }

    /// Breaks the JSON of the next answers.
    pub fn break_json(&self, times: usize) {
        self.inner().faults.breaking = times;
    }

    /// Waits before every answer, by the real clock.
    pub fn slow_down(&self, wait: Duration) {
        self.inner().faults.waiting = wait;
    }

    /// Knows nothing of an order the next times it is fetched by its id.
    pub fn hide(&self, index: usize, times: usize) {
        self.inner().shop.hide(index, times);
    }

    /// Shows an order as it was before it was marked, the next times it is fetched by its id.
    pub fn lag(&self, index: usize, times: usize) {
        self.inner().shop.lag(index, times);
    }

    /// Forgets the tokens it gave out, so that they are refused.
    pub fn end_tokens(&self) {
        self.inner().shop.tokens.clear();
    }

    /// Returns an abandoned cart as the API lists it, by its index; null where the platform lists none.
    pub fn cart(&self, index: usize) -> Value {
        let inner = self.inner();
        let cart = inner.shop.carts().nth(index);
        cart.and_then(|cart| self.shared.api.cart(&cart))
            .unwrap_or_default()
    }

    /// Returns the webhooks that are registered, as the API shows them.
    pub fn registered(&self) -> Vec<Value> {
        self.inner().shop.hooks.clone()
    }

    /// Registers webhooks of others, so many that ours is not on the first page of them.
    pub fn crowd(&self, count: usize) {
        let mut inner = self.inner();
        let crowd = (0..count).map(|number| {
            json!({
                "id": format!("alheio{number}"), "name": "Outro", "url": format!("https://outro.example.com/{number}"),
                "events": ["order.paid"], "triggers": ["compra_aprovada"], "token": "outro", "products": "all",
            })
        });
        let hooks: Vec<Value> = crowd.collect();
        inner.shop.hooks.splice(0..0, hooks);
    }

    /// Shows a webhook's secret only when it is made.
    pub fn hide_secrets(&self) {
        self.inner().shop.hides_secrets = true;
    }

    /// Refuses what only apps for payments may read, as Nuvemshop does an order's transactions.
    pub fn hide_payments(&self) {
        self.inner().shop.hides_payments = true;
    }

    /// Loses a part of what is registered, as a platform does whose webhooks failed for too long.
    pub fn lose_events(&self) {
        let mut inner = self.inner();
        let hooks = &mut inner.shop.hooks;
        hooks.truncate(1);
        for list in ["events", "triggers"] {
            let found = hooks.iter_mut().filter_map(|hook| hook.get_mut(list));
            for list in found.filter_map(Value::as_array_mut) {
                list.truncate(1);
            }
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.shared.inner()
    }
}

impl Shared {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            let _ = end.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for Platform {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Platform({} at {})", self.slug(), self.url)
    }
}

#[cfg(test)]
mod tests;
