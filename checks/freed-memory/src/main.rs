//! Looks into every block of memory that is given back while secrets are made, used and dropped, grow,
//! and unwind, for pieces of them. Each type that holds one takes part, and each road on which a secret
//! passes through a buffer of the crate.
//!
//! The stack and registers are not looked at: no safe Rust can promise that nothing stays there. What was
//! left on the stack also comes to the heap, in the padding of values that are copied; valgrind tells it
//! from what was written there. Nor are buffers of the caller's looked at: what cases bring along is
//! made before, or given away.
//!
//! Prints a line for each case and way: the name, what became of the secret, and how many blocks held a
//! piece of it. Then the types that took part. Arguments are the groups of cases to run, if not all.
//! Exit status: 0 when no block held any; 1 otherwise.

mod cases;
mod memcheck;
mod report;
mod secrets;
mod spy;
mod trip;
mod world;

use std::process::ExitCode;

use report::Report;

fn main() -> ExitCode {
    if !memcheck::is_watching() {
        eprintln!("this has to be run under valgrind");
        return ExitCode::FAILURE;
    }
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let mut report = Report::default();
    for (name, group) in [
        ("secret", cases::secret as fn(&mut Report)),
        ("key", cases::key),
        ("token", cases::token),
        ("code", cases::code),
        ("policy", cases::policy),
        ("hash", cases::hash),
        ("flow", cases::flow),
        ("handed_over", cases::handed_over),
    ] {
        if asked.is_empty() || asked.iter().any(|asked| asked == name) {
            group(&mut report);
        }
    }
    report.finish()
}
