//! `sitwith serve`: opens the home, says where it is, and serves it until it is asked to stop.

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

/// What a home is called until its keeper names it.
const NAME: &str = "Our home";
/// The home's zone until its keeper sets it.
const ZONE: &str = "UTC";
/// How long the jobs rest after one of them fell over.
const AFTER_A_FALL: Span = Span::from_secs(5);
/// How often `serve` looks whether it still has the right to serve its database.
const CHECK_SERVING_EVERY: Span = Span::from_secs(5);

/// Opens the home and serves it until it is asked to stop.
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

/// How far ahead the clock of a test begins.
pub(crate) fn ahead(ways: Ways) -> Span {
    Span::from_ms(ways.test_clock.unwrap_or(0).into())
}

/// How the home is served.
pub(crate) fn manner(config: &Config, ways: Ways) -> Manner {
    Manner {
        trusted_proxies: config.listen.trusted_proxies.clone(),
        demo: false,
        clock_by_hand: ways.test_clock.is_some(),
    }
}

/// Listens where the settings say; the listener and the port it got.
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

/// Serves an open home until the program is asked to stop, then lets everybody go softly.
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
        // It ends with the forwarding.
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

/// Ends when another program has taken the right to serve the database. When the connection that
/// holds the right was cut, it is taken again: a server that was started anew stops no home.
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

/// The jobs never end by themselves; when a fault makes them, they begin again.
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
