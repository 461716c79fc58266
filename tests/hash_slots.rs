//! The memory of hashes: bounded in number, kept for the next, let go when it is more than usual, wiped, and not
//! there at times; and foreign schemes, which run in a slot as well.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Barrier, Mutex};

use repass::account::{Account, AccountId};
use repass::answer::Answer;
use repass::hash::{Cost, ForeignScheme, HashError, Hasher, Verdict, Work};
use repass::key::{Key, KeyId, Keyring};
use repass::memory::MemoryPorts;
use repass::message::{LinkForm, ResetLink};
use repass::policy::Policy;
use repass::recovery::Recovery;
use repass::reset::{CurrentError, Flow, SetError};
use repass::secret::{Password, PasswordHash, Salt};
use repass::time::UtcDateTime;

#[test]
fn when_every_slot_is_in_use_it_is_busy_and_nothing_waits() {
    for slots in [1, 2, 3] {
        let inner = Arc::new(Mutex::new(None));
        let hasher = Hasher::new(cost()).with_slots(slots);
        let own = hasher.hash(&password(), salt()).unwrap();
        let nested = hasher.with_foreign(Nested { depth: slots, hasher: Arc::clone(&inner) });
        *inner.lock().unwrap() = Some(nested.clone());
        // A hash within a hash within a hash: as many as there are slots are in use at the innermost.
        let verdict = nested.verify(&password(), &stored(&format!("nested:1:{}", expose(&own))));
        assert_eq!(verdict, Ok(Verdict::MatchOutdated), "{slots} slots");
        // And all are given back.
        assert_eq!(nested.verify(&password(), &own), Ok(Verdict::Match), "{slots} slots");
    }
}

/// Takes one slot more for each level; at the innermost none is left.
struct Nested {
    depth: usize,
    hasher: Arc<Mutex<Option<Hasher>>>,
}

impl ForeignScheme for Nested {
    fn recognises(&self, text: &str) -> bool {
        text.starts_with("nested:")
    }

    fn verify(&self, password: &Password, text: &str) -> Result<bool, HashError> {
        let hasher = self.hasher.lock().unwrap().clone().unwrap();
        let (level, own) = text.strip_prefix("nested:").unwrap().split_once(':').unwrap();
        let level: usize = level.parse().unwrap();
        let busy = Err(HashError::Busy);
        if level < self.depth {
            let next = stored(&format!("nested:{}:{own}", level + 1));
            return hasher.verify(password, &next).map(|verdict| verdict == Verdict::MatchOutdated);
        }
        assert_eq!(hasher.hash(password, salt()).err(), busy.err());
        for text in [own, "nested:1:x"] {
            assert_eq!(hasher.verify(password, &stored(text)), busy);
        }
        // Nobody is told from somebody by it.
        assert_eq!(hasher.verify(password, None::<&PasswordHash>), busy);
        // What is refused without work is refused as always.
        for (text, error) in [
            ("$argon2id$v=19", HashError::Malformed),
            ("$2b$12$abc", HashError::UnsupportedScheme),
            (
                "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                HashError::OverCeiling { parameter: "m" },
            ),
        ] {
            assert_eq!(hasher.verify(password, &stored(text)), Err(error), "{text}");
        }
        set_and_current(&hasher, own);
        Ok(true)
    }

    fn work(&self, _: &str) -> Result<Work, HashError> {
        Ok(Work::new("nothing", 0))
    }

    fn spend(&self, _: &Password, _: Work) -> Result<(), HashError> {
        Ok(())
    }
}

/// A busy hasher is no refusal: the admission admits again, and the user is told to try again later.
fn set_and_current(hasher: &Hasher, own: &str) {
    let now = UtcDateTime::from_unix_timestamp(1_700_000_000).unwrap();
    let material: [u8; 32] = core::array::from_fn(|at| u8::try_from(at).unwrap());
    let keyring = Keyring::new(KeyId::new(1), Key::from_bytes(&material).unwrap());
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
    let flow = Flow::builder(keyring, page).build().unwrap();
    let id = AccountId::new("42").unwrap();
    let account = Account::new(id.clone()).with_password(stored(own));
    let recovery = Recovery::new(flow, MemoryPorts::new([account]));
    let current = || pollster::block_on(recovery.current(id.clone(), now)).unwrap();
    let busy = current().verify(&password(), hasher).unwrap_err();
    assert_eq!(busy, CurrentError::Hash(HashError::Busy));
    assert_eq!((busy.code(), busy.answer()), ("hash_busy", Answer::Unavailable));

    let idle = Hasher::new(cost());
    let admitted = current().verify(&password(), &idle).unwrap();
    let policy = Policy::builder().min_length(8).build().unwrap();
    let new = Password::new("plum-kettle-42").unwrap();
    let refused = admitted.set_password(&new, &policy, hasher, salt()).unwrap_err();
    assert_eq!(refused, SetError::Hash(HashError::Busy));
    assert!(admitted.set_password(&new, &policy, &idle, salt()).is_ok());
}

#[test]
fn as_many_threads_as_slots_never_find_it_busy() {
    const THREADS: usize = 4;
    let hasher = Hasher::new(cost()).with_slots(THREADS);
    let stored = hasher.hash(&password(), salt()).unwrap();
    let together = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            // Clones share the slots.
            let hasher = hasher.clone();
            let (stored, together) = (&stored, &together);
            scope.spawn(move || {
                let wrong = Password::new("incorrect horse").unwrap();
                together.wait();
                for _ in 0..50 {
                    assert_eq!(hasher.verify(&password(), stored), Ok(Verdict::Match));
                    assert_eq!(hasher.verify(&wrong, stored), Ok(Verdict::Mismatch));
                }
            });
        }
    });
}

#[test]
fn a_slot_comes_back_after_a_panic() {
    struct Panics;

    impl ForeignScheme for Panics {
        fn recognises(&self, text: &str) -> bool {
            text == "panics"
        }

        fn verify(&self, _: &Password, _: &str) -> Result<bool, HashError> {
            panic!("a scheme of the host that panics")
        }

        fn work(&self, _: &str) -> Result<Work, HashError> {
            Ok(Work::new("nothing", 0))
        }

        fn spend(&self, _: &Password, _: Work) -> Result<(), HashError> {
            Ok(())
        }
    }

    let hasher = Hasher::new(cost()).with_slots(1).with_foreign(Panics);
    let own = hasher.hash(&password(), salt()).unwrap();
    for _ in 0..3 {
        let panics = || hasher.verify(&password(), &stored("panics"));
        assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
        assert_eq!(hasher.verify(&password(), &own), Ok(Verdict::Match));
    }
}

#[test]
fn the_number_of_slots_has_limits() {
    assert_eq!(Hasher::default().slots(), Hasher::DEFAULT_SLOTS);
    for (asked, given) in [(0, 1), (1, 1), (7, 7), (1024, 1024), (1025, 1024), (usize::MAX, 1024)] {
        assert_eq!(Hasher::new(cost()).with_slots(asked).slots(), given, "{asked}");
    }
}

#[test]
fn memory_is_had_once_and_kept() {
    let own = Cost::new(1024, 1, 1).unwrap();
    let hasher = Hasher::new(own).with_slots(2);
    let password = password();
    let hash = || hasher.hash(&password, salt()).unwrap();
    let first = allocation_counter::measure(|| drop(hash()));
    assert!((1 << 20..(1 << 20) + 4096).contains(&first.bytes_total), "{first:?}");
    let stored = hash();
    let cheaper = Hasher::new(cost()).hash(&password, salt()).unwrap();
    for _ in 0..3 {
        let next = allocation_counter::measure(|| {
            drop(hash());
            let _ = hasher.verify(&password, &stored);
            let _ = hasher.verify(&password, &cheaper);
            let _ = hasher.verify(&password, None::<&PasswordHash>);
        });
        assert!(next.bytes_total < 4096, "{next:?}");
    }
}

#[test]
fn more_memory_than_usual_is_not_kept() {
    let password = password();
    let costlier = Hasher::new(Cost::new(4096, 1, 1).unwrap()).hash(&password, salt()).unwrap();
    let hasher = Hasher::new(Cost::new(1024, 1, 1).unwrap()).with_slots(1);
    drop(hasher.hash(&password, salt()).unwrap());
    let outsize = allocation_counter::measure(|| {
        assert_eq!(hasher.verify(&password, &costlier), Ok(Verdict::Match));
    });
    // Never both, and neither afterwards.
    assert!((3 << 20..(3 << 20) + 4096).contains(&outsize.bytes_max), "{outsize:?}");
    assert!(outsize.bytes_current <= -(1 << 20) + 4096, "{outsize:?}");
    assert_eq!(hasher.verify(&password, &costlier), Ok(Verdict::Match));
}

/// The test starts itself again in a process that may have little memory.
#[cfg(target_os = "linux")]
#[test]
fn memory_that_is_not_to_be_had_is_an_error() {
    if std::env::var_os("REPASS_WITHOUT_MEMORY").is_some() {
        let costly = Hasher::new(Cost::new(4 << 20, 1, 1).unwrap());
        let refused = costly.hash(&password(), salt()).unwrap_err();
        assert_eq!(refused, HashError::OutOfMemory);
        assert!(refused.is_transient());
        // The slot is free and the hasher as good as before.
        let hasher = Hasher::new(cost()).with_slots(1);
        let big = "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let hasher = hasher.with_ceiling(costly.cost());
        for _ in 0..2 {
            let verdict = hasher.verify(&password(), &stored(big));
            assert_eq!(verdict, Err(HashError::OutOfMemory));
        }
        let own = hasher.hash(&password(), salt()).unwrap();
        assert_eq!(hasher.verify(&password(), &own), Ok(Verdict::Match));
        return;
    }
    let ended = std::process::Command::new("sh")
        .args(["-c", "ulimit -v 2000000 && exec \"$0\" --exact \"$1\""])
        .arg(std::env::current_exe().unwrap())
        .arg("memory_that_is_not_to_be_had_is_an_error")
        .env("REPASS_WITHOUT_MEMORY", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn foreign_hashes_are_asked_of_the_first_scheme_that_knows_them() {
    /// `plain` in whichever tests: the password stands in the string.
    struct Plain(&'static str, bool);

    impl ForeignScheme for Plain {
        fn recognises(&self, text: &str) -> bool {
            text.starts_with(self.0)
        }

        fn verify(&self, password: &Password, text: &str) -> Result<bool, HashError> {
            let rest = text.strip_prefix(self.0).ok_or(HashError::Malformed)?;
            if rest.is_empty() {
                return Err(HashError::OverCeiling { parameter: "length" });
            }
            Ok(self.1 && rest == password.expose_secret())
        }

        fn work(&self, _: &str) -> Result<Work, HashError> {
            Ok(Work::new("nothing", 0))
        }

        fn spend(&self, _: &Password, _: Work) -> Result<(), HashError> {
            Ok(())
        }
    }

    let hasher = Hasher::new(cost())
        .with_foreign(Plain("plain:", true))
        .with_foreign(Plain("plain:", false))
        .with_foreign(Plain("other:", true))
        .with_foreign(Plain("$argon2", true))
        .with_foreign(Plain("$", true));
    let right = password();
    for (text, expected) in [
        ("plain:correct-horse", Ok(Verdict::MatchOutdated)),
        ("other:correct-horse", Ok(Verdict::MatchOutdated)),
        ("$correct-horse", Ok(Verdict::MatchOutdated)),
        ("plain:incorrect-horse", Ok(Verdict::Mismatch)),
        ("plain:", Err(HashError::OverCeiling { parameter: "length" })),
        ("unknown:correct-horse", Err(HashError::UnsupportedScheme)),
        ("", Err(HashError::UnsupportedScheme)),
        // Argon2 is nobody else's.
        ("$argon2correct-horse", Err(HashError::Malformed)),
    ] {
        if let Ok(stored) = PasswordHash::from_stored(text) {
            assert_eq!(hasher.verify(&right, &stored), expected, "{text}");
        }
    }
}

/// Argon2's memory is searched for in the whole process, after a hash whose memory is known.
#[cfg(target_os = "linux")]
#[test]
fn nothing_of_a_hash_is_left_in_memory() {
    use std::hint::black_box;

    use argon2::{Algorithm, Argon2, Block, Params, Version};

    const MASK: u64 = 0x5a5a_5a5a_5a5a_5a5a;

    let (own, secret) = (Cost::new(1024, 1, 1).unwrap(), password());
    let hasher = Hasher::new(own);
    let hash = hasher.hash(&secret, salt()).unwrap();
    let encoded = expose(&hash).split('$').nth(4).unwrap();
    let salt = data_encoding::BASE64_NOPAD.decode(encoded.as_bytes()).unwrap();
    let params = Params::new(own.memory_kib(), own.passes(), own.lanes(), Some(32)).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut memory = vec![Block::new(); 1024];
    let mut output = [0; 32];
    let text = secret.expose_secret().as_bytes();
    argon2.hash_password_into_with_memory(text, &salt, &mut output, &mut memory).unwrap();
    // A piece of the first block and of one in each further quarter, masked so as not to be found here.
    let pieces = [0, 300, 600, 1000].map(|at| -> [u64; 4] {
        let words: &[u64] = memory[at].as_ref();
        core::array::from_fn(|word| words[word + 40] ^ MASK)
    });
    assert_eq!(pieces.map(|piece| in_memory(piece, MASK)), [true; 4], "control");
    memory.fill(Block::new());
    black_box(&memory);

    assert_eq!(hasher.verify(&secret, &hash), Ok(Verdict::Match));
    assert_eq!(pieces.map(|piece| in_memory(piece, MASK)), [false; 4], "kept by the hasher");
    // Memory that is not kept is wiped before it is let go.
    let small = Hasher::new(cost());
    assert_eq!(small.verify(&secret, &hash), Ok(Verdict::Match));
    assert_eq!(pieces.map(|piece| in_memory(piece, MASK)), [false; 4], "given back");
}

/// Whether these words stand, unmasked and in this order, anywhere in the writable memory of this process.
#[cfg(target_os = "linux")]
fn in_memory(piece: [u64; 4], mask: u64) -> bool {
    use std::os::unix::fs::FileExt;

    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let memory = std::fs::File::open("/proc/self/mem").unwrap();
    let mut page = [0; 4096];
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (range, _) = line.split_once(' ').unwrap();
        let (from, to) = range.split_once('-').unwrap();
        let [from, to] = [from, to].map(|end| u64::from_str_radix(end, 16).unwrap());
        for at in (from..to).step_by(4096) {
            if memory.read_exact_at(&mut page, at).is_err() {
                continue;
            }
            // Blocks are aligned to 64 bytes, so a piece of four words never lies across two pages.
            let (words, _) = page.as_chunks::<8>();
            let unmasked = words.iter().map(|word| u64::from_ne_bytes(*word) ^ mask);
            let unmasked: Vec<u64> = unmasked.collect();
            if unmasked.windows(4).any(|window| window == piece) {
                return true;
            }
        }
    }
    false
}

fn cost() -> Cost {
    Cost::new(64, 1, 1).unwrap()
}

fn password() -> Password {
    Password::new("correct-horse").unwrap()
}

fn salt() -> Salt {
    Salt::generate(&mut repass::SysRng).unwrap()
}

fn stored(text: &str) -> PasswordHash {
    PasswordHash::from_stored(text).unwrap()
}

fn expose(hash: &PasswordHash) -> &str {
    hash.expose_secret()
}
