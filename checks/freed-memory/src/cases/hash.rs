use data_encoding::BASE64_NOPAD;
use repass::hash::{Cost, ForeignScheme, HashError, Hasher, Verdict, Verifier, Work};
use repass::secret::{Password, PasswordHash, Salt, TypedPassword};

use super::with_subkeys;
use crate::report::{Report, Way, unwind};
use crate::secrets::Secrets;
use crate::world::{BYTES, Draws, OTHER_BYTES, PASSWORD, ring};

const WRONG: &str = "TrsuOgqzJvwXkpgFybhdMlcn";
/// More than all blocks that have nothing to do with Argon2, and less than its memory.
const MEMORY: usize = 4096;

pub fn hash(report: &mut Report) {
    let hasher = || Hasher::new(cost(8)).with_slots(1).with_pepper(ring());
    let stored = hasher().hash(&password(), salt()).unwrap();
    let costly = Hasher::new(cost(64)).with_pepper(ring()).hash(&password(), salt()).unwrap();
    let of_wrong = hasher().hash(&Password::new(WRONG).unwrap(), salt()).unwrap();
    let (_, of_wrong) = of_wrong.expose_secret().rsplit_once('$').unwrap();
    let of_wrong = BASE64_NOPAD.decode(of_wrong.as_bytes()).unwrap();
    let secrets = with_subkeys(Secrets::of([PASSWORD.as_bytes()]), &BYTES);
    let secrets = secrets.and(WRONG.as_bytes()).and(&of_wrong).and_blocks_from(MEMORY);

    report.value("hasher that hashed", &secrets, || {
        let hasher = hasher();
        drop(hasher.hash(&password(), salt()).unwrap());
        hasher
    });
    let verify = |hasher: &Hasher, text: &str, stored: Option<&PasswordHash>| {
        hasher.verify(&Password::new(text).unwrap(), stored)
    };
    report.value("hasher that verified", &secrets, || {
        let hasher = hasher();
        assert_eq!(verify(&hasher, PASSWORD, Some(&stored)), Ok(Verdict::Match));
        hasher
    });
    report.value("hasher that met a wrong password", &secrets, || {
        let hasher = hasher();
        assert_eq!(verify(&hasher, WRONG, Some(&stored)), Ok(Verdict::Mismatch));
        hasher
    });
    report.value("hasher that verified nobody", &secrets, || {
        let hasher = hasher();
        assert_eq!(verify(&hasher, PASSWORD, None), Ok(Verdict::Mismatch));
        hasher
    });
    report.value("verifier that compared", &secrets, || {
        let verifier = Verifier::new(hasher());
        let typed = TypedPassword::new(PASSWORD).unwrap();
        assert_eq!(verifier.compare(&typed, Some(&stored)).unwrap().verdict(), Verdict::Match);
        assert_eq!(verifier.compare(&typed, None).unwrap().verdict(), Verdict::Mismatch);
        verifier
    });
    report.grown("hasher", &secrets, || {
        let hasher = hasher();
        for (stored, verdict) in [(&stored, Verdict::Match), (&costly, Verdict::Match)] {
            assert_eq!(verify(&hasher, PASSWORD, Some(stored)), Ok(verdict));
        }
        hasher
    });

    let foreign = |meets: fn(&Password) -> _| hasher().with_foreign(Foreign(meets));
    let table = PasswordHash::from_stored("foreign").unwrap();
    report.run("password that a foreign scheme verifies", Way::Dropped, &secrets, || {
        let verdict = verify(&foreign(|_| Ok(true)), PASSWORD, Some(&table));
        assert_eq!(verdict, Ok(Verdict::MatchOutdated));
    });
    report.run("password whose foreign scheme panics", Way::Unwinding, &secrets, || {
        let hasher = foreign(|_| unwind());
        drop(hasher.hash(&password(), salt()));
        let _ = verify(&hasher, PASSWORD, Some(&table));
    });
    report.run("password that meets a busy hasher", Way::Dropped, &secrets, || {
        let one = hasher();
        let busy = one.clone().with_foreign(Busy(one));
        let verdict = verify(&busy, PASSWORD, Some(&table));
        assert_eq!(verdict, Err(HashError::Busy));
    });
}

fn cost(memory_kib: u32) -> Cost {
    Cost::new(memory_kib, 1, 1).unwrap()
}

fn password() -> Password {
    Password::new(PASSWORD).unwrap()
}

fn salt() -> Salt {
    Salt::generate(&mut Draws::of(&OTHER_BYTES)).unwrap()
}

struct Foreign(fn(&Password) -> Result<bool, HashError>);

impl ForeignScheme for Foreign {
    fn recognises(&self, stored: &str) -> bool {
        stored == "foreign"
    }

    fn verify(&self, password: &Password, _: &str) -> Result<bool, HashError> {
        self.0(password)
    }

    fn work(&self, _: &str) -> Result<Work, HashError> {
        Ok(Work::new("nothing", 0))
    }

    fn spend(&self, _: &Password, _: Work) -> Result<(), HashError> {
        Ok(())
    }
}

/// Asks a hasher whose one slot is its own.
struct Busy(Hasher);

impl ForeignScheme for Busy {
    fn recognises(&self, stored: &str) -> bool {
        stored == "foreign"
    }

    fn verify(&self, password: &Password, _: &str) -> Result<bool, HashError> {
        self.0.verify(password, None).map(|_| true)
    }

    fn work(&self, _: &str) -> Result<Work, HashError> {
        Ok(Work::new("nothing", 0))
    }

    fn spend(&self, _: &Password, _: Work) -> Result<(), HashError> {
        Ok(())
    }
}
