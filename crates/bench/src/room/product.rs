//! The product under test: a home in a temporary folder with one large sit, served by its own
//! process. The database is filled before that process starts, so that filling is not measured.

use std::fs;
use std::io::{self, BufRead as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use sitwith_app::home::{Home, HomeParts};
use sitwith_app::limits::Limits;
use sitwith_app::live::ticket::Ticket;
use sitwith_app::settings::Settings;
use sitwith_app::sits::make::{SitDraft, make_sit};
use sitwith_app::sits::open_run;
use sitwith_core::calendar::{CalendarRule, Repeats, to_zoned, zone_of};
use sitwith_core::id::{GuestId, MemberId, RunId, SitId};
use sitwith_core::member::{Guest, Member, Person, Role, Roles};
use sitwith_core::sit::bell::Bell;
use sitwith_core::sit::format::Formats;
use sitwith_core::sit::plan::{Phase, PhaseKind, Plan};
use sitwith_core::sit::run::{CHANGE_LEAD, RunAction};
use sitwith_core::sits::OpenTo;
use sitwith_core::time::{Instant, Span};
use sitwith_insight::Insight;
use sitwith_media::Sfu;
use sitwith_store::{Broken, Store, guests, members};
use sitwith_web::state::{ServingOptions, WebState};
use sitwith_wire::bus::Bus;
use sitwith_wire::clock::Clock;
use sitwith_wire::dice::Dice;
use sitwith_wire::mail::Mail;
use tokio::runtime::Runtime;

use super::program::Program;
use super::protocol::Protocol;

/// Signs the tickets; known to both processes.
const TICKET_KEY: [u8; 32] = *b"a bench has nothing to hide here";
const SILENCE_S: u32 = 60 * 60;
/// Guests written in one transaction.
const GUESTS_AT_ONCE: usize = 1_000;

/// Prepares a home with a sit for `members` guests and starts the process that serves it.
pub(super) fn start_product(members: usize) -> io::Result<(Program, Protocol)> {
    let folder = fresh_folder()?;
    let prepared = Runtime::new()?.block_on(prepare_home(&folder, members));
    let (sit, run, guests) = prepared.map_err(io_error)?;
    let program = Program::start(
        Command::new(std::env::current_exe()?)
            .arg("product")
            .arg(&folder)
            .arg(run.to_string())
            .arg(members.to_string()),
    )?;
    let now = Clock::real().now();
    let tickets = guests.into_iter().filter_map(|guest| {
        let ticket = Ticket::new(&Person::Guest(guest), run, false, now)?;
        Some(ticket.seal(&TICKET_KEY))
    });
    let protocol = Protocol::Sit { path: format!("/sits/{sit}/live"), tickets: tickets.collect() };
    Ok((program.owning_folder(folder), protocol))
}

/// Serves that home until its standard input ends. Each line on it extends the phase by one second,
/// which is broadcast.
pub(crate) fn serve_product(folder: &Path, run: &str, members: usize) -> io::Result<()> {
    let run: RunId = run.parse().map_err(io::Error::other)?;
    Runtime::new()?.block_on(async {
        let home = open_home(folder, members).await.map_err(io_error)?;
        let sit = home.live.open(run).await.map_err(io_error)?;
        let who = Person::Member(build_guide());
        let led = home.access(&who).led_run(run).await.map_err(io_error)?;
        sit.change(&led, RunAction::Begin).await.map_err(io_error)?;
        home.clock.sleep(CHANGE_LEAD + Span::from_ms(100)).await;
        let listener =
            sitwith_web::serve::bind_listener(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let port = listener.local_addr()?.port();
        let state = WebState { home: home.clone(), options: Arc::new(ServingOptions::default()) };
        let router = sitwith_web::router::build_router(state);
        let served =
            sitwith_web::serve::serve_home(listener, router, home.clone(), std::future::pending());
        let served = tokio::spawn(served);
        writeln!(io::stdout(), "port {port}")?;
        let (asked, mut asks) = tokio::sync::mpsc::channel(16);
        std::thread::spawn(move || {
            for line in io::stdin().lock().lines().map_while(Result::ok) {
                if asked.blocking_send(line).is_err() {
                    return;
                }
            }
        });
        while asks.recv().await.is_some() {
            sit.change(&led, RunAction::Extend { s: 1 }).await.map_err(io_error)?;
        }
        served.abort();
        Ok(())
    })
}

fn fresh_folder() -> io::Result<PathBuf> {
    let chance = u64::from_be_bytes(Dice::real().bytes());
    let folder = std::env::temp_dir().join(format!("sitwith-bench-{chance:016x}"));
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// A home with a guide, an open run and its guests.
async fn prepare_home(
    folder: &Path,
    members: usize,
) -> Result<(SitId, RunId, Vec<Guest>), Box<dyn std::error::Error>> {
    let home = open_home(folder, members).await?;
    let guide = build_guide();
    home.store
        .write(|mut tx| {
            let guide = &guide;
            async move {
                members::insert_member(&mut tx, guide).await?;
                Ok::<_, Broken>(tx.done(()))
            }
        })
        .await?;
    let who = Person::Member(guide);
    let guide = home.access(&who).guide().map_err(|no| format!("{no:?}"))?;
    let sit = make_sit(&home, &guide, draft_sit(home.clock.now()))
        .await
        .map_err(|no| format!("{no:?}"))?;
    let opened = open_run(&home, &who, sit).await.map_err(|no| format!("{no:?}"))?;
    let now = home.clock.now();
    let coming: Vec<Guest> = (0..members)
        .map(|number| Guest {
            id: GuestId::new(now, home.dice.bytes()),
            name: format!("Guest {number}"),
            sit,
            came_at: now,
        })
        .collect();
    for batch in coming.chunks(GUESTS_AT_ONCE) {
        home.store
            .write(|mut tx| async move {
                for guest in batch {
                    guests::insert_guest(&mut tx, guest).await?;
                }
                Ok::<_, Broken>(tx.done(()))
            })
            .await?;
    }
    Ok((sit, opened.run.id, coming))
}

async fn open_home(folder: &Path, members: usize) -> Result<Home, Broken> {
    let address = format!("sqlite://{}", folder.join("home.db").display());
    let sitters_max = u32::try_from(members).unwrap_or(u32::MAX).saturating_add(10);
    Ok(Home::new(HomeParts {
        store: Store::open(&address).await?,
        clock: Clock::real(),
        dice: Dice::real(),
        outbox: Mail::memory(),
        insight: Insight::none(),
        media: Sfu::none(),
        limits: Limits {
            sitters_max,
            // All connections come from one address.
            requests_per_place_per_minute: 1_000_000,
            ..Limits::default()
        },
        settings: Settings {
            name: "A big room".to_owned(),
            zone: "UTC".to_owned(),
            address: "http://127.0.0.1".to_owned(),
            is_set_up: true,
            smtp: None,
            mail_from: String::new(),
            help_lines: Vec::new(),
            ticket_key: TICKET_KEY,
        },
        formats: Formats::shipped(),
        bus: Bus::in_process(),
    }))
}

fn build_guide() -> Member {
    Member {
        id: MemberId::new(Instant::from_ms(0), [1; 10]),
        name: "Ana".to_owned(),
        email: "ana@example.org".to_owned(),
        zone: None,
        roles: Roles::default().with(Role::Guide),
        shows_usually: false,
        joined_at: Instant::from_ms(0),
    }
}

/// One long silence that begins in two minutes.
fn draft_sit(now: Instant) -> SitDraft {
    let wall = to_zoned(&zone_of("UTC"), now + Span::from_mins(2)).datetime();
    let bells = (Some(Bell::Large), Some(Bell::Large));
    SitDraft {
        title: "Everybody".to_owned(),
        words: String::new(),
        rule: CalendarRule {
            zone: "UTC".to_owned(),
            day: wall.date(),
            wall_time: wall
                .time()
                .with()
                .second(0)
                .subsec_nanosecond(0)
                .build()
                .unwrap_or_default(),
            repeats: Repeats::Once,
            ends_on: None,
            exceptions: Vec::new(),
        },
        open_to: OpenTo::Link,
        is_shown: false,
        is_led: true,
        begins_itself: false,
        plan: Plan {
            phases: vec![Phase::new(PhaseKind::Silence, SILENCE_S).with_bells(bells.0, bells.1)],
            ..Plan::default()
        },
    }
}

fn io_error(error: impl std::fmt::Debug) -> io::Error {
    io::Error::other(format!("{error:?}"))
}
