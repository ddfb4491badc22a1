//! The service killed in the middle of reading back: it goes on where it was, keeps the platform's limit, and counts nothing twice.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use ingest::Config;
use ingest::store::World;
use serde_json::{Value, json};
use testkit::platforms::{Plan, Platform};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::reading_back::{Hasty, integration};

const FOLDER: &str = "BALCAO_KILLED_FOLDER";

/// A service in a process of its own.
struct Killable {
    child: Child,
    /// Kept open: what runs for long says so there, and ends where nobody could read it.
    _out: BufReader<ChildStdout>,
    base: String,
    token: String,
    client: reqwest::Client,
}

impl Killable {
    fn start(folder: &Path) -> Self {
        let program = std::env::current_exe().unwrap();
        let mut child = Command::new(program)
            .args([
                "--exact",
                "sync_kills::serves_until_killed",
                "--ignored",
                "--nocapture",
                "--quiet",
            ])
            .env(FOLDER, folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let told = out
            .by_ref()
            .lines()
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("serving ")?.1.to_owned()))
            .expect("it says where");
        let (base, token) = told.split_once(' ').unwrap();
        Self {
            child,
            _out: out,
            base: base.to_owned(),
            token: token.to_owned(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    /// Ends the process at once, as a power cut would.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    async fn ask(&self, path: &str, body: Option<&Value>) -> Value {
        let url = format!("{}{path}", self.base);
        let request = match body {
            Some(body) => self.client.post(url).json(body),
            None => self.client.get(url),
        };
        let answer = request.bearer_auth(&self.token).send().await.unwrap();
        let answer = answer.error_for_status().unwrap();
        answer.json().await.unwrap()
    }

    async fn until(&self, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + Duration::from_secs(240);
        loop {
            let job = self.ask(&format!("/api/v1/jobs/{id}"), None).await;
            if wanted(&job) {
                return job;
            }
            assert!(Instant::now() < end, "never: {job}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn sync(&self) -> String {
        let since = Utc::now() - TimeDelta::days(5);
        let body = json!({"integration": "loja", "since": since});
        let job = self.ask("/api/v1/integrations/sync", Some(&body)).await;
        job["id"].as_str().unwrap().to_owned()
    }

    /// Returns the orders told of, and the newest entry's number.
    async fn told(&self) -> (BTreeSet<String>, u64) {
        let (mut ids, mut after) = (BTreeSet::new(), 0);
        loop {
            let path = format!("/api/v1/feed/entries?after={after}&limit=1000");
            let page = self.ask(&path, None).await;
            for entry in page["entries"].as_array().unwrap() {
                let id = entry["body"]["externalId"].as_str();
                ids.extend(id.map(str::to_owned));
            }
            match page["nextAfter"].as_u64() {
                Some(next) => after = next,
                None => return (ids, page["head"].as_u64().unwrap()),
            }
        }
    }
}

impl Drop for Killable {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Ten thousand orders, and some carts where the platform lists them, each test with a platform of its own.
macro_rules! survives {
    ($($platform:ident: $carts:literal),+ $(,)?) => {
        $(
            #[tokio::test]
            async fn $platform() {
                let plan = Plan {
                    orders: ORDERS,
                    carts: $carts,
                    ..Plan::default()
                };
                goes_on(&Platform::$platform(plan), ORDERS + $carts).await;
            }
        )+
    };
}

const ORDERS: usize = 10_000;

mod killed_in_the_middle_it_goes_on_and_counts_nothing_twice {
    use super::{ORDERS, Plan, Platform, goes_on};

    survives! {
        shopify: 40, nuvemshop: 40, yampi: 40, cartpanda: 40, hotmart: 0, kiwify: 0, iset: 0,
    }
}

/// Reads all of a platform's records while the service is killed again and again, and then once more: all are told of, none
/// twice, and the platform never sees more requests than it allows, restarts included.
async fn goes_on(platform: &Platform, records: usize) {
    platform.slow_down(Duration::from_millis(5));
    let folder = tempfile::tempdir().unwrap();
    let mut service = Killable::start(folder.path());
    let made = integration(platform, json!({}));
    service.ask("/api/v1/integrations", Some(&made)).await;
    let id = service.sync().await;
    for read in [1_500, 4_500, 8_000] {
        let so_far = |job: &Value| job["progress"]["read"].as_u64() >= Some(read);
        let job = service.until(&id, so_far).await;
        assert_eq!(job["state"], "running", "it was killed too late: {job}");
        service.kill();
        service = Killable::start(folder.path());
    }
    let done = service.until(&id, |job| job["state"] == "done").await;
    assert_eq!(done["progress"]["read"], records, "{done}");
    assert_eq!(done["progress"]["accepted"], records, "{done}");
    let (told, head) = service.told().await;
    for order in platform.order_ids() {
        assert!(told.contains(&order), "{order} is missing");
    }
    let again = service.sync().await;
    let done = service.until(&again, |job| job["state"] == "done").await;
    assert_eq!(done["progress"]["duplicate"], records, "{done}");
    assert_eq!(service.told().await.1, head);
    let seen = platform.seen();
    assert_eq!(seen.too_fast, 0, "{seen:?}");
    assert!(seen.peak <= seen.allowed, "{seen:?}");
    assert!(
        seen.peak > 0 || seen.allowed == 0,
        "nothing was counted: {seen:?}"
    );
}

/// Serves a folder, says where, and ends when it is killed.
#[tokio::test]
#[ignore = "run by the test that kills it"]
async fn serves_until_killed() {
    let folder = std::env::var(FOLDER).expect("run by the test that kills it");
    let config = Config {
        database: format!("sqlite://{folder}/balcao.db"),
        allow_private_hosts: true,
        ..Config::default()
    };
    let world: Arc<dyn World> = Hasty::new();
    let store = ingest::open_store(&config, None, &world).unwrap();
    let admin = ingest::first_admin(&*store, &*world, "Equipe", "Ada", "teste")
        .await
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stop = CancellationToken::new();
    let serving = ingest::serve(listener, store, config, world, stop).unwrap();
    let told = format!("serving {} {}\n", serving.base_url(), admin.token);
    let mut out = std::io::stdout().lock();
    out.write_all(told.as_bytes()).unwrap();
    out.flush().unwrap();
    drop(out);
    serving.finished().await.unwrap();
}
