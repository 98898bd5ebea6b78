//! The program as people start it: without settings, twice by mistake, stopped, killed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use sitwith_testkit::both::on_both_addresses;

/// A folder to start the program in, gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sitwith-{name}-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&path));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sitwith"));
    command.args(words).current_dir(folder).env_remove("DATABASE_URL");
    command.stdin(Stdio::null());
    command
}

/// The program while it serves, and what it has said.
struct Serving {
    child: Child,
    said: Vec<String>,
}

impl Serving {
    /// Starts it and listens until it has said a line with `last` in it.
    fn start(folder: &Path, words: &[&str], last: &str) -> Self {
        let mut command = command(folder, words);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut serving = Self { child: child.expect("the program starts"), said: Vec::new() };
        let out = serving.child.stdout.take().expect("its output is ours");
        for line in BufReader::new(out).lines() {
            let line = line.expect("text");
            let is_last = line.contains(last);
            serving.said.push(line);
            if is_last {
                return serving;
            }
        }
        panic!("it ended before it said {last}: {:?}", serving.said);
    }

    /// What was said after this word.
    fn after(&self, word: &str) -> &str {
        let found = self.said.iter().find_map(|line| line.strip_prefix(word));
        found.unwrap_or_else(|| panic!("{word} was not said: {:?}", self.said)).trim()
    }

    fn host(&self) -> String {
        self.after("open at http://").to_owned()
    }

    fn signal(&self, signal: Signal) {
        let id = Pid::from_child(&self.child);
        kill_process(id, signal).expect("it is there");
    }

    fn end(&mut self) -> ExitStatus {
        self.child.wait().expect("it ends")
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The status and all of the page at this path.
fn get(host: &str, path: &str) -> (u16, String) {
    let mut line = TcpStream::connect(host).expect("it is listened to");
    write!(line, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
        .expect("asked");
    let mut page = String::new();
    line.read_to_string(&mut page).expect("the whole page");
    let status = page.get(9..12).and_then(|status| status.parse().ok());
    (status.expect("a status"), page)
}

fn path_of(link: &str) -> &str {
    link.splitn(4, '/').nth(3).expect("a path after the host")
}

#[test]
fn a_home_opens_without_any_settings_and_its_keeper_is_given_one_link() {
    let folder = Folder::new("serve");
    let mut serving = Serving::start(&folder.0, &["serve", "--port", "0"], "set-up");
    let host = serving.host();
    assert!(folder.0.join("home/home.db").exists());
    let link = serving.after("set-up").to_owned();
    let (status, _) = get(&host, &format!("/{}", path_of(&link)));
    assert_eq!(status, 200, "the link opens the first-run pages");
    let (status, _) = get(&host, "/setup/anything-else");
    assert_eq!(status, 410, "no other does");
    assert_eq!(get(&host, "/healthz").0, 200);
    serving.signal(Signal::TERM);
    assert!(serving.end().success(), "it stops softly when it is asked to");
    assert!(!folder.0.join("home/home.db-wal").exists(), "the database is folded away");
}

fn is_refused(folder: &Path, words: &[&str]) {
    let refused = command(folder, words).output().expect("it runs");
    assert!(!refused.status.success());
    let sorry = String::from_utf8_lossy(&refused.stderr);
    assert!(sorry.contains("Another sitwith is serving this home"), "{words:?}: {sorry}");
    assert!(sorry.contains("Stop it first."), "{words:?}: {sorry}");
}

/// The doctor, beside a program that serves.
fn doctor_reads_beside(folder: &Path, words: &[&str]) {
    let doctor = command(folder, words).output().expect("it runs");
    let said = String::from_utf8_lossy(&doctor.stdout);
    assert!(doctor.status.success(), "{said}");
    assert!(said.contains("a running sitwith; this only reads, beside it"), "{said}");
}

#[test]
fn a_folder_holds_one_open_home() {
    let folder = Folder::new("twice");
    let _first = Serving::start(&folder.0, &["serve", "--port", "0"], "set-up");
    is_refused(&folder.0, &["serve", "--port", "0"]);
}

#[test]
fn one_program_serves_a_database_file_and_nobody_migrates_it_meanwhile() {
    let folder = Folder::new("one-file");
    let database = format!("sqlite://{}", folder.0.join("shared.db").display());
    std::fs::write(folder.0.join("one.toml"), settings("one", &database)).expect("written");
    std::fs::write(folder.0.join("two.toml"), settings("two", &database)).expect("written");
    served_once(&folder.0);
}

#[test]
fn one_program_serves_a_postgres_database_and_nobody_migrates_it_meanwhile() {
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    runtime.block_on(on_both_addresses(|address| async move {
        if address.starts_with("sqlite:") {
            // Held by the test before this one.
            return;
        }
        let folder = Folder::new("one-postgres");
        std::fs::write(folder.0.join("one.toml"), settings("one", &address)).expect("written");
        std::fs::write(folder.0.join("two.toml"), settings("two", &address)).expect("written");
        served_once(&folder.0);
    }));
}

/// A settings file of a home in a folder of its own.
fn settings(name: &str, address: &str) -> String {
    format!("[home]\nfolder = \"{name}\"\n[listen]\nport = 0\n[store]\naddress = \"{address}\"\n")
}

/// Two homes in two folders have one database: one of them is served.
fn served_once(folder: &Path) {
    let mut first = Serving::start(folder, &["--config", "one.toml", "serve"], "set-up");
    is_refused(folder, &["--config", "two.toml", "serve"]);
    is_refused(folder, &["--config", "two.toml", "migrate"]);
    doctor_reads_beside(folder, &["--config", "one.toml", "doctor"]);
    first.signal(Signal::TERM);
    assert!(first.end().success());
    let migrate = command(folder, &["--config", "two.toml", "migrate"]).output().expect("it runs");
    assert!(migrate.status.success(), "{}", String::from_utf8_lossy(&migrate.stderr));
}

#[test]
fn a_home_that_was_killed_opens_again_as_it_was() {
    let folder = Folder::new("killed");
    let words = ["demo", "--port", "0", "--folder", "home"];
    let mut serving = Serving::start(&folder.0, &words, "Stop with");
    let (guest, guide) = (serving.after("guest").to_owned(), serving.after("guide").to_owned());
    serving.signal(Signal::KILL);
    assert!(!serving.end().success());
    let again = Serving::start(&folder.0, &words, "Stop with");
    assert_eq!(path_of(again.after("guest")), path_of(&guest));
    assert_eq!(path_of(again.after("guide")), path_of(&guide));
    let host = again.after("guest").split('/').nth(2).expect("a host").to_owned();
    let (status, page) = get(&host, &format!("/{}", path_of(&guest)));
    assert_eq!(status, 200);
    assert!(page.contains("A pause in the day"));
}

#[test]
fn a_demonstration_leaves_nothing_behind() {
    let folder = Folder::new("demo");
    let mut serving = Serving::start(&folder.0, &["demo", "--port", "0"], "Stop with");
    let id = serving.child.id();
    let home = std::env::temp_dir().join(format!("sitwith-demo-{id}"));
    assert!(home.join("home.db").exists());
    serving.signal(Signal::INT);
    assert!(serving.end().success());
    assert!(!home.exists());
    assert!(std::fs::read_dir(&folder.0).expect("it is there").next().is_none());
}

#[test]
fn settings_that_cannot_work_are_refused_before_anything_is_opened() {
    let folder = Folder::new("settings");
    std::fs::write(folder.0.join("sitwith.toml"), "[listen]\nprot = 80\n").expect("written");
    let refused = command(&folder.0, &["serve"]).output().expect("it runs");
    assert!(!refused.status.success());
    let sorry = String::from_utf8_lossy(&refused.stderr);
    assert!(sorry.contains("prot"), "{sorry}");
    assert!(!folder.0.join("home").exists());
}

#[test]
fn the_doctor_and_the_explanation_change_nothing() {
    let folder = Folder::new("doctor");
    let doctor = command(&folder.0, &["doctor", "--port", "0"]).output().expect("it runs");
    let said = String::from_utf8_lossy(&doctor.stdout);
    assert!(doctor.status.success(), "{said}");
    for what in ["database", "disk", "open files", "clock", "port"] {
        assert!(said.contains(what), "{what} is not looked at:\n{said}");
    }
    let explain = command(&folder.0, &["config", "explain"]).output().expect("it runs");
    assert!(explain.status.success());
    assert!(String::from_utf8_lossy(&explain.stdout).contains("[listen]"));
    assert!(std::fs::read_dir(&folder.0).expect("it is there").next().is_none());
}

#[test]
fn migrating_makes_the_database_once() {
    let folder = Folder::new("migrate");
    for done in ["done now", "(0 done now)"] {
        let migrate = command(&folder.0, &["migrate"]).output().expect("it runs");
        let said = String::from_utf8_lossy(&migrate.stdout);
        assert!(migrate.status.success() && said.contains(done), "{said}");
    }
}
