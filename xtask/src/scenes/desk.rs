//! A desk at a shop full of sales, with colleagues and with a few people whose stories the pictures tell.

use std::collections::BTreeSet;

use testkit::{App, Sale, Samples, Service, Source};

use super::{World, hands};
use crate::{demo, repository::Repository};

/// Who looks after the shop beside the one at the desk.
const COLLEAGUES: [&str; 3] = [
    "Bruno Teles",
    "Larissa de Fátima Nogueira Holanda",
    "Rafael Meireles",
];

/// A sale, and what is told of it.
pub(super) type Told<'a> = (&'a Sale, fn(&Sale) -> String);

/// The app at its service, with sales that go on arriving.
pub(super) struct Desk {
    app: App,
    service: Service,
    shop: Source,
    /// The orders that were told of.
    told: BTreeSet<String>,
    _samples: Samples,
}

impl World for Desk {
    fn app(&self) -> &App {
        &self.app
    }
}

impl Desk {
    /// Starts service, sales and app, and waits until the list is full; `role` is what the one at the desk may do.
    pub(super) fn open(repository: &Repository, role: &str) -> Self {
        let (service, samples) = demo::service();
        let shop = service.kiwify();
        for colleague in COLLEAGUES {
            service.join(colleague);
        }
        let app = demo::launch(repository, &service, role).start();
        hands::wait_for_the_opening(&app);
        Self {
            app,
            service,
            shop,
            told: BTreeSet::new(),
            _samples: samples,
        }
    }

    /// Lets the shop tell of a sale.
    pub(super) fn tell(&self, body: &str) {
        self.service.tell(&self.shop, body);
    }

    /// Lets the shop tell of sales it did not tell of yet, and opens the conversation of the first one's buyer.
    pub(super) fn meet(&mut self, sales: &[Told<'_>]) {
        let Some((first, _)) = sales.first() else {
            return;
        };
        if self.told.insert(first.order.clone()) {
            for (sale, body) in sales {
                self.tell(&body(sale));
            }
        }
        hands::open(&self.app, &first.buyer);
    }

    /// Ends the service, as when the network goes.
    pub(super) fn cut_off(&mut self) {
        self.service.kill();
        self.app
            .wait_for_css("[data-testid=freshness][data-state=offline]");
    }
}
