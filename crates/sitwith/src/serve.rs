//! `sitwith serve`: opens the home, prints its address, and serves it until a signal stops it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sitwith_app::home::Home;
use sitwith_app::jobs;
use sitwith_app::settings_store::InitialSettings;
use sitwith_app::{keeper, media};
use sitwith_core::time::Span;
use sitwith_store::{ServingLease, ServingNo};
use sitwith_web::router::build_router;
use sitwith_web::serve as web;
use sitwith_web::state::{ServingOptions, WebState};
use sitwith_wire::clock::Clock;
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use crate::command::ServeFlags;
use crate::config::{Config, FatalError};
use crate::media::print_media_addrs;
use crate::open::{OpenedHome, open_home, startup_error};
use crate::stop::StopSignal;
use crate::terminal;

/// Name of a home until its keeper sets one.
const DEFAULT_HOME_NAME: &str = "Our home";
/// Time zone of a home until its keeper sets one.
const DEFAULT_ZONE: &str = "UTC";
/// Pause before the jobs restart after a panic.
const JOBS_RESTART_PAUSE: Span = Span::from_secs(5);
/// Interval of the checks that this process still holds the right to serve its database.
const CHECK_LEASE_EVERY: Span = Span::from_secs(5);

/// Opens the home and serves it until a signal stops it.
pub(crate) async fn serve_home(config: Config, ways: ServeFlags) -> Result<(), FatalError> {
    let stop = StopSignal::listen()?;
    let (listener, port) = bind_listener(&config)?;
    let address = config.listen.public_address_at(port);
    let start = InitialSettings { name: DEFAULT_HOME_NAME, zone: DEFAULT_ZONE, address: &address };
    let opened = open_home(&config, &start, port, clock_offset(ways)).await?;
    let home = &opened.home;
    terminal::print_line(&format!("Sitwith {}", env!("CARGO_PKG_VERSION")));
    terminal::print_line(&format!("home    {}", config.home.folder.display()));
    terminal::print_line(&format!("open at http://{}", format_listen_addr(&listener, &config)));
    print_media_addrs(&home.media);
    terminal::print_line(&format!("people  {} may sit at once", home.limits.sitters_max));
    if let Some(token) = keeper::renew_set_up_token(home).await.map_err(startup_error)? {
        terminal::print_line("");
        terminal::print_line("Nobody has set this home up yet. The keeper opens this link, once:");
        terminal::print_line(&format!("set-up  {address}/setup/{token}"));
    }
    run_home(opened, listener, build_manner(&config, ways), stop).await
}

/// Returns the initial offset of the clock; zero except in tests.
pub(crate) fn clock_offset(ways: ServeFlags) -> Span {
    Span::from_ms(ways.test_clock.unwrap_or(0).into())
}

/// Returns the options of the web server.
pub(crate) fn build_manner(config: &Config, ways: ServeFlags) -> ServingOptions {
    ServingOptions {
        trusted_proxies: config.listen.trusted_proxies.clone(),
        demo: false,
        clock_by_hand: ways.test_clock.is_some(),
    }
}

/// Binds the listen address of the settings. Returns the listener and the port it got.
pub(crate) fn bind_listener(config: &Config) -> Result<(TcpListener, u16), FatalError> {
    let socket = config.listen.socket_addr();
    let listener = web::bind_listener(socket)
        .map_err(|error| FatalError(format!("{socket} cannot be listened on: {error}")))?;
    let port = listener.local_addr().map_or(socket.port(), |address| address.port());
    Ok((listener, port))
}

fn format_listen_addr(listener: &TcpListener, config: &Config) -> String {
    let address = listener.local_addr().unwrap_or_else(|_unknown| config.listen.socket_addr());
    address.to_string()
}

/// Serves an open home until a signal stops it or its right to serve is lost, then shuts down
/// gracefully.
pub(crate) async fn run_home(
    opened: OpenedHome,
    listener: TcpListener,
    manner: ServingOptions,
    stop: StopSignal,
) -> Result<(), FatalError> {
    let home = &opened.home;
    let serving = Arc::new(Mutex::new(opened.serving));
    let lost = watch_lease(Arc::clone(&serving), home.clock.clone());
    let (is_lost, stops) = (Arc::new(AtomicBool::new(false)), stop.wait());
    let asked = {
        let is_lost = Arc::clone(&is_lost);
        async move {
            tokio::select! {
                () = stops => {}
                () = lost => is_lost.store(true, Ordering::Relaxed),
            }
        }
    };
    let state = WebState { home: home.clone(), options: Arc::new(manner) };
    let jobs = tokio::spawn(keep_jobs_running(home.clone()));
    if let Some(told) = opened.media_events {
        // The task ends with the media server.
        drop(tokio::spawn(media::forward_media_events(home.live.clone(), told)));
    }
    let served = web::serve_home(listener, build_router(state), home.clone(), asked).await;
    jobs.abort();
    home.media.stop();
    home.store.close().await;
    drop(serving);
    tracing::info!("closed");
    if is_lost.load(Ordering::Relaxed) {
        let words = "Another sitwith took over this home's database while its server was away.";
        return Err(FatalError(words.to_owned()));
    }
    served.map_err(|error| FatalError(format!("serving ended: {error}")))
}

/// Returns when another process has acquired the right to serve the database. When only the
/// connection that holds the right was cut, acquires it again: a restart of the database server
/// does not stop the home.
async fn watch_lease(serving: Arc<Mutex<ServingLease>>, clock: Clock) {
    loop {
        clock.sleep(CHECK_LEASE_EVERY).await;
        match serving.lock().await.ensure_held().await {
            Ok(()) => {}
            Err(ServingNo::Taken) => {
                tracing::error!("another sitwith serves this home's database: stopping");
                return;
            }
            Err(ServingNo::Broken(broken)) => {
                tracing::warn!("the right to serve was not checked: {}", broken.chain());
            }
        }
    }
}

/// Runs the jobs, and restarts them after a panic. Never returns.
async fn keep_jobs_running(home: Home) {
    loop {
        let jobs = tokio::spawn({
            let home = home.clone();
            async move { jobs::run_jobs(&home).await }
        });
        if let Err(fell) = jobs.await {
            tracing::error!("the jobs fell over and begin again: {fell}");
        }
        home.clock.sleep(JOBS_RESTART_PAUSE).await;
    }
}
