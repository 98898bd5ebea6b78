//! `sitwith serve`: opens the home, prints its address, and serves it until a signal stops it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sitwith_app::home::Home;
use sitwith_app::jobs;
use sitwith_app::settings_store::Start;
use sitwith_app::{keeper, media};
use sitwith_core::time::Span;
use sitwith_store::{Serving, ServingNo};
use sitwith_web::router::router;
use sitwith_web::serve as web;
use sitwith_web::state::{Manner, State};
use sitwith_wire::clock::Clock;
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use crate::command::Ways;
use crate::config::{Config, Wrong};
use crate::media::say_where;
use crate::open::{Opened, open, said};
use crate::say;
use crate::stop::Stop;

/// Name of a home until its keeper sets one.
const NAME: &str = "Our home";
/// Time zone of a home until its keeper sets one.
const ZONE: &str = "UTC";
/// Pause before the jobs restart after a panic.
const AFTER_A_FALL: Span = Span::from_secs(5);
/// Interval of the checks that this process still holds the right to serve its database.
const CHECK_SERVING_EVERY: Span = Span::from_secs(5);

/// Opens the home and serves it until a signal stops it.
pub(crate) async fn serve(config: Config, ways: Ways) -> Result<(), Wrong> {
    let stop = Stop::listen()?;
    let (listener, port) = listen(&config)?;
    let address = config.listen.address_at(port);
    let start = Start { name: NAME, zone: ZONE, address: &address };
    let opened = open(&config, &start, port, ahead(ways)).await?;
    let home = &opened.home;
    say::line(&format!("Sitwith {}", env!("CARGO_PKG_VERSION")));
    say::line(&format!("home    {}", config.home.folder.display()));
    say::line(&format!("open at http://{}", listening(&listener, &config)));
    say_where(&home.media);
    say::line(&format!("people  {} may sit at once", home.limits.sitters_max));
    if let Some(token) = keeper::set_up_token(home).await.map_err(said)? {
        say::line("");
        say::line("Nobody has set this home up yet. The keeper opens this link, once:");
        say::line(&format!("set-up  {address}/setup/{token}"));
    }
    run(opened, listener, manner(&config, ways), stop).await
}

/// Returns the initial offset of the clock; zero except in tests.
pub(crate) fn ahead(ways: Ways) -> Span {
    Span::from_ms(ways.test_clock.unwrap_or(0).into())
}

/// Returns the options of the web server.
pub(crate) fn manner(config: &Config, ways: Ways) -> Manner {
    Manner {
        trusted_proxies: config.listen.trusted_proxies.clone(),
        demo: false,
        clock_by_hand: ways.test_clock.is_some(),
    }
}

/// Binds the listen address of the settings. Returns the listener and the port it got.
pub(crate) fn listen(config: &Config) -> Result<(TcpListener, u16), Wrong> {
    let socket = config.listen.socket();
    let listener = web::listen(socket)
        .map_err(|error| Wrong(format!("{socket} cannot be listened on: {error}")))?;
    let port = listener.local_addr().map_or(socket.port(), |address| address.port());
    Ok((listener, port))
}

fn listening(listener: &TcpListener, config: &Config) -> String {
    let address = listener.local_addr().unwrap_or_else(|_unknown| config.listen.socket());
    address.to_string()
}

/// Serves an open home until a signal stops it or its right to serve is lost, then shuts down
/// gracefully.
pub(crate) async fn run(
    opened: Opened,
    listener: TcpListener,
    manner: Manner,
    stop: Stop,
) -> Result<(), Wrong> {
    let home = &opened.home;
    let serving = Arc::new(Mutex::new(opened.serving));
    let lost = watch_serving(Arc::clone(&serving), home.clock.clone());
    let (is_lost, stops) = (Arc::new(AtomicBool::new(false)), stop.asked());
    let asked = {
        let is_lost = Arc::clone(&is_lost);
        async move {
            tokio::select! {
                () = stops => {}
                () = lost => is_lost.store(true, Ordering::Relaxed),
            }
        }
    };
    let state = State { home: home.clone(), manner: Arc::new(manner) };
    let jobs = tokio::spawn(keep_jobs_running(home.clone()));
    if let Some(told) = opened.told {
        // The task ends with the media server.
        drop(tokio::spawn(media::listen(home.live.clone(), told)));
    }
    let served = web::serve(listener, router(state), home.clone(), asked).await;
    jobs.abort();
    home.media.stop();
    home.store.close().await;
    drop(serving);
    tracing::info!("closed");
    if is_lost.load(Ordering::Relaxed) {
        let words = "Another sitwith took over this home's database while its server was away.";
        return Err(Wrong(words.to_owned()));
    }
    served.map_err(|error| Wrong(format!("serving ended: {error}")))
}

/// Returns when another process has acquired the right to serve the database. When only the
/// connection that holds the right was cut, acquires it again: a restart of the database server
/// does not stop the home.
async fn watch_serving(serving: Arc<Mutex<Serving>>, clock: Clock) {
    loop {
        clock.sleep(CHECK_SERVING_EVERY).await;
        match serving.lock().await.check().await {
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
            async move { jobs::run(&home).await }
        });
        if let Err(fell) = jobs.await {
            tracing::error!("the jobs fell over and begin again: {fell}");
        }
        home.clock.sleep(AFTER_A_FALL).await;
    }
}
