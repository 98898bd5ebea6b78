//! Janus with its videoroom plugin, in either of its two threading modes.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::machine::Machine;
use super::server::{Seat, Signalling};
use super::ws::Ws;
use crate::os::{Stopwatch, pause_ms};
use crate::room::program::Program;

/// Installed by the Debian package.
const PROGRAM: &str = "/usr/bin/janus";
/// The package's module folders, by architecture.
const MODULES: [&str; 3] =
    ["/usr/lib/x86_64-linux-gnu/janus", "/usr/lib/aarch64-linux-gnu/janus", "/usr/lib/janus"];
/// Room numbers start here.
const FIRST_ROOM: usize = 1_000;
/// Time limit for its start, in seconds.
const START_LIMIT_S: f64 = 10.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// `event_loops = 1`: one loop for all connections, as its manual advises for few cores.
    OneLoop,
    /// The default: one thread per connection.
    Threads,
}

/// Installs the Debian package if allowed; returns whether Janus is there.
pub(super) fn install_janus() -> bool {
    if is_installed() {
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
    apt.status().is_ok_and(|status| status.success()) && is_installed()
}

pub(super) fn is_installed() -> bool {
    Path::new(PROGRAM).exists() && modules_folder().is_some()
}

fn modules_folder() -> Option<&'static str> {
    MODULES.into_iter().find(|folder| Path::new(folder).exists())
}

pub(super) struct Janus {
    program: Program,
    ws: Ws,
    session: Option<Value>,
    transactions: u64,
    pub(super) version: String,
    /// Publishers of each room, in the order they joined.
    feeds: Vec<Vec<Feed>>,
}

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
        write_config(&folder, machine.host, port, mode)?;
        // The shell prints the port and then execs the server.
        let script = "echo port \"$1\"; exec \"$2\" -F \"$3\" -C \"$3/janus.jcfg\" >/dev/null 2>&1";
        let mut command = machine.server_command("sh");
        command.args(["-c", script, "sh"]).arg(port.to_string()).arg(PROGRAM).arg(&folder);
        let program = Program::start(&mut command)?.owning_folder(folder);
        let stopwatch = Stopwatch::start();
        while TcpStream::connect(address).is_err() {
            if stopwatch.secs() > START_LIMIT_S {
                return Err(io::Error::other("Janus does not start"));
            }
            pause_ms(20);
        }
        let mut janus = Self {
            program,
            ws: Ws::open(address, "janus-protocol")?,
            session: None,
            transactions: 0,
            version: String::new(),
            feeds: Vec::new(),
        };
        let info = janus.request(json!({"janus": "info"}), false)?;
        janus.version =
            field_of(&info, "/version_string")?.as_str().unwrap_or("unknown").to_owned();
        let made = janus.request(json!({"janus": "create"}), false)?;
        janus.session = Some(field_of(&made, "/data/id")?);
        Ok(janus)
    }

    /// Sends a request and waits for its response; with `is_slow` for the plugin's later event.
    fn request(&mut self, mut what: Value, is_slow: bool) -> io::Result<Value> {
        self.transactions += 1;
        let name = Value::from(format!("t{}", self.transactions));
        if let Some(fields) = what.as_object_mut() {
            fields.insert("transaction".to_owned(), name.clone());
            if let Some(session) = &self.session {
                fields.insert("session_id".to_owned(), session.clone());
            }
        }
        self.ws.send_text(&what.to_string())?;
        loop {
            let reply: Value =
                serde_json::from_str(&self.ws.next_text()?).map_err(io::Error::other)?;
            let field = |name: &str| reply.get(name).cloned().unwrap_or_default();
            if field("transaction") != name || (is_slow && field("janus") == "ack") {
                continue;
            }
            let broke = reply.pointer("/plugindata/data/error").cloned();
            if let Some(why) = broke.or_else(|| reply.pointer("/error/reason").cloned()) {
                return Err(io::Error::other(format!("Janus: {why}")));
            }
            return Ok(reply);
        }
    }

    fn attach(&mut self) -> io::Result<Value> {
        let plugin = "janus.plugin.videoroom";
        let made = self.request(json!({"janus": "attach", "plugin": plugin}), false)?;
        field_of(&made, "/data/id")
    }

    fn send_message(
        &mut self,
        handle: &Value,
        body: &Value,
        jsep: Option<Value>,
    ) -> io::Result<Value> {
        let mut what = json!({"janus": "message", "handle_id": handle, "body": body});
        if let (Some(fields), Some(jsep)) = (what.as_object_mut(), jsep) {
            fields.insert("jsep".to_owned(), jsep);
        }
        self.request(what, true)
    }

    fn end_candidates(&mut self, handle: &Value) -> io::Result<()> {
        let end =
            json!({"janus": "trickle", "handle_id": handle, "candidate": {"completed": true}});
        self.request(end, false)?;
        Ok(())
    }
}

impl Signalling for Janus {
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
        self.request(json!({"janus": "message", "handle_id": handle, "body": body}), false)?;
        self.feeds.push(Vec::new());
        Ok(())
    }

    fn publish(&mut self, seat: Seat, offer: &str) -> io::Result<String> {
        let handle = self.attach()?;
        let room = FIRST_ROOM + seat.room;
        let joined = self.send_message(
            &handle,
            &json!({"request": "join", "ptype": "publisher", "room": room}),
            None,
        )?;
        let id = field_of(&joined, "/plugindata/data/id")?;
        let given = self.send_message(
            &handle,
            &json!({"request": "publish"}),
            Some(json!({"type": "offer", "sdp": offer})),
        )?;
        self.end_candidates(&handle)?;
        if let Some(feeds) = self.feeds.get_mut(seat.room) {
            feeds.push(Feed { seat: seat.number, id });
        }
        sdp_of(&given)
    }

    fn allow_media(&mut self, _room: usize) -> io::Result<()> {
        Ok(())
    }

    fn forwarded_sources(&mut self, _room: usize) -> io::Result<Option<(u64, u64)>> {
        Ok(None)
    }

    fn subscribe(&mut self, seat: Seat) -> io::Result<(String, Value)> {
        let handle = self.attach()?;
        let feeds = self.feeds.get(seat.room).into_iter().flatten();
        let others = feeds.filter(|feed| feed.seat != seat.number);
        let streams: Vec<Value> = others.map(|feed| json!({"feed": feed.id})).collect();
        let room = FIRST_ROOM + seat.room;
        let joined = self.send_message(
            &handle,
            &json!({"request": "join", "ptype": "subscriber", "room": room, "streams": streams}),
            None,
        )?;
        Ok((sdp_of(&joined)?, handle))
    }

    fn send_answer(&mut self, _seat: Seat, handle: &Value, answer: &str) -> io::Result<()> {
        let jsep = json!({"type": "answer", "sdp": answer});
        self.send_message(handle, &json!({"request": "start"}), Some(jsep))?;
        self.end_candidates(handle)
    }
}

fn field_of(reply: &Value, at: &str) -> io::Result<Value> {
    let found = reply.pointer(at).cloned();
    found.ok_or_else(|| io::Error::other(format!("Janus sent no {at}: {reply}")))
}

fn sdp_of(reply: &Value) -> io::Result<String> {
    let found = field_of(reply, "/jsep/sdp")?;
    found.as_str().map(str::to_owned).ok_or_else(|| io::Error::other("Janus sent no SDP"))
}

/// Writes its configuration: the videoroom over WebSocket, everything else disabled.
fn write_config(folder: &Path, host: IpAddr, port: u16, mode: Mode) -> io::Result<()> {
    let parts = PathBuf::from(modules_folder().ok_or(io::ErrorKind::NotFound)?);
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
         ice_enforce_list = \"{host}\" }}\n\
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
