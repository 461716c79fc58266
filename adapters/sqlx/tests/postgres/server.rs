//! A PostgreSQL server of this test alone: a fresh folder, a private socket, no network.
//!
//! A shell holds the server: when this process ends, however it does, the shell reads the end of its input,
//! stops the server and deletes the folder.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;

use super::Result;

/// Why this test is not run: where the variable is set, there are no servers.
pub(crate) fn skipped() -> bool {
    std::env::var_os("REPASS_TEST_SKIP_SERVERS").is_some_and(|value| value == "1")
}

#[derive(Debug)]
pub(crate) struct Server {
    folder: PathBuf,
    shell: Mutex<Shell>,
}

#[derive(Debug)]
struct Shell {
    _child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// Settings that a test of a few seconds needs: no machine crashes here.
const START: &str = r#"
set -eu
cd /
folder=$(mktemp -d /tmp/repass-postgres-XXXXXX)
data=$folder/data
say() { printf '%s\n' "$*"; }
stop() { pg_ctl -D "$data" -m immediate stop >/dev/null 2>&1 || true; }
trap 'stop; rm -rf "$folder"' EXIT
if [ -n "${PRIMARY:-}" ]; then
    pg_basebackup -D "$data" -h "$PRIMARY" -U postgres -R -X stream -c fast --no-sync >"$folder/log" 2>&1 ||
        { say "pg_basebackup failed: $(cat "$folder/log")"; exit 1; }
else
    initdb -D "$data" -U postgres -A trust -E UTF8 --no-locale --no-sync --wal-segsize=1 >"$folder/log" 2>&1 ||
        { say "initdb failed: $(cat "$folder/log")"; exit 1; }
fi
cat >>"$data/postgresql.conf" <<END
listen_addresses = ''
unix_socket_directories = '$folder'
fsync = ${FSYNC:-off}
max_connections = 400
shared_buffers = 64MB
END
# The log would grow to the same limit.
if [ -n "${LIMIT:-}" ]; then
    printf 'log_min_messages = panic\n' >>"$data/postgresql.conf"
    ulimit -f "$LIMIT"
fi
start() {
    pg_ctl -D "$data" -l "$folder/log" -w start >/dev/null ||
        { say "the server did not start: $(cat "$folder/log")"; exit 1; }
    say "ready $folder"
}
start
while read -r word; do
    case $word in
    stop) pg_ctl -D "$data" -m fast -w stop >/dev/null 2>&1; say "ready $folder" ;;
    kill) pg_ctl -D "$data" -m immediate -w stop >/dev/null 2>&1; say "ready $folder" ;;
    start) start ;;
    promote) pg_ctl -D "$data" -w promote >/dev/null 2>&1; say "ready $folder" ;;
    esac
done
"#;

impl Server {
    pub(crate) fn start() -> Result<Self> {
        Self::start_with("", None)
    }

    /// A server whose commits wait for the disk, for what is measured.
    #[allow(dead_code, reason = "the figures need it")]
    pub(crate) fn durable() -> Result<Self> {
        Self::start_as("", None, "on")
    }

    /// A replica, which receives what this server writes.
    pub(crate) fn replica(&self) -> Result<Self> {
        Self::start_with("", Some(&self.folder))
    }

    /// A server that cannot write beyond so many KiB of a file, as on a full disk.
    pub(crate) fn with_files_of_at_most(kibibytes: u32) -> Result<Self> {
        Self::start_with(&kibibytes.to_string(), None)
    }

    fn start_with(limit: &str, primary: Option<&Path>) -> Result<Self> {
        Self::start_as(limit, primary, "off")
    }

    fn start_as(limit: &str, primary: Option<&Path>, fsync: &str) -> Result<Self> {
        let programs = programs()?;
        // PostgreSQL refuses to run as root.
        let mut command = if is_root()? {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--", "bash", "-c", START]);
            command
        } else {
            let mut command = Command::new("bash");
            command.args(["-c", START]);
            command
        };
        let path = std::env::var("PATH").unwrap_or_default();
        let mut child = command
            .env("PATH", format!("{}:{path}", programs.display()))
            .env("LIMIT", limit)
            .env("FSYNC", fsync)
            .env("PRIMARY", primary.map_or("".as_ref(), Path::as_os_str))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let input = child.stdin.take().ok_or("no input")?;
        let output = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut shell = Shell { _child: child, input, output };
        let folder = shell.ready()?;
        Ok(Self { folder, shell: Mutex::new(shell) })
    }

    /// Stops it after what runs was rolled back.
    pub(crate) fn stop(&self) -> Result {
        self.tell("stop")
    }

    /// Stops it as a crash does.
    pub(crate) fn kill(&self) -> Result {
        self.tell("kill")
    }

    pub(crate) fn start_again(&self) -> Result {
        self.tell("start")
    }

    /// Makes a primary of a replica.
    pub(crate) fn promote(&self) -> Result {
        self.tell("promote")
    }

    fn tell(&self, word: &str) -> Result {
        let mut shell = self.shell.lock().map_err(|_| "another test failed")?;
        writeln!(shell.input, "{word}")?;
        shell.ready()?;
        Ok(())
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Shell {
    /// What it says; the first line that is not "ready" is why it failed.
    fn ready(&mut self) -> Result<PathBuf> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        match line.trim_end().strip_prefix("ready ") {
            Some(folder) => Ok(folder.into()),
            None => {
                std::io::Read::read_to_string(&mut self.output, &mut line)?;
                Err(line.into())
            }
        }
    }
}

/// pgbouncer in transaction mode before a server.
#[derive(Debug)]
pub(crate) struct Bouncer {
    _child: Child,
    _input: ChildStdin,
    folder: PathBuf,
}

const START_BOUNCER: &str = r#"
set -eu
cd /
folder=$1/pgbouncer
mkdir "$folder"
cat >"$folder/pgbouncer.ini" <<END
[databases]
postgres = host=$1 dbname=postgres
[pgbouncer]
listen_addr =
unix_socket_dir = $folder
auth_type = any
admin_users = postgres
pool_mode = transaction
max_client_conn = 400
default_pool_size = 20
logfile = $folder/log
END
sed -i 's/^postgres = .*/& user=postgres/' "$folder/pgbouncer.ini"
pgbouncer "$folder/pgbouncer.ini" >/dev/null 2>&1 &
pid=$!
trap 'kill "$pid" 2>/dev/null || true' EXIT
for _ in $(seq 200); do
    [ ! -S "$folder/.s.PGSQL.6432" ] || { echo ready; break; }
    sleep 0.05
done
cat >/dev/null
"#;

impl Bouncer {
    pub(crate) fn start(server: &Server) -> Result<Self> {
        let mut command = if is_root()? {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--", "bash", "-c", START_BOUNCER, "bash"]);
            command
        } else {
            let mut command = Command::new("bash");
            command.args(["-c", START_BOUNCER, "bash"]);
            command
        };
        let path = std::env::var("PATH").unwrap_or_default();
        let mut child = command
            .arg(server.folder())
            .env("PATH", format!("{path}:/usr/sbin"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let input = child.stdin.take().ok_or("no input")?;
        let mut output = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut line = String::new();
        output.read_line(&mut line)?;
        if line.trim_end() != "ready" {
            return Err(
                "pgbouncer does not start: install it (Debian: apt-get install pgbouncer), or \
                        set REPASS_TEST_SKIP_SERVERS=1"
                    .into(),
            );
        }
        Ok(Self { _child: child, _input: input, folder: server.folder().join("pgbouncer") })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// The folder of the programs of a server.
fn programs() -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let needed = ["initdb", "pg_ctl", "pg_dump"];
    let has = |folder: &PathBuf| needed.iter().all(|name| folder.join(name).exists());
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<PathBuf> = debian.map(|entry| entry.path().join("bin")).collect();
    debian.sort();
    let folders = std::env::split_paths(&path).chain(debian.into_iter().rev());
    folders.into_iter().find(has).ok_or_else(|| {
        "no PostgreSQL server: install one (Debian: apt-get install postgresql), or set \
         REPASS_TEST_SKIP_SERVERS=1"
            .into()
    })
}

/// One of the programs that come with a server.
pub(crate) fn program(name: &str) -> Result<Command> {
    Ok(Command::new(programs()?.join(name)))
}

fn is_root() -> Result<bool> {
    let id = Command::new("id").arg("-u").output()?;
    Ok(id.stdout.trim_ascii() == b"0")
}
