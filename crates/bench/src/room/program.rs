//! Another program under measurement: started, spoken to over its standard streams, ended.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::watch::{cpu_s, memory_bytes};

/// A running program that has said which port it serves.
pub(crate) struct Program {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// What it lives in, gone with it.
    folder: Option<PathBuf>,
    pub(crate) port: u16,
}

impl Program {
    /// Starts it and waits for its line `port N`.
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?);
        let mut program = Self { child, input, output, folder: None, port: 0 };
        program.port = program.hear("port")?.parse().map_err(io::Error::other)?;
        Ok(program)
    }

    /// The program with the folder it lives in, which goes when it ends.
    pub(crate) fn living_in(mut self, folder: PathBuf) -> Self {
        self.folder = Some(folder);
        self
    }

    /// Starts one of the roles of this very program.
    pub(crate) fn start_own(role: &str) -> io::Result<Self> {
        Self::start(Command::new(std::env::current_exe()?).arg(role))
    }

    /// Waits for a line that starts with `name`, and gives what follows.
    pub(crate) fn hear(&mut self, name: &str) -> io::Result<String> {
        let mut line = String::new();
        loop {
            line.clear();
            if self.output.read_line(&mut line)? == 0 {
                return Err(io::Error::other(format!("the program ended before it said {name}")));
            }
            if let Some(rest) = line.strip_prefix(name) {
                return Ok(rest.trim().to_owned());
            }
        }
    }

    /// Says a line to it.
    pub(crate) fn say(&mut self, line: &str) -> io::Result<()> {
        let Some(input) = &mut self.input else {
            return Ok(());
        };
        writeln!(input, "{line}")?;
        input.flush()
    }

    /// Its number among the programs of this machine.
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
        // It holds nothing worth keeping; whether it was already gone does not matter.
        let _killed = self.child.kill().is_ok();
        let _waited = self.child.wait().is_ok();
        if let Some(folder) = &self.folder {
            let _removed = std::fs::remove_dir_all(folder).is_ok();
        }
    }
}
