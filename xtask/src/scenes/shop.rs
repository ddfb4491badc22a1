//! One source whose platform answers: what it sent, what we answered, and its history read back.

use serde_json::json;
use testkit::{
    App, Sale, Service, Source,
    platforms::{Plan, Platform},
    post,
};

use super::{ONE, Scene, USUAL, World, hands};
use crate::{demo, repository::Repository};

/// How many sales the platform has kept.
const SALES: usize = 230;
const SECRET: &str = "segredo-da-plataforma";

/// The app of an admin, a service, and the platform of its only source.
pub(super) struct Shop {
    app: App,
    _service: Service,
    _platform: Platform,
}

impl World for Shop {
    fn app(&self) -> &App {
        &self.app
    }
}

pub(super) const SCENES: &[Scene<Shop>] = &[
    Scene {
        name: "source",
        looks: ONE,
        size: USUAL,
        go: |shop| {
            shop.open("overview");
            shop.app.click("probe");
            shop.app
                .wait_for_css("[data-testid=tile-accepted]:not(:empty)");
        },
    },
    Scene {
        name: "deliveries",
        looks: ONE,
        size: USUAL,
        go: |shop| {
            shop.open("deliveries");
            let first = "[data-testid=deliveries] [data-testid=delivery]";
            hands::click_css(&shop.app, first);
            shop.app.wait_for("payload");
        },
    },
    Scene {
        name: "history",
        looks: ONE,
        size: USUAL,
        go: |shop| {
            shop.open("history");
            shop.app.click("sync");
            shop.app
                .wait_for_css("[data-testid=job][data-kind=sync][data-state=done]");
        },
    },
];

pub(super) fn open(repository: &Repository) -> Shop {
    let platform = Platform::kiwify(Plan {
        orders: SALES,
        ..Plan::default()
    });
    let service = Service::start_beside_platforms("Doces do Vale");
    let made = service.integrate(&json!({
        "slug": "kiwify", "provider": "kiwify", "name": "Loja principal", "active": true,
        "secrets": [SECRET], "credentials": platform.credentials(), "settings": platform.settings(),
    }));
    let address = made["webhookUrl"].as_str().unwrap_or_default().to_owned();
    let app = demo::launch(repository, &service, "admin").start();
    app.wait_for("freshness");
    let_things_happen(&address);
    Shop {
        app,
        _service: service,
        _platform: platform,
    }
}

/// Sales, one of them told twice, and somebody who does not know the secret.
fn let_things_happen(address: &str) {
    let source = Source::at(address, SECRET);
    for number in 1..=6 {
        let sale = Sale::new(number);
        source.tell(&sale.pix_created());
        if number % 2 == 0 {
            source.tell(&sale.approved());
        }
    }
    source.post(&Sale::new(1).pix_created());
    post(address, &Sale::new(9).pix_created());
}

impl Shop {
    fn open(&self, tab: &str) {
        self.app.wait_for("freshness");
        self.app.press("s");
        self.app.click("source");
        self.app.click(&format!("tab-{tab}"));
    }
}
