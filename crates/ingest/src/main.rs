//! `balcao-ingest`: runs the service, and does what an operator needs beside it.

use std::io::Write;
use std::net::TcpListener as StdListener;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use ingest::config::{Config, DEFAULTS};
use ingest::sample_sales::{self, SampleSales};
use ingest::store::{System, World};
use tokio_util::sync::CancellationToken;

/// Requests are many small allocations on several threads, which the system's allocator makes wait for each other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The key that seals stored secrets, where it does not lie in its file, and the one to take its place.
const MASTER_KEY: &str = "BALCAO_MASTER_KEY";
const NEW_MASTER_KEY: &str = "BALCAO_NEW_MASTER_KEY";

/// Takes webhooks of sales platforms and publishes one ordered feed per workspace.
#[derive(Parser)]
#[command(name = "balcao-ingest", version)]
struct Arguments {
    /// File with settings; see `balcao-ingest config`.
    #[arg(long, global = true, env = "BALCAO_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the service until it is told to stop.
    Serve,
    /// Prints a first admin's token for a workspace, which is made when it is missing.
    AdminToken {
        /// The workspace's name.
        #[arg(long, value_name = "NAME")]
        workspace: String,
        /// The admin's name, as colleagues see it.
        #[arg(long, value_name = "NAME", default_value = "Admin")]
        name: String,
    },
    /// Starts a new epoch: to be done once after the database was restored from a backup.
    NewEpoch,
    /// Seals the stored secrets with a new key; may be run beside a running service, and again when it was broken off.
    ///
    /// The key in the file beside the database is replaced. A key given by `BALCAO_MASTER_KEY` is replaced by that in
    /// `BALCAO_NEW_MASTER_KEY` while the service is stopped.
    RotateKey,
    /// Prints every setting with its default.
    Config,
    /// Prints the description of the HTTP interface, OpenAPI 3.1.
    Openapi,
    /// Sends invented sales to a running service, signed as the platforms sign theirs.
    SampleSales(SampleArguments),
}

#[derive(clap::Args)]
struct SampleArguments {
    /// The service's address.
    #[arg(long, value_name = "URL")]
    to: String,
    /// An admin's token.
    #[arg(
        long,
        env = "BALCAO_ADMIN_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    admin_token: String,
    /// Requests a minute.
    #[arg(long, default_value_t = 30, value_name = "N")]
    rate: u32,
    /// Requests sent at once in the beginning.
    #[arg(long, default_value_t = 0, value_name = "N")]
    opening: u32,
    /// How many requests; without it, until stopped.
    #[arg(long, value_name = "N")]
    count: Option<u64>,
    /// As fast as answers come.
    #[arg(long)]
    burst: bool,
    /// The same seed tells the same stories.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    ingest::dumps::forbid().context("forbidding core files")?;
    match &arguments.command {
        Command::Config => return print(DEFAULTS),
        Command::Openapi => return print(ingest::openapi_document()),
        _ => {}
    }
    let config = Config::load(arguments.config.as_deref(), std::env::vars())?;
    ingest::logging::start(&config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(run(arguments.command, config))
}

async fn run(command: Command, config: Config) -> anyhow::Result<()> {
    let stop = stop_on_signal()?;
    match command {
        Command::Serve => serve(config, stop).await,
        Command::AdminToken { workspace, name } => admin_token(&config, &workspace, &name).await,
        Command::NewEpoch => new_epoch(&config).await,
        Command::RotateKey => rotate_key(&config),
        Command::SampleSales(arguments) => sample_sales(arguments, &stop).await,
        Command::Config | Command::Openapi => Ok(()),
    }
}

fn world() -> Arc<dyn World> {
    Arc::new(System)
}

fn open(config: &Config, world: &Arc<dyn World>) -> anyhow::Result<Arc<dyn ingest::store::Store>> {
    let key = std::env::var(MASTER_KEY).ok();
    ingest::open_store(config, key.as_deref(), world)
        .with_context(|| format!("opening {}", config.database))
}

async fn serve(config: Config, stop: CancellationToken) -> anyhow::Result<()> {
    let world = world();
    // Before the store, so that a second service on the same address leaves the database alone.
    let listener =
        StdListener::bind(config.bind).with_context(|| format!("listening on {}", config.bind))?;
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let store = open(&config, &world)?;
    let serving = ingest::serve(listener, store, config, world, stop)?;
    serving.finished().await?;
    Ok(())
}

async fn admin_token(config: &Config, workspace: &str, name: &str) -> anyhow::Result<()> {
    let world = world();
    let store = open(config, &world)?;
    let admin = ingest::first_admin(
        &*store,
        &*world,
        workspace,
        name,
        "balcao-ingest admin-token",
    )
    .await?;
    store.close().await;
    print(&format!("{}\n", admin.token))
}

async fn new_epoch(config: &Config) -> anyhow::Result<()> {
    let store = open(config, &world())?;
    let epoch = store.new_epoch().await?;
    store.close().await;
    print(&format!("{epoch}\n"))
}

fn rotate_key(config: &Config) -> anyhow::Result<()> {
    let key = |name: &str| std::env::var(name).ok();
    let (old, new) = (key(MASTER_KEY), key(NEW_MASTER_KEY));
    let sealed = ingest::rotate_key(config, old.as_deref(), new.as_deref(), &world())
        .with_context(|| format!("changing the key of {}", config.database))?;
    let next = match new {
        Some(_) => "give the service the new key from now on",
        None => "the key file holds the new key only",
    };
    print(&format!("{sealed} records sealed anew; {next}\n"))
}

async fn sample_sales(arguments: SampleArguments, stop: &CancellationToken) -> anyhow::Result<()> {
    let order = SampleSales {
        to: arguments.to,
        admin_token: arguments.admin_token,
        per_minute: arguments.rate,
        opening: arguments.opening,
        count: arguments.count,
        burst: arguments.burst,
        seed: arguments.seed,
    };
    let quiet = arguments.burst;
    let summary = sample_sales::send(&order, stop, |answer| {
        if !quiet || !answer.is_taken() {
            let (stage, status) = (answer.stage.as_str(), answer.status);
            // A closed pipe is no reason to stop.
            let _ = writeln!(
                std::io::stdout(),
                "{} {stage}: {status} {}",
                answer.provider,
                answer.result
            );
        }
    })
    .await?;
    print(&format!(
        "{} taken, {} refused\n",
        summary.taken, summary.refused
    ))
}

fn print(text: &str) -> anyhow::Result<()> {
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

/// Cancels its token on Ctrl-C and, where there is one, on the signal to terminate.
fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let told = stop.clone();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            told.cancel();
        });
    }
    #[cfg(not(unix))]
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            told.cancel();
        }
    });
    Ok(stop)
}
