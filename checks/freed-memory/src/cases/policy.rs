use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use repass::policy::{
    Breach, BreachQuery, CharacterClass, CharacterSet, CommonPasswords, Evidence, Generator,
    Personal, Policy, Reduction, SequenceEnds, WhenUnknown, WhiteSpace,
};
use repass::rand_core::{TryCryptoRng, TryRng};
use repass::secret::Password;
use sha2::{Digest, Sha512};

use crate::report::{Report, Way, unwind};
use crate::secrets::Secrets;
use crate::world::{Draws, PASSWORD};

pub fn policy(report: &mut Report) {
    check(report);
    generator(report);
    breach(report);
}

/// A name that is in [`PASSWORD`], so that it is searched for as deep as it goes.
const NAME: &str = "Kpgfy";

fn check(report: &mut Report) {
    let policy = every_rule();
    let none = Personal::none();
    let secrets = Secrets::of([PASSWORD.as_bytes()]);
    let about = Personal::none().username(NAME).email("rumldhby@example.org").first_name("Ada");
    let ask = |report: &mut Report, name: &str, password: &str, about: &Personal<'_>| {
        let typed = Password::verbatim(password).unwrap();
        let whole = format!("{name}, asked about");
        report.grown(&whole, &secrets, || policy.check(&typed, about));
        let warned = format!("{name}, warned of");
        report.grown(&warned, &secrets, || policy.warnings(&typed, about));
        let list = format!("{name}, on the checklist");
        report.grown(&list, &secrets, || policy.checklist(&typed, about));
    };
    // Nothing that is usual leaves the stack.
    ask(report, "no copy of a password", PASSWORD, &about);
    ask(report, "no copy of one in leet", "qzjVwxKpgfYbhDmlcnTrsu0gQw", &about);

    let long = PASSWORD.repeat(100);
    let value = "x".repeat(1000) + NAME;
    let long_value = Personal::none().username(&*value).first_name(NAME);
    ask(report, "long password", &long, &long_value);
    // More bytes in lower case than in upper case, and more than a letter.
    let wide = format!("{}{PASSWORD}{}", "\u{23a}".repeat(1_100), "\u{13a0}".repeat(80));
    ask(report, "wide password", &wide, &long_value);

    let change = |report: &mut Report, name: &str, old: &str, new: &str| {
        let [old, new] = [old, new].map(|text| Password::verbatim(text).unwrap());
        let evidence = Evidence::of_change(&old).breach(Breach::Absent);
        report.grown(name, &secrets, || policy.check_with(&new, &none, evidence));
    };
    let rotated = format!("{}{}", &long[7..], &long[..7]);
    change(report, "no copy of an old password", PASSWORD, "plum-kettle-42");
    change(report, "long old password", &long, &rotated);
    let reversed: String = wide.chars().rev().skip(1).chain(['x']).collect();
    change(report, "wide old password", &wide, &reversed);

    // Counts of code points, which have no form to look for.
    let counted = secrets.clone().and_blocks_from(1024);
    let similar = Policy::builder().max_similarity(0.7).build().unwrap();
    let letters: String = ('\u{400}'..='\u{7ff}').step_by(3).take(100).collect();
    let name: String = ('\u{401}'..='\u{7ff}').step_by(3).take(100).collect();
    report.run("counts of a password's letters", Way::Dropped, &counted, || {
        drop(similar.check_as_typed(&letters, &Personal::none().username(&*name)));
    });

    let history = Policy::builder().not_among_last(3).build().unwrap();
    report.run("password whose history panics", Way::Unwinding, &secrets, || {
        let typed = Password::new(PASSWORD).unwrap();
        drop(history.check_history(&typed, [(1, Duration::ZERO)], |_| unwind()));
    });
}

/// Every rule that the crate has, for passwords of any length.
fn every_rule() -> Policy {
    let list = CommonPasswords::build([PASSWORD]).unwrap();
    let list = CommonPasswords::from_shared(Arc::new(list)).unwrap();
    let rules = || {
        Policy::builder()
            .max_bytes(65_536)
            .min_length(8)
            .max_length(20)
            .max_similarity(0.7)
            .not_common()
            .not_among(list.clone())
            .not_derived_from_common(Reduction::ALL)
            .context_words(["gfybhdml", "plum bank"])
            .not_entirely_numeric()
            .at_least(9, CharacterClass::Digit)
            .no_white_space(WhiteSpace::Anywhere)
            .no_control_characters()
            .illegal_characters(CharacterSet::of("g"))
            .max_repeat(1)
            .max_class_repeat(2)
            .min_distinct(12)
            .max_sequence(2, SequenceEnds::Apart)
            .max_keyboard_walk(2)
            .no_palindrome()
            .no_personal_names()
            .not_derived_from_names()
    };
    rules()
        .min_changed(8)
        .not_rearranged()
        .not_among_last(4)
        .not_used_within(365)
        .min_age(24)
        .max_breaches(0, WhenUnknown::Refuse)
        .warn(rules().build().unwrap())
        .build()
        .unwrap()
}

fn generator(report: &mut Report) {
    let policy = Policy::builder().min_length(8).not_among(stumbling_list()).build().unwrap();
    let letters = policy.generator().length(100).build().unwrap();
    let pictures = CharacterSet::of("\u{1f300}").and_range('\u{1f300}'..='\u{1f3ef}');
    let pictures = policy.generator().alphabet(pictures).length(100).build().unwrap();
    let about = Personal::none();
    let generate = |generator: &Generator, until| {
        generator.generate(&about, &mut Counter { draws: 0, until }).unwrap()
    };
    let secrets = |generator| {
        let password = generate(generator, u64::MAX);
        (0..8).fold(Secrets::of([password.expose_secret().as_bytes()]), |secrets, draw| {
            let drawn = Counter::draw(draw);
            // As whole numbers, and the last one without the bits that are not used.
            (0..64).step_by(8).fold(secrets, |secrets, start| secrets.and(&drawn[start..start + 8]))
        })
    };
    let drawn = secrets(&letters);
    report.value("generated password", &drawn, || generate(&letters, u64::MAX));
    report.grown("generated password", &secrets(&pictures), || generate(&pictures, u64::MAX));
    report.run("password whose draws end in a panic", Way::Unwinding, &drawn, || {
        drop(generate(&letters, 2));
    });
    report.run("password whose check panics", Way::Unwinding, &drawn, || {
        STUMBLES.store(true, Relaxed);
        drop(generate(&letters, u64::MAX));
    });
    STUMBLES.store(false, Relaxed);
}

static STUMBLES: AtomicBool = AtomicBool::new(false);

/// A list whose bytes are at times not to be had.
fn stumbling_list() -> CommonPasswords<'static> {
    struct Stumbling(Vec<u8>);

    impl AsRef<[u8]> for Stumbling {
        fn as_ref(&self) -> &[u8] {
            if STUMBLES.load(Relaxed) {
                unwind();
            }
            &self.0
        }
    }

    let bytes = CommonPasswords::build([PASSWORD]).unwrap();
    CommonPasswords::from_shared(Arc::new(Stumbling(bytes))).unwrap()
}

/// A generator that panics at one of its draws.
struct Counter {
    draws: u64,
    until: u64,
}

impl Counter {
    fn draw(number: u64) -> [u8; 64] {
        Sha512::digest(number.to_le_bytes()).into()
    }
}

impl TryRng for Counter {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Draws::of(&Self::draw(self.draws)).try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Draws::of(&Self::draw(self.draws)).try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        if self.draws == self.until {
            unwind();
        }
        let drawn = Self::draw(self.draws);
        self.draws += 1;
        Draws::of(&drawn).try_fill_bytes(bytes)
    }
}

impl TryCryptoRng for Counter {}

fn breach(report: &mut Report) {
    let query = BreachQuery::new(&Password::new(PASSWORD).unwrap());
    let secrets = Secrets::of([PASSWORD.as_bytes(), query.expose_sha1()]);
    let rows = format!("{}:2\r\n", &"0123456789abcdef".repeat(3)[..35]);
    let file = format!("{}:2\n{}:1\n", "0".repeat(40), "F".repeat(40));
    report.value("question about breaches", &secrets, || {
        let query = BreachQuery::new(&Password::new(PASSWORD).unwrap());
        let answers = [query.read(200, rows.as_bytes()), query.read_sorted(file.as_bytes())];
        (answers, query.path(), query)
    });
}
