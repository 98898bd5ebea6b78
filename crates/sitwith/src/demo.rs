//! `sitwith demo`: a home with invented members and sits, to look around in. A sit always begins
//! within minutes, mails stay in the outbox, and printed links sign a browser in.

mod past_runs;
mod people;
mod rounds;
mod sits;

use std::net::{IpAddr, Ipv4Addr};

use sitwith_app::door::sign_in;
use sitwith_app::home::Home;
use sitwith_app::limits::Limits;
use sitwith_app::settings_store::InitialSettings;
use sitwith_media::own_addresses;
use sitwith_store::homes;
use sitwith_web::state::ServingOptions;

use crate::command::ServeFlags;
use crate::config::{Config, FatalError};
use crate::media::print_media_addrs;
use crate::open::{open_home, startup_error};
use crate::serve::{bind_listener, build_manner, clock_offset, run_home};
use crate::stop::StopSignal;
use crate::temp::TempFolder;
use crate::terminal;

/// Name of the demonstration's home.
const DEMO_NAME: &str = "The Tuesday Room";
/// Time zone of the demonstration's home.
const DEMO_ZONE: &str = "America/Toronto";
/// Limit per network address: all visitors of a demonstration may share one machine.
const WIDE_LIMIT: u32 = 1_000_000;

/// Opens the demonstration and serves it until a signal stops it. A named folder keeps it for the
/// next time; otherwise it lives in a temporary folder.
pub(crate) async fn serve_demo(
    mut config: Config,
    is_named: bool,
    ways: ServeFlags,
) -> Result<(), FatalError> {
    let stop = StopSignal::listen()?;
    let temporary = if is_named {
        None
    } else {
        let folder = TempFolder::new("sitwith-demo");
        let folder = folder.map_err(|error| FatalError(format!("no temporary folder: {error}")))?;
        folder.path().clone_into(&mut config.home.folder);
        Some(folder)
    };
    // Invented data must not get into the database of a real home.
    config.store.address = None;
    config.limits = widen_limits(&config.limits);
    let own = own_addresses(Ipv4Addr::UNSPECIFIED.into());
    config.media.address = choose_media_address(&config, &own);
    let (listener, port) = bind_listener(&config)?;
    let address = config.listen.public_address_at(port);
    let start = InitialSettings { name: DEMO_NAME, zone: DEMO_ZONE, address: &address };
    let opened = open_home(&config, &start, port, clock_offset(ways)).await?;
    let home = &opened.home;
    let link = furnish_home(home, &address).await?;
    print_links(home, &address, &link);
    let manner = ServingOptions { demo: true, ..build_manner(&config, ways) };
    let served = run_home(opened, listener, manner, stop).await;
    drop(temporary);
    served
}

/// Returns the listen address of the media server. Firefox, unlike other browsers, does not connect
/// media to the loopback address: when the pages listen there and no address is set, media uses
/// another address of this machine, if it has one.
fn choose_media_address(config: &Config, own: &[IpAddr]) -> Option<IpAddr> {
    let (media, pages) = (&config.media, config.listen.address);
    if media.address.is_some() || !media.public.is_empty() || !pages.is_loopback() {
        return media.address;
    }
    own.first().copied()
}

fn widen_limits(limits: &Limits) -> Limits {
    Limits {
        sign_ins_per_address_per_hour: WIDE_LIMIT,
        sign_ins_per_place_per_hour: WIDE_LIMIT,
        sign_ins_per_hour: WIDE_LIMIT,
        codes_per_place_per_hour: WIDE_LIMIT,
        guests_per_place_per_hour: WIDE_LIMIT,
        requests_per_place_per_minute: WIDE_LIMIT,
        ..limits.clone()
    }
}

/// Fills the home with the demonstration's data, unless it is there already. Returns the secret of
/// the link for guests.
async fn furnish_home(home: &Home, address: &str) -> Result<String, FatalError> {
    prepare_home(home, address).await.map_err(startup_error)?;
    let link = match sits::find_guest_link(home).await.map_err(startup_error)? {
        Some(link) => link,
        None => sits::make_sits(home).await?,
    };
    past_runs::insert_past_runs(home).await.map_err(startup_error)?;
    rounds::ensure_rounds(home).await?;
    Ok(link)
}

/// Inserts the people, marks the home as set up, and stores its address, whose port may change with
/// every start.
async fn prepare_home(home: &Home, address: &str) -> Result<(), sitwith_store::Broken> {
    let (now, store) = (home.clock.now(), &home.store);
    let moved: Result<(), sitwith_store::Broken> = store
        .write(|mut tx| async move {
            people::insert_members(&mut tx, now).await?;
            if let Some(mut row) = homes::find_home(&mut tx).await? {
                address.clone_into(&mut row.address);
                homes::update_home(&mut tx, &row).await?;
                if let Some(hash) = people::unused_token_hash(&row) {
                    homes::set_setup_token(&mut tx, hash).await?;
                    homes::complete_setup(&mut tx, hash, now).await?;
                }
            }
            Ok(tx.done(()))
        })
        .await;
    moved?;
    let mut settings = (*home.settings()).clone();
    address.clone_into(&mut settings.address);
    settings.is_set_up = true;
    home.settings_handle.replace(settings);
    Ok(())
}

fn print_links(home: &Home, address: &str, link: &str) {
    terminal::print_line(&format!("{DEMO_NAME} is open at {address}"));
    terminal::print_line(
        "Everyone and everything in it is made up. Open these in different browsers:",
    );
    terminal::print_line("");
    terminal::print_line(&format!("guest   {address}/come/{link}"));
    for (word, member) in people::members_with_links() {
        let token = sign_in::demo_token(home, member.id);
        terminal::print_line(&format!("{word:<7} {address}/demo/{token}   {}", member.name));
    }
    terminal::print_line("");
    terminal::print_line(&format!("outbox  {address}/outbox   letters that would have been sent"));
    print_media_addrs(&home.media);
    terminal::print_line("A short sit begins every four minutes. Stop with Ctrl-C.");
}

#[cfg(test)]
mod tests;
