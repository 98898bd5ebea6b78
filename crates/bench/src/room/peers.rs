//! Other servers that such rooms are built on. Those not installed are left out, with a note.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::program::Program;
use super::protocol::Protocol;
use crate::os::{Stopwatch, pause_ms};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// `ws`, the usual WebSocket library for Node.
    Ws,
    SocketIo,
    /// The WebSocket listener of the NATS server.
    Nats,
    /// Bun, whose WebSockets are uWebSockets.
    Bun,
}

pub(crate) const ALL: [Peer; 4] = [Peer::Ws, Peer::SocketIo, Peer::Nats, Peer::Bun];

fn peers_folder() -> PathBuf {
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

    pub(crate) const fn protocol(self) -> Protocol {
        match self {
            Self::Ws | Self::Bun => Protocol::Plain,
            Self::SocketIo => Protocol::SocketIo,
            Self::Nats => Protocol::Nats,
        }
    }

    pub(crate) fn is_installed(self) -> bool {
        let module = |name: &str| peers_folder().join("node_modules").join(name).exists();
        match self {
            Self::Ws => module("ws"),
            Self::SocketIo => module("socket.io"),
            Self::Nats => find_nats().is_some(),
            Self::Bun => find_bun().is_some(),
        }
    }

    pub(crate) fn start(self) -> io::Result<Program> {
        let script = |program: &Path, file: &str| {
            let mut command = Command::new(program);
            command.arg(peers_folder().join(file)).current_dir(peers_folder());
            command
        };
        match self {
            Self::Ws => Program::start(&mut script(Path::new("node"), "ws.js")),
            Self::SocketIo => Program::start(&mut script(Path::new("node"), "socketio.js")),
            Self::Bun => {
                let bun = find_bun().ok_or(io::ErrorKind::NotFound)?;
                Program::start(&mut script(&bun, "bun.js"))
            }
            Self::Nats => start_nats(),
        }
    }
}

/// Installs the peers' npm packages if missing; returns whether they are there.
pub(crate) fn fetch_packages() -> bool {
    if peers_folder().join("node_modules").exists() {
        return true;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--silent"]).current_dir(peers_folder());
    let Ok(mut npm) = npm.stdin(Stdio::null()).stdout(Stdio::null()).spawn() else {
        return false;
    };
    let stopwatch = Stopwatch::start();
    while stopwatch.secs() < 60.0 {
        match npm.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => pause_ms(100),
            Err(_) => return false,
        }
    }
    let _killed = npm.kill().is_ok() && npm.wait().is_ok();
    false
}

fn find_nats() -> Option<PathBuf> {
    let paths = ["/usr/sbin/nats-server", "/usr/bin/nats-server", "/usr/local/bin/nats-server"];
    paths.iter().map(PathBuf::from).find(|path| path.exists())
}

/// The executable that Bun's npm package contains.
fn find_bun() -> Option<PathBuf> {
    let program = peers_folder().join("node_modules/bun/bin/bun.exe");
    can_run(&program).then_some(program)
}

fn can_run(program: &Path) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// NATS does not print its port, so it gets one that was free a moment ago.
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
    // The shell prints the port and then execs the server.
    let program = find_nats().ok_or(io::ErrorKind::NotFound)?;
    let script = "echo port \"$1\"; exec \"$2\" -c \"$3\" -l /dev/null";
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).arg(port.to_string()).arg(program).arg(file);
    let started = Program::start(&mut command)?;
    let stopwatch = Stopwatch::start();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() && stopwatch.secs() < 5.0 {
        pause_ms(20);
    }
    Ok(started)
}
