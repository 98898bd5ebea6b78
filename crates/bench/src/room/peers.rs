//! The peers: what else people build such rooms on. Those that are not on this machine are left
//! out and named in the report.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::program::Program;
use super::speech::Speech;
use crate::watch::{Watch, pause};

/// Another server for rooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// The usual WebSocket library of Node.
    Ws,
    /// Socket.IO on Node.
    SocketIo,
    /// The NATS server's own WebSocket listener.
    Nats,
    /// Bun, whose WebSockets are uWebSockets.
    Bun,
}

pub(crate) const ALL: [Peer; 4] = [Peer::Ws, Peer::SocketIo, Peer::Nats, Peer::Bun];

/// Where the peers' programs and their packages lie.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

impl Peer {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ws => "ws",
            Self::SocketIo => "socketio",
            Self::Nats => "nats",
            Self::Bun => "bun",
        }
    }

    pub(crate) const fn speech(self) -> Speech {
        match self {
            Self::Ws | Self::Bun => Speech::Plain,
            Self::SocketIo => Speech::SocketIo,
            Self::Nats => Speech::Nats,
        }
    }

    /// Whether it can run on this machine.
    pub(crate) fn is_here(self) -> bool {
        let module = |name: &str| folder().join("node_modules").join(name).exists();
        match self {
            Self::Ws => module("ws"),
            Self::SocketIo => module("socket.io"),
            Self::Nats => nats().is_some(),
            Self::Bun => bun().is_some(),
        }
    }

    /// Starts it on a free port.
    pub(crate) fn start(self) -> io::Result<Program> {
        let script = |program: &Path, file: &str| {
            let mut command = Command::new(program);
            command.arg(folder().join(file)).current_dir(folder());
            command
        };
        match self {
            Self::Ws => Program::start(&mut script(Path::new("node"), "ws.js")),
            Self::SocketIo => Program::start(&mut script(Path::new("node"), "socketio.js")),
            Self::Bun => {
                let bun = bun().ok_or(io::ErrorKind::NotFound)?;
                Program::start(&mut script(&bun, "bun.js"))
            }
            Self::Nats => start_nats(),
        }
    }
}

/// Fetches the peers' packages if that was not done before; says whether they are here now.
pub(crate) fn fetch() -> bool {
    if folder().join("node_modules").exists() {
        return true;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--silent"]).current_dir(folder());
    let Ok(mut npm) = npm.stdin(Stdio::null()).stdout(Stdio::null()).spawn() else {
        return false;
    };
    let watch = Watch::start();
    while watch.secs() < 60.0 {
        match npm.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => pause(100),
            Err(_) => return false,
        }
    }
    let _killed = npm.kill().is_ok() && npm.wait().is_ok();
    false
}

fn nats() -> Option<PathBuf> {
    let places = ["/usr/sbin/nats-server", "/usr/bin/nats-server", "/usr/local/bin/nats-server"];
    places.iter().map(PathBuf::from).find(|place| place.exists())
}

/// Bun's own program, which its package brings along.
fn bun() -> Option<PathBuf> {
    let program = folder().join("node_modules/bun/bin/bun.exe");
    runs(&program).then_some(program)
}

fn runs(program: &Path) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// NATS says no port on its standard output, so it is given one that was free a moment ago.
fn start_nats() -> io::Result<Program> {
    let free = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr();
    let (port, inner) = (free()?.port(), free()?.port());
    let folder = std::env::temp_dir().join(format!("sitwith-bench-nats-{port}"));
    fs::create_dir_all(&folder)?;
    let file = folder.join("nats.conf");
    let config = format!(
        "listen: 127.0.0.1:{inner}\nmax_connections: 100000\nwrite_deadline: \"30s\"\n\
         websocket {{ listen: \"127.0.0.1:{port}\", no_tls: true }}\n"
    );
    fs::write(&file, config)?;
    // The shell says the port for it and then becomes the server.
    let program = nats().ok_or(io::ErrorKind::NotFound)?;
    let line = "echo port \"$1\"; exec \"$2\" -c \"$3\" -l /dev/null";
    let mut command = Command::new("sh");
    command.args(["-c", line, "sh"]).arg(port.to_string()).arg(program).arg(file);
    let started = Program::start(&mut command)?;
    let watch = Watch::start();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() && watch.secs() < 5.0 {
        pause(20);
    }
    Ok(started)
}
