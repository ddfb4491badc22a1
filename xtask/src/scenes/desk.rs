//! A desk at a shop full of sales, with colleagues and with a few people whose stories the pictures tell.

use std::{collections::BTreeSet, fs};

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
    /// The token of the first colleague.
    colleague: String,
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
        let [first, others @ ..] = COLLEAGUES;
        let colleague = service.join(first);
        for other in others {
            service.join(other);
        }
        let app = demo::launch(repository, &service, role).start();
        hands::wait_for_the_opening(&app);
        Self {
            app,
            service,
            shop,
            colleague,
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

    /// Lets the service come back, on the same address.
    pub(super) fn come_back(&mut self) {
        self.service.start_again();
        self.app
            .wait_for_css("[data-testid=freshness][data-state=live]");
    }

    /// Ends the service and returns while nobody is worried yet.
    pub(super) fn lose(&mut self) {
        self.service.kill();
        self.app
            .wait_for_css("[data-testid=freshness][data-state=reconnecting]");
    }

    /// Takes the open conversation while nobody can be told, which a colleague took meanwhile.
    pub(super) fn come_too_late(&mut self) {
        let id = self.app.attribute("conversation", "data-id");
        let id = id.unwrap_or_default();
        self.cut_off();
        self.app.press("c");
        self.app
            .wait_for_css("[data-testid=owner][data-pending=true]");
        let colleague = &self.colleague;
        self.service
            .elsewhere(|service| service.claim(colleague, &id));
        self.app
            .wait_for_css("[data-testid=owner][data-mine=false][data-pending=false]");
    }

    /// Starts the app without what it had read, at a service that takes its time.
    pub(super) fn begin_anew(&mut self) {
        self.service.halt();
        self.app.restart_after(|folder| {
            for ending in ["", "-wal", "-shm"] {
                // Some of them may not be there.
                let _ = fs::remove_file(folder.join(format!("cache.db{ending}")));
            }
        });
    }
}
