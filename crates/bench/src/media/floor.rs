//! The floor: the least work forwarding can do. It encrypts as many bytes as SRTP would, with the
//! same library and once per subscriber, and sends them with `sendmmsg`; nothing else.

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
use super::load::POLL_PAUSE;
use super::machine::Machine;
use super::packet::{AUDIO_BYTES, FrameShape};
use super::timetable::{Kind, Sources, Timetable};
use crate::os::{self, pause_for, pause_ms};
use crate::room::program::Program;

/// Datagrams per `sendmmsg`.
const AT_ONCE: usize = 64;
/// RTP header with the extensions used here.
const HEAD_BYTES: usize = 24;
/// AES-GCM tag.
const TAG_BYTES: usize = 16;

struct Subscriber {
    to: Option<SockaddrIn>,
    cipher: Box<dyn AeadAes256GcmCipher>,
}

/// Reads its orders as one JSON line, then sends until its standard input ends.
pub(crate) fn serve_floor(host: IpAddr) -> io::Result<()> {
    let socket = UdpSocket::bind((host, 0))?;
    writeln!(io::stdout(), "port {}", socket.local_addr()?.port())?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let told: Value = serde_json::from_str(&line).map_err(io::Error::other)?;
    let rooms = parse_rooms(&told);
    let number = |name: &str| {
        let found = told.get(name).and_then(Value::as_u64).unwrap_or(0);
        usize::try_from(found).unwrap_or(0)
    };
    let every = told.get("every_us").and_then(Value::as_u64);
    let sources = Sources {
        audio: number("sound") > 0,
        video: every.map(|us| FrameShape {
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
        // The parent stops it by closing the pipe.
        let _gone = io::stdin().lock().read_line(&mut String::new());
        std::process::exit(0);
    });
    send_packets(&mut out, rooms, sources)
}

fn parse_rooms(told: &Value) -> Vec<Vec<Subscriber>> {
    let ciphers = from_feature_flags().srtp_provider.aead_aes_256_gcm();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let subscriber = |address: &Value| {
        let to = address.as_str().and_then(|text| text.parse().ok());
        let to = to.map(|to: std::net::SocketAddrV4| SockaddrIn::from(to));
        Subscriber { to, cipher: ciphers.create_cipher([7; 32], true) }
    };
    let rooms = told.get("rooms").map(list).unwrap_or_default();
    let rooms = rooms.iter().map(|room| list(room).iter().map(subscriber).collect());
    rooms.collect()
}

fn send_packets(
    out: &mut Out,
    mut rooms: Vec<Vec<Subscriber>>,
    sources: Sources,
) -> io::Result<()> {
    let began = os::read_clock();
    let mut table = Timetable::new(vec![sources; rooms.len()], Duration::ZERO);
    loop {
        match table.next(began.elapsed()) {
            Some((room, kind)) => {
                let subscribers = rooms.get_mut(room).map(Vec::as_mut_slice);
                let subscribers = subscribers.unwrap_or_default();
                match (kind, sources.video) {
                    (Kind::Video, Some(shape)) => {
                        for _ in 0..shape.packets {
                            out.send(subscribers, shape.bytes)?;
                        }
                    }
                    _ => out.send(subscribers, AUDIO_BYTES)?,
                }
            }
            None => pause_ms(1),
        }
    }
}

struct Out {
    socket: UdpSocket,
    sealed: Vec<Vec<u8>>,
    headers: MultiHeaders<SockaddrIn>,
    counter: u64,
}

impl Out {
    /// Sends one packet to every subscriber, encrypted for each.
    fn send(&mut self, subscribers: &mut [Subscriber], bytes: usize) -> io::Result<()> {
        let plain = vec![0x5a; bytes];
        let whole = HEAD_BYTES + bytes + TAG_BYTES;
        for some in subscribers.chunks_mut(AT_ONCE) {
            for (subscriber, sealed) in some.iter_mut().zip(&mut self.sealed) {
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
                let done = subscriber.cipher.encrypt(&iv, head, &plain, body);
                done.map_err(io::Error::other)?;
            }
            let addresses: Vec<Option<SockaddrIn>> =
                some.iter().map(|subscriber| subscriber.to).collect();
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

#[derive(Clone, Copy, Debug)]
pub(super) struct Cost {
    pub(super) received: u64,
    pub(super) cpu_s: f64,
}

/// Runs the floor and counts what arrives during `counted`, after `warm`.
pub(super) fn measure_floor(
    machine: Machine,
    case: &Case,
    warm: Duration,
    counted: Duration,
) -> io::Result<Cost> {
    let own = std::env::current_exe()?;
    let mut command = machine.server_command(&own.to_string_lossy());
    command.arg("media-floor").arg(machine.host.to_string());
    let mut program = Program::start(&mut command)?;
    let mut sink = Sink::new(machine.host, case.rooms * case.subscribers())?;
    let addresses: Vec<Vec<String>> = sink.addresses(case.subscribers())?;
    let told = json!({
        "rooms": addresses,
        "sound": usize::from(case.audio),
        "every_us": case.video.map(|shape| shape.every.as_micros()),
        "packets": case.video.map(|shape| shape.packets),
        "bytes": case.video.map(|shape| shape.bytes),
    });
    program.send_line(&told.to_string())?;
    sink.swallow(warm)?;
    let before_s = program.cpu_s();
    let received = sink.swallow(counted)?;
    Ok(Cost { received, cpu_s: program.cpu_s() - before_s })
}

/// Subscribers that only count.
struct Sink {
    epoll: OwnedFd,
    sockets: Vec<UdpSocket>,
}

impl Sink {
    fn new(host: IpAddr, count: usize) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let mut sockets = Vec::new();
        for number in 0..count {
            let socket = UdpSocket::bind((host, 0))?;
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

    /// Receives for `span`; returns the number of datagrams.
    fn swallow(&mut self, span: Duration) -> io::Result<u64> {
        let from = os::read_clock();
        let mut buffer = [0; 2_048];
        let mut received = 0;
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
                pause_for(POLL_PAUSE);
            }
            for event in &events {
                let number = usize::try_from(event.data.u64()).unwrap_or(usize::MAX);
                let socket = self.sockets.get(number);
                if socket.is_some_and(|socket| socket.recv(&mut buffer).is_ok()) {
                    received += 1;
                }
            }
        }
        Ok(received)
    }
}
