//! `sitwith demo`: a home with invented members and sits, to look around in. A sit always begins
//! within minutes, mails stay in the outbox, and printed links sign a browser in.

mod life;
mod people;
mod rounds;
mod sits;

use std::net::{IpAddr, Ipv4Addr};

use sitwith_app::door::arrive;
use sitwith_app::home::Home;
use sitwith_app::limits::Limits;
use sitwith_app::settings_store::Start;
use sitwith_media::own_addresses;
use sitwith_store::homes;
use sitwith_web::state::Manner;

use crate::command::Ways;
use crate::config::{Config, Wrong};
use crate::media::say_where;
use crate::open::{open, said};
use crate::say;
use crate::serve::{ahead, listen, manner, run};
use crate::stop::Stop;
use crate::temp::TempFolder;

/// Name of the demonstration's home.
const NAME: &str = "The Tuesday Room";
/// Time zone of the demonstration's home.
const ZONE: &str = "America/Toronto";
/// Limit per network address: all visitors of a demonstration may share one machine.
const WIDE: u32 = 1_000_000;

/// Opens the demonstration and serves it until a signal stops it. A named folder keeps it for the
/// next time; otherwise it lives in a temporary folder.
pub(crate) async fn demo(mut config: Config, is_named: bool, ways: Ways) -> Result<(), Wrong> {
    let stop = Stop::listen()?;
    let temporary = if is_named {
        None
    } else {
        let folder = TempFolder::new("sitwith-demo");
        let folder = folder.map_err(|error| Wrong(format!("no temporary folder: {error}")))?;
        folder.path().clone_into(&mut config.home.folder);
        Some(folder)
    };
    // Invented data must not get into the database of a real home.
    config.store.address = None;
    config.limits = wide(&config.limits);
    let own = own_addresses(Ipv4Addr::UNSPECIFIED.into());
    config.media.address = sound_at(&config, &own);
    let (listener, port) = listen(&config)?;
    let address = config.listen.address_at(port);
    let start = Start { name: NAME, zone: ZONE, address: &address };
    let opened = open(&config, &start, port, ahead(ways)).await?;
    let home = &opened.home;
    let link = furnish(home, &address).await?;
    show_around(home, &address, &link);
    let manner = Manner { demo: true, ..manner(&config, ways) };
    let served = run(opened, listener, manner, stop).await;
    drop(temporary);
    served
}

/// Returns the listen address of the media server. Firefox, unlike other browsers, does not connect
/// media to the loopback address: when the pages listen there and no address is set, media uses
/// another address of this machine, if it has one.
fn sound_at(config: &Config, own: &[IpAddr]) -> Option<IpAddr> {
    let (media, pages) = (&config.media, config.listen.address);
    if media.address.is_some() || !media.public.is_empty() || !pages.is_loopback() {
        return media.address;
    }
    own.first().copied()
}

fn wide(limits: &Limits) -> Limits {
    Limits {
        sign_ins_per_address_per_hour: WIDE,
        sign_ins_per_place_per_hour: WIDE,
        sign_ins_per_hour: WIDE,
        codes_per_place_per_hour: WIDE,
        guests_per_place_per_hour: WIDE,
        requests_per_place_per_minute: WIDE,
        ..limits.clone()
    }
}

/// Fills the home with the demonstration's data, unless it is there already. Returns the secret of
/// the link for guests.
async fn furnish(home: &Home, address: &str) -> Result<String, Wrong> {
    move_in(home, address).await.map_err(said)?;
    let link = match sits::link(home).await.map_err(said)? {
        Some(link) => link,
        None => sits::make(home).await?,
    };
    life::live(home).await.map_err(said)?;
    rounds::ask(home).await?;
    Ok(link)
}

/// Inserts the people, marks the home as set up, and stores its address, whose port may change with
/// every start.
async fn move_in(home: &Home, address: &str) -> Result<(), sitwith_store::Broken> {
    let (now, store) = (home.clock.now(), &home.store);
    let moved: Result<(), sitwith_store::Broken> = store
        .write(|mut tx| async move {
            people::move_in(&mut tx, now).await?;
            if let Some(mut row) = homes::find(&mut tx).await? {
                address.clone_into(&mut row.address);
                homes::change(&mut tx, &row).await?;
                if let Some(hash) = people::used_up(&row) {
                    homes::set_token(&mut tx, hash).await?;
                    homes::set_up(&mut tx, hash, now).await?;
                }
            }
            Ok(tx.done(()))
        })
        .await;
    moved?;
    let mut settings = (*home.settings()).clone();
    address.clone_into(&mut settings.address);
    settings.is_set_up = true;
    home.kept.set(settings);
    Ok(())
}

fn show_around(home: &Home, address: &str, link: &str) {
    say::line(&format!("{NAME} is open at {address}"));
    say::line("Everyone and everything in it is made up. Open these in different browsers:");
    say::line("");
    say::line(&format!("guest   {address}/come/{link}"));
    for (word, member) in people::doors() {
        let token = arrive::demo_token(home, member.id);
        say::line(&format!("{word:<7} {address}/demo/{token}   {}", member.name));
    }
    say::line("");
    say::line(&format!("outbox  {address}/outbox   letters that would have been sent"));
    say_where(&home.media);
    say::line("A short sit begins every four minutes. Stop with Ctrl-C.");
}

#[cfg(test)]
mod tests;
