//! `sitwith demo`: a home full of made-up life, to look around in. Somebody is always about to
//! sit, letters stay in the house, and ready-made links sign a browser in.

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

/// What the home of the demonstration is called.
const NAME: &str = "The Tuesday Room";
/// Its zone.
const ZONE: &str = "America/Toronto";
/// A demonstration has one machine for all its visitors: the limits by network address are wide.
const WIDE: u32 = 1_000_000;

/// Opens the demonstration and serves it until it is asked to stop. In a folder that was named it
/// goes on the next time; without one it is gone with the program.
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
    // Made-up life must not get into the database of a real home.
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

/// Where sound and picture are listened for. Firefox, unlike other browsers, takes no way to the
/// loopback address: pages that are heard there alone have their sound at another address of this
/// machine, if it has any and nobody has said otherwise.
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

/// Furnishes the home, unless it was furnished before; the link guests come by.
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

/// The people move in, and the home knows where it is: its port may be another each time.
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
