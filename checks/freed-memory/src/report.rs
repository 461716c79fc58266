//! Runs cases in their ways, and says what was found.

use std::any::type_name;
use std::collections::BTreeSet;
use std::hint::black_box;
use std::panic::resume_unwind;
use std::process::ExitCode;

use crate::secrets::Secrets;
use crate::spy::watch;

/// What becomes of a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Dropped,
    /// A longer one than what a buffer begins with.
    Grown,
    /// A panic of the caller's passes by while it is there.
    Unwinding,
}

#[derive(Default)]
pub struct Report {
    covered: BTreeSet<&'static str>,
    failed: bool,
}

impl Report {
    /// A value that holds a secret: on the heap it is dropped, and unwound past.
    pub fn value<T>(&mut self, name: &str, secrets: &Secrets, make: impl Fn() -> T) {
        self.covered.insert(type_name::<T>());
        self.run(name, Way::Dropped, secrets, || drop(black_box(Box::new(make()))));
        self.run(name, Way::Unwinding, secrets, || {
            let _held = black_box(Box::new(make()));
            unwind();
        });
    }

    /// A value for which a buffer grows.
    pub fn grown<T>(&mut self, name: &str, secrets: &Secrets, make: impl Fn() -> T) {
        self.covered.insert(type_name::<T>());
        self.run(name, Way::Grown, secrets, || drop(black_box(Box::new(make()))));
    }

    /// Anything else; it has to panic just when that is the way.
    pub fn run(&mut self, name: &str, way: Way, secrets: &Secrets, run: impl FnOnce()) {
        let seen = watch(secrets, run);
        let said = match way {
            Way::Dropped => "dropped",
            Way::Grown => "grown",
            Way::Unwinding => "unwinding",
        };
        print!("{name}, {said}: found {}", seen.blocks);
        if seen.blocks > 0 {
            print!(", the last in a block of {} bytes", seen.size_of_last);
        }
        println!();
        if seen.panicked != (way == Way::Unwinding) {
            println!("{name}, {said}: {}", if seen.panicked { "panics" } else { "does not panic" });
        }
        self.failed |= seen.blocks > 0 || seen.panicked != (way == Way::Unwinding);
    }

    pub fn finish(self) -> ExitCode {
        for name in self.covered {
            println!("covers {name}");
        }
        if self.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}

/// A panic without a message.
pub fn unwind() -> ! {
    resume_unwind(Box::new(()))
}
