//! A child process under test, controlled over its standard streams and killed on drop.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::os::{cpu_s, memory_bytes};

/// A running server that has printed its port.
pub(crate) struct Program {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// Removed on drop.
    folder: Option<PathBuf>,
    pub(crate) port: u16,
}

impl Program {
    /// Spawns it and waits for its line `port N`.
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?);
        let mut program = Self { child, input, output, folder: None, port: 0 };
        program.port = program.await_line("port")?.parse().map_err(io::Error::other)?;
        Ok(program)
    }

    /// Ties a temporary folder to the process.
    pub(crate) fn owning_folder(mut self, folder: PathBuf) -> Self {
        self.folder = Some(folder);
        self
    }

    /// Starts this executable in one of its hidden roles.
    pub(crate) fn start_role(role: &str) -> io::Result<Self> {
        Self::start(Command::new(std::env::current_exe()?).arg(role))
    }

    /// Waits for a line that starts with `name`, and returns the rest of it.
    pub(crate) fn await_line(&mut self, name: &str) -> io::Result<String> {
        let mut line = String::new();
        loop {
            line.clear();
            if self.output.read_line(&mut line)? == 0 {
                return Err(io::Error::other(format!(
                    "the process ended before it printed {name}"
                )));
            }
            if let Some(rest) = line.strip_prefix(name) {
                return Ok(rest.trim().to_owned());
            }
        }
    }

    pub(crate) fn send_line(&mut self, line: &str) -> io::Result<()> {
        let Some(input) = &mut self.input else {
            return Ok(());
        };
        writeln!(input, "{line}")?;
        input.flush()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn cpu_s(&self) -> f64 {
        cpu_s(self.child.id())
    }

    pub(crate) fn memory_bytes(&self) -> u64 {
        memory_bytes(self.child.id())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Nothing is lost if it has exited already.
        let _killed = self.child.kill().is_ok();
        let _waited = self.child.wait().is_ok();
        if let Some(folder) = &self.folder {
            let _removed = std::fs::remove_dir_all(folder).is_ok();
        }
    }
}
