//! The floor: what no forwarding can do without. It seals as many bytes as SRTP would, with the
//! same library, each for its taker, and hands them to the kernel many at a time; nothing else.

use std::io::{self, BufRead as _, IoSlice, Write as _};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::time::Duration;

use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrIn, sendmmsg};
use rustix::event::Timespec;
use rustix::event::epoll;
use rustix::event::epoll::{EventData, EventFlags};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use serde_json::{Value, json};
use str0m::crypto::{AeadAes256GcmCipher, from_feature_flags};

use super::case::Case;
use super::load::REST;
use super::machine::Machine;
use super::packet::{Cut, SOUND_BYTES};
use super::timetable::{Gives, Kind, Timetable};
use crate::room::program::Program;
use crate::watch::{self, pause, pause_for};

/// How many datagrams go to the kernel at once.
const AT_ONCE: usize = 64;
/// An RTP head with the extensions that are sent here.
const HEAD_BYTES: usize = 24;
/// What sealing adds.
const TAG_BYTES: usize = 16;

/// One who takes: where, and with which key.
struct Taker {
    to: Option<SockaddrIn>,
    cipher: Box<dyn AeadAes256GcmCipher>,
}

/// Sends as it is told on one line, until its standard input ends.
pub(crate) fn serve(here: IpAddr) -> io::Result<()> {
    let socket = UdpSocket::bind((here, 0))?;
    writeln!(io::stdout(), "port {}", socket.local_addr()?.port())?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let told: Value = serde_json::from_str(&line).map_err(io::Error::other)?;
    let rooms = rooms(&told);
    let number = |name: &str| {
        let found = told.get(name).and_then(Value::as_u64).unwrap_or(0);
        usize::try_from(found).unwrap_or(0)
    };
    let every = told.get("every_us").and_then(Value::as_u64);
    let gives = Gives {
        sound: number("sound") > 0,
        picture: every.map(|us| Cut {
            every: Duration::from_micros(us),
            packets: number("packets"),
            bytes: number("bytes"),
        }),
    };
    let mut out = Out {
        socket,
        sealed: vec![vec![0; 2_048]; AT_ONCE],
        headers: MultiHeaders::preallocate(AT_ONCE, None),
        counter: 0,
    };
    std::thread::spawn(|| {
        // Whoever told it to begin tells it to end by going away.
        let _gone = io::stdin().lock().read_line(&mut String::new());
        std::process::exit(0);
    });
    send(&mut out, rooms, gives)
}

fn rooms(told: &Value) -> Vec<Vec<Taker>> {
    let ciphers = from_feature_flags().srtp_provider.aead_aes_256_gcm();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let taker = |address: &Value| {
        let to = address.as_str().and_then(|text| text.parse().ok());
        let to = to.map(|to: std::net::SocketAddrV4| SockaddrIn::from(to));
        Taker { to, cipher: ciphers.create_cipher([7; 32], true) }
    };
    let rooms = told.get("rooms").map(list).unwrap_or_default();
    let rooms = rooms.iter().map(|room| list(room).iter().map(taker).collect());
    rooms.collect()
}

/// For ever.
fn send(out: &mut Out, mut rooms: Vec<Vec<Taker>>, gives: Gives) -> io::Result<()> {
    let began = watch::now();
    let mut table = Timetable::new(vec![gives; rooms.len()], Duration::ZERO);
    loop {
        match table.next(began.elapsed()) {
            Some((room, kind)) => {
                let takers = rooms.get_mut(room).map(Vec::as_mut_slice);
                let takers = takers.unwrap_or_default();
                match (kind, gives.picture) {
                    (Kind::Picture, Some(cut)) => {
                        for _ in 0..cut.packets {
                            out.send(takers, cut.bytes)?;
                        }
                    }
                    _ => out.send(takers, SOUND_BYTES)?,
                }
            }
            None => pause(1),
        }
    }
}

/// What packets are made in and sent through.
struct Out {
    socket: UdpSocket,
    sealed: Vec<Vec<u8>>,
    headers: MultiHeaders<SockaddrIn>,
    counter: u64,
}

impl Out {
    /// One packet to everybody, sealed for each.
    fn send(&mut self, takers: &mut [Taker], bytes: usize) -> io::Result<()> {
        let plain = vec![0x5a; bytes];
        let whole = HEAD_BYTES + bytes + TAG_BYTES;
        for some in takers.chunks_mut(AT_ONCE) {
            for (taker, sealed) in some.iter_mut().zip(&mut self.sealed) {
                self.counter += 1;
                let mut iv = [0; 12];
                if let Some(last) = iv.last_chunk_mut() {
                    *last = self.counter.to_be_bytes();
                }
                let (head, body) = sealed.split_at_mut(HEAD_BYTES);
                if let Some(first) = head.first_chunk_mut() {
                    *first = self.counter.to_be_bytes();
                }
                let body = body.get_mut(..bytes + TAG_BYTES).unwrap_or_default();
                let done = taker.cipher.encrypt(&iv, head, &plain, body);
                done.map_err(io::Error::other)?;
            }
            let addresses: Vec<Option<SockaddrIn>> = some.iter().map(|taker| taker.to).collect();
            let slices: Vec<[IoSlice<'_>; 1]> = self
                .sealed
                .iter()
                .take(some.len())
                .map(|sealed| [IoSlice::new(sealed.get(..whole).unwrap_or_default())])
                .collect();
            let sent = sendmmsg(
                self.socket.as_raw_fd(),
                &mut self.headers,
                slices.iter(),
                &addresses,
                [],
                MsgFlags::empty(),
            );
            sent.map_err(io::Error::from)?;
        }
        Ok(())
    }
}

/// What the floor cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cost {
    pub(super) got: u64,
    pub(super) cpu_s: f64,
}

/// Has the floor send for so long, after `warm`, and counts what comes.
pub(super) fn measure(
    machine: Machine,
    case: &Case,
    warm: Duration,
    counted: Duration,
) -> io::Result<Cost> {
    let own = std::env::current_exe()?;
    let mut command = machine.server(&own.to_string_lossy());
    command.arg("media-floor").arg(machine.here.to_string());
    let mut program = Program::start(&mut command)?;
    let mut sink = Sink::new(machine.here, case.rooms * case.takers())?;
    let addresses: Vec<Vec<String>> = sink.addresses(case.takers())?;
    let told = json!({
        "rooms": addresses,
        "sound": usize::from(case.sound),
        "every_us": case.picture.map(|cut| cut.every.as_micros()),
        "packets": case.picture.map(|cut| cut.packets),
        "bytes": case.picture.map(|cut| cut.bytes),
    });
    program.say(&told.to_string())?;
    sink.swallow(warm)?;
    let before_s = program.cpu_s();
    let got = sink.swallow(counted)?;
    Ok(Cost { got, cpu_s: program.cpu_s() - before_s })
}

/// Takers that look at nothing.
struct Sink {
    epoll: OwnedFd,
    sockets: Vec<UdpSocket>,
}

impl Sink {
    fn new(here: IpAddr, count: usize) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let mut sockets = Vec::new();
        for number in 0..count {
            let socket = UdpSocket::bind((here, 0))?;
            socket.set_nonblocking(true)?;
            let number = EventData::new_u64(u64::try_from(number).unwrap_or(u64::MAX));
            epoll::add(&epoll, &socket, number, EventFlags::IN)?;
            sockets.push(socket);
        }
        Ok(Self { epoll, sockets })
    }

    fn addresses(&self, room: usize) -> io::Result<Vec<Vec<String>>> {
        let all: io::Result<Vec<SocketAddr>> =
            self.sockets.iter().map(UdpSocket::local_addr).collect();
        let all = all?;
        let rooms = all.chunks(room.max(1));
        Ok(rooms.map(|room| room.iter().map(ToString::to_string).collect()).collect())
    }

    /// Takes what comes for so long; how much that was.
    fn swallow(&mut self, span: Duration) -> io::Result<u64> {
        let from = watch::now();
        let mut buffer = [0; 2_048];
        let mut got = 0;
        while from.elapsed() < span {
            let mut events = Vec::with_capacity(256);
            match epoll::wait(
                &self.epoll,
                rustix::buffer::spare_capacity(&mut events),
                Some(&Timespec::default()),
            ) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            if events.is_empty() {
                pause_for(REST);
            }
            for event in &events {
                let number = usize::try_from(event.data.u64()).unwrap_or(usize::MAX);
                let socket = self.sockets.get(number);
                if socket.is_some_and(|socket| socket.recv(&mut buffer).is_ok()) {
                    got += 1;
                }
            }
        }
        Ok(got)
    }
}
