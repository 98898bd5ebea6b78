//! A room with a real door: a sit that lives, served on loopback.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use sitwith_app::access::LeadsRun;
use sitwith_app::live::LiveSit;
use sitwith_app::live::ticket::Ticket;
use sitwith_app::sits::make::SitDraft;
use sitwith_app::sits::open_run;
use sitwith_core::calendar::Repeats;
use sitwith_core::id::RunId;
use sitwith_core::member::{Member, Person};
use sitwith_core::sit::plan::{Phase, PhaseKind, Plan};
use sitwith_core::sit::run::{CHANGE_LEAD, RunAction};
use sitwith_core::time::Span;
use sitwith_testkit::proofs::leads_run;
use sitwith_testkit::sits::{build_rule, draft_tuesdays, make_as_ana};
use sitwith_testkit::{TestHome, people};
use sitwith_web::router::build_router;
use sitwith_web::serve;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::client::Client;

/// A served home with one living sit.
pub(crate) struct Room {
    pub(crate) home: TestHome,
    pub(crate) sit: Arc<LiveSit>,
    pub(crate) address: SocketAddr,
    pub(crate) path: String,
    /// Ana leads it.
    led: LeadsRun,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<std::io::Result<()>>,
}

impl Room {
    /// A room in which a long silence has begun.
    pub(crate) async fn new() -> Self {
        Self::with(TestHome::new().await, vec![Phase::new(PhaseKind::Silence, 3_600)]).await
    }

    /// A room with this plan.
    pub(crate) async fn with(home: TestHome, phases: Vec<Phase>) -> Self {
        let guide = Person::Member(people::ana());
        let draft = SitDraft {
            rule: build_rule("UTC", home.home.clock.now(), Repeats::Once),
            begins_itself: false,
            ..draft_tuesdays(Plan::new(phases))
        };
        let id = make_as_ana(&home, draft).await;
        let run = open_run(&home.home, &guide, id).await.expect("its door is open").run.id;
        let sit = home.home.live.open(run).await.expect("it lives");
        let led = leads_run(&home, run).await;
        sit.change(&led, RunAction::Begin).await.expect("it begins");
        home.advance(CHANGE_LEAD + CHANGE_LEAD);
        let listener =
            serve::bind_listener(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a free port");
        let address = listener.local_addr().expect("its own address");
        let (stop, stopped) = oneshot::channel();
        let served =
            serve::serve_home(listener, build_router(home.state()), home.home.clone(), async {
                let _stopped_or_dropped = stopped.await;
            });
        let served = tokio::spawn(served);
        let path = format!("/sits/{id}/live");
        Self { home, sit, led, address, path, stop: Some(stop), served }
    }

    pub(crate) fn run(&self) -> RunId {
        self.sit.run()
    }

    /// A ticket for this member.
    pub(crate) fn ticket(&self, member: &Member) -> String {
        let who = Person::Member(member.clone());
        let ticket = Ticket::new(&who, self.run(), false, self.home.home.clock.now());
        ticket
            .expect("members get tickets")
            .with_lead_proof(Some(&self.led))
            .seal(&self.home.home.settings().ticket_key)
    }

    /// This member's line, entered: `here` and the running order have been read.
    pub(crate) async fn line_of(&self, member: &Member) -> Client {
        let mut client = self.line_with(&self.ticket(member)).await;
        assert!(client.text().await.starts_with(r#"{"k":"here""#));
        assert!(client.text().await.starts_with(r#"{"k":"timeline""#));
        client
    }

    /// A line with this ticket, of which nothing was read.
    pub(crate) async fn line_with(&self, ticket: &str) -> Client {
        let path = format!("{}?ticket={ticket}&have=0", self.path);
        Client::upgraded(self.address, &path).await
    }

    /// The guide changes the running order.
    pub(crate) async fn change(&self, what: RunAction) {
        self.sit.change(&self.led, what).await.expect("it can be changed");
    }

    /// Lets time pass, second by second, as a clock does; everything that waits has its turn
    /// after each.
    pub(crate) async fn pass(&self, secs: u32) {
        for _ in 0..secs {
            self.home.advance(Span::from_secs(1));
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
        }
    }

    /// Tells the home to stop.
    pub(crate) fn stop(&mut self) {
        drop(self.stop.take());
    }

    /// Waits until the home has stopped.
    pub(crate) async fn stopped(self) {
        self.served.await.expect("no panic").expect("an orderly end");
    }
}
