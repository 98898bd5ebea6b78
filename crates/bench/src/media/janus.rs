//! Janus and its videoroom, in either of its two ways to use threads.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::machine::Machine;
use super::server::{Seat, Talk};
use super::ws::Ws;
use crate::room::program::Program;
use crate::watch::{Watch, pause};

/// Where Debian puts it.
const PROGRAM: &str = "/usr/bin/janus";
/// Where its parts lie, by the machine's kind.
const PARTS: [&str; 3] =
    ["/usr/lib/x86_64-linux-gnu/janus", "/usr/lib/aarch64-linux-gnu/janus", "/usr/lib/janus"];
/// The numbers of its rooms.
const FIRST_ROOM: usize = 1_000;
/// How long it may take to start.
const START_LIMIT_S: f64 = 10.0;

/// How it uses threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// One loop for all connections, as its handbook has it for many of them on few cores.
    OneLoop,
    /// As it comes: a thread for each connection.
    Threads,
}

/// Whether it is on this machine; it is fetched when that is allowed.
pub(super) fn fetch() -> bool {
    if is_here() {
        return true;
    }
    if !rustix::process::getuid().is_root() {
        return false;
    }
    let mut apt = Command::new("apt-get");
    apt.args(["install", "-y", "-q", "--no-install-recommends", "janus"])
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    apt.status().is_ok_and(|status| status.success()) && is_here()
}

pub(super) fn is_here() -> bool {
    Path::new(PROGRAM).exists() && parts().is_some()
}

fn parts() -> Option<&'static str> {
    PARTS.into_iter().find(|folder| Path::new(folder).exists())
}

/// A Janus that runs.
pub(super) struct Janus {
    program: Program,
    ws: Ws,
    session: Option<Value>,
    said: u64,
    pub(super) version: String,
    /// By room: who gives, in the order they came.
    feeds: Vec<Vec<Feed>>,
}

/// Somebody who gives.
struct Feed {
    seat: u32,
    id: Value,
}

impl Janus {
    pub(super) fn start(machine: Machine, mode: Mode) -> io::Result<Self> {
        let local = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let port = TcpListener::bind((local, 0))?.local_addr()?.port();
        let address = SocketAddr::from((local, port));
        let folder = std::env::temp_dir().join(format!("sitwith-bench-janus-{port}"));
        settle(&folder, machine.here, port, mode)?;
        // The shell says the port for it and then becomes the server.
        let line = "echo port \"$1\"; exec \"$2\" -F \"$3\" -C \"$3/janus.jcfg\" >/dev/null 2>&1";
        let mut command = machine.server("sh");
        command.args(["-c", line, "sh"]).arg(port.to_string()).arg(PROGRAM).arg(&folder);
        let program = Program::start(&mut command)?.living_in(folder);
        let watch = Watch::start();
        while TcpStream::connect(address).is_err() {
            if watch.secs() > START_LIMIT_S {
                return Err(io::Error::other("Janus does not start"));
            }
            pause(20);
        }
        let mut janus = Self {
            program,
            ws: Ws::open(address, "janus-protocol")?,
            session: None,
            said: 0,
            version: String::new(),
            feeds: Vec::new(),
        };
        let info = janus.ask(json!({"janus": "info"}), false)?;
        janus.version = word(&info, "/version_string")?.as_str().unwrap_or("unknown").to_owned();
        let made = janus.ask(json!({"janus": "create"}), false)?;
        janus.session = Some(word(&made, "/data/id")?);
        Ok(janus)
    }

    /// Says something and waits for what comes of it: the answer, or with `is_slow` what the
    /// plugin tells later.
    fn ask(&mut self, mut what: Value, is_slow: bool) -> io::Result<Value> {
        self.said += 1;
        let name = Value::from(format!("t{}", self.said));
        if let Some(fields) = what.as_object_mut() {
            fields.insert("transaction".to_owned(), name.clone());
            if let Some(session) = &self.session {
                fields.insert("session_id".to_owned(), session.clone());
            }
        }
        self.ws.say(&what.to_string())?;
        loop {
            let heard: Value = serde_json::from_str(&self.ws.hear()?).map_err(io::Error::other)?;
            let field = |name: &str| heard.get(name).cloned().unwrap_or_default();
            if field("transaction") != name || (is_slow && field("janus") == "ack") {
                continue;
            }
            let broke = heard.pointer("/plugindata/data/error").cloned();
            if let Some(why) = broke.or_else(|| heard.pointer("/error/reason").cloned()) {
                return Err(io::Error::other(format!("Janus says: {why}")));
            }
            return Ok(heard);
        }
    }

    fn attach(&mut self) -> io::Result<Value> {
        let plugin = "janus.plugin.videoroom";
        let made = self.ask(json!({"janus": "attach", "plugin": plugin}), false)?;
        word(&made, "/data/id")
    }

    fn tell(&mut self, handle: &Value, body: &Value, jsep: Option<Value>) -> io::Result<Value> {
        let mut what = json!({"janus": "message", "handle_id": handle, "body": body});
        if let (Some(fields), Some(jsep)) = (what.as_object_mut(), jsep) {
            fields.insert("jsep".to_owned(), jsep);
        }
        self.ask(what, true)
    }

    fn no_more_candidates(&mut self, handle: &Value) -> io::Result<()> {
        let end =
            json!({"janus": "trickle", "handle_id": handle, "candidate": {"completed": true}});
        self.ask(end, false)?;
        Ok(())
    }
}

impl Talk for Janus {
    fn program(&self) -> &Program {
        &self.program
    }

    fn open_room(&mut self, room: usize, _people: usize) -> io::Result<()> {
        let handle = self.attach()?;
        let body = json!({
            "request": "create", "room": FIRST_ROOM + room, "publishers": 100, "bitrate": 0,
            "fir_freq": 0, "audiocodec": "opus", "videocodec": "vp8", "audiolevel_event": false,
            "transport_wide_cc_ext": false, "playoutdelay_ext": false, "notify_joining": false,
        });
        self.ask(json!({"janus": "message", "handle_id": handle, "body": body}), false)?;
        self.feeds.push(Vec::new());
        Ok(())
    }

    fn give(&mut self, seat: Seat, offer: &str) -> io::Result<String> {
        let handle = self.attach()?;
        let room = FIRST_ROOM + seat.room;
        let joined = self.tell(
            &handle,
            &json!({"request": "join", "ptype": "publisher", "room": room}),
            None,
        )?;
        let id = word(&joined, "/plugindata/data/id")?;
        let given = self.tell(
            &handle,
            &json!({"request": "publish"}),
            Some(json!({"type": "offer", "sdp": offer})),
        )?;
        self.no_more_candidates(&handle)?;
        if let Some(feeds) = self.feeds.get_mut(seat.room) {
            feeds.push(Feed { seat: seat.number, id });
        }
        sdp(&given)
    }

    fn let_through(&mut self, _room: usize) -> io::Result<()> {
        Ok(())
    }

    fn carried(&mut self, _room: usize) -> io::Result<Option<(u64, u64)>> {
        Ok(None)
    }

    fn take(&mut self, seat: Seat) -> io::Result<(String, Value)> {
        let handle = self.attach()?;
        let feeds = self.feeds.get(seat.room).into_iter().flatten();
        let others = feeds.filter(|feed| feed.seat != seat.number);
        let streams: Vec<Value> = others.map(|feed| json!({"feed": feed.id})).collect();
        let room = FIRST_ROOM + seat.room;
        let joined = self.tell(
            &handle,
            &json!({"request": "join", "ptype": "subscriber", "room": room, "streams": streams}),
            None,
        )?;
        Ok((sdp(&joined)?, handle))
    }

    fn answer(&mut self, _seat: Seat, handle: &Value, answer: &str) -> io::Result<()> {
        let jsep = json!({"type": "answer", "sdp": answer});
        self.tell(handle, &json!({"request": "start"}), Some(jsep))?;
        self.no_more_candidates(handle)
    }
}

fn word(heard: &Value, at: &str) -> io::Result<Value> {
    let found = heard.pointer(at).cloned();
    found.ok_or_else(|| io::Error::other(format!("Janus did not say {at}: {heard}")))
}

fn sdp(heard: &Value) -> io::Result<String> {
    let found = word(heard, "/jsep/sdp")?;
    found.as_str().map(str::to_owned).ok_or_else(|| io::Error::other("Janus has no words"))
}

/// Its settings: the videoroom over WebSocket, nothing that costs and is not needed.
fn settle(folder: &Path, here: IpAddr, port: u16, mode: Mode) -> io::Result<()> {
    let parts = PathBuf::from(parts().ok_or(io::ErrorKind::NotFound)?);
    let others = |kind: &str, kept: &str| -> String {
        let entries = fs::read_dir(parts.join(kind)).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let others = names.filter(|name| name.ends_with(".so") && !name.contains(kept));
        others.collect::<Vec<_>>().join(",")
    };
    let loops = match mode {
        Mode::OneLoop => "event_loops = 1",
        Mode::Threads => "",
    };
    let general = format!(
        "general: {{\n configs_folder = \"{folder}\"\n plugins_folder = \"{parts}/plugins\"\n \
         transports_folder = \"{parts}/transports\"\n events_folder = \"{parts}/events\"\n \
         loggers_folder = \"{parts}/loggers\"\n debug_level = 2\n session_timeout = 0\n \
         {loops}\n}}\n\
         media: {{ rtp_port_range = \"20000-60000\"\n slowlink_threshold = 0 }}\n\
         nat: {{ nice_debug = false\n full_trickle = true\n ice_lite = true\n \
         ice_enforce_list = \"{here}\" }}\n\
         plugins: {{ disable = \"{plugins}\" }}\n\
         transports: {{ disable = \"{transports}\" }}\n",
        folder = folder.display(),
        parts = parts.display(),
        plugins = others("plugins", "videoroom"),
        transports = others("transports", "websockets"),
    );
    let sockets = format!(
        "general: {{ json = \"compact\"\n ws = true\n ws_port = {port}\n ws_ip = \"127.0.0.1\"\n \
         wss = false }}\n"
    );
    fs::create_dir_all(folder)?;
    fs::write(folder.join("janus.jcfg"), general)?;
    fs::write(folder.join("janus.transport.websockets.jcfg"), sockets)?;
    fs::write(folder.join("janus.plugin.videoroom.jcfg"), "general: {}\n")
}
