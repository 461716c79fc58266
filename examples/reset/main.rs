//! The whole flow at a terminal, over the ports in memory: from "forgot" to "changed".
//!
//! ```text
//! $ cargo run --example reset
//! $ printf 'ada\nlink\nplum-kettle-42\nplum-kettle-42\n' | cargo run --example reset -- --take-from-outbox
//! ```
//!
//! Prompts and mistakes go to standard error, results to standard output. Exit status: 0 if the
//! password was changed and every claim about it was proved; 1 otherwise; 2 for wrong arguments.

extern crate alloc;

mod terminal;
mod walk;

use alloc::sync::Arc;
use std::io::{self, Write};
use std::process::ExitCode;

use repass::memory::{MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Outbox};
use repass::port::PortSet;

use self::terminal::{Result, complain, end, ended};
use self::walk::{People, Walk};

const HELP: &str = "\
Resets a lost password, with two accounts that exist in memory only.

usage: reset [--take-from-outbox] [--help]

  --take-from-outbox  take the link or code out of the delivered message instead of asking for it
  --help              print this

Every prompt takes one line, from a terminal or a pipe; `quit` ends the program, with status 1.
Passwords are shown while they are typed: this example does not turn off the echo of a terminal.
";

fn main() -> ExitCode {
    let mut take_from_outbox = false;
    for argument in std::env::args_os().skip(1) {
        match argument.to_str() {
            Some("--take-from-outbox") => take_from_outbox = true,
            Some("--help") => return end(io::stdout().write_all(HELP.as_bytes()).is_ok()),
            _ => {
                complain(format_args!("unknown argument {argument:?}, see --help"));
                return ExitCode::from(2);
            }
        }
    }
    ended(pollster::block_on(run(take_from_outbox)))
}

async fn run(take_from_outbox: bool) -> Result<bool> {
    let (people, outbox) = (People::draw()?, Arc::new(Outbox::default()));
    let ports = PortSet {
        accounts: MemoryAccounts::new(people.accounts().to_vec()),
        attempts: MemoryAttempts::default(),
        counters: MemoryCounters::default(),
        queue: MemoryQueue::default(),
        notifier: Arc::clone(&outbox),
    };
    Walk::new(ports, outbox, people, take_from_outbox)?.walk().await
}
