//! Any bytes as an answer of Pwned Passwords or as a sorted file of it: no panic, a row is found
//! wherever it stands, and only a whole list says that a password is absent.
#![no_main]

use libfuzzer_sys::fuzz_target;
use repass::policy::{Breach, BreachQuery};
use repass::secret::Password;

// The password is the first line, the answer all the rest; there `!` stands for the suffix of its hash
// and `@` for the whole hash, which nobody could guess.
fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (password, answer) = text.split_once('\n').unwrap_or((&text, ""));
    if password.len() > Password::MAX_BYTES {
        return;
    }
    let query = asking(password);
    let hash = hash(password);
    let suffix = &hash[5..];
    assert_eq!(query.prefix(), &hash[..5]);

    let body = answer.replace('!', suffix).replace('@', &hash);
    let found = query.read(200, body.as_bytes()).breach();
    match expected(&body, suffix) {
        Some(expected) => assert_eq!(found, expected, "{body}"),
        None => assert!(matches!(found, Breach::Unknown(_)), "{body}"),
    }
    let more = format!("{body}\n{suffix}:1");
    assert!(matches!(query.read_range(more.as_bytes()).breach(), Breach::Count(_)));
    // The control: the fuzzer has to find a row of the password with this count.
    assert!(!cfg!(feature = "control") || found != Breach::seen(7_007), "planted");

    if let Breach::Count(_) = query.read_sorted(body.as_bytes()).breach() {
        assert!(body.to_ascii_uppercase().contains(&hash));
    }
    // The same lines as passwords, in a file as it should be.
    let mut rows: Vec<String> = answer.lines().map(|line| self::hash(line) + ":3\n").collect();
    rows.sort();
    rows.dedup();
    let file = rows.concat();
    for line in answer.lines() {
        assert_eq!(asking(line).read_sorted(file.as_bytes()).breach(), Breach::seen(3));
    }
    if !answer.lines().any(|line| line == password) {
        let found = query.read_sorted(file.as_bytes()).breach();
        assert!(!matches!(found, Breach::Count(_)));
        assert_eq!(found == Breach::Absent, is_covered(&rows, &hash), "{found:?}");
    }
});

/// What the answer says, with no regard to speed or secrets; `None` if it says nothing.
fn expected(body: &str, suffix: &str) -> Option<Breach> {
    let lines = body.split('\n').map(|line| line.as_bytes().trim_ascii());
    let rows: Vec<_> = lines.filter(|line| !line.is_empty()).map(row).collect();
    let ours = rows.iter().flatten().filter(|(hash, _)| hash == suffix);
    if let Some(count) = ours.map(|(_, count)| *count).max().filter(|count| *count > 0) {
        return Some(Breach::seen(count));
    }
    let counts = rows.iter().flatten().any(|(_, count)| *count > 0);
    (counts && rows.iter().all(Option::is_some)).then_some(Breach::Absent)
}

fn row(line: &[u8]) -> Option<(String, u64)> {
    let line = core::str::from_utf8(line).ok()?;
    let (hash, count) = line.split_once(':')?;
    let count = count.trim_matches(|one: char| one.is_ascii_whitespace());
    let in_groups = count.split(',').all(|group| !group.is_empty());
    let digits = count.replace(',', "");
    if hash.len() != 35 || !hash.bytes().all(|one| one.is_ascii_hexdigit()) || !in_groups {
        return None;
    }
    if !digits.bytes().all(|one| one.is_ascii_digit()) {
        return None;
    }
    Some((hash.to_ascii_uppercase(), digits.parse().unwrap_or(u64::MAX)))
}

fn is_covered(rows: &[String], hash: &str) -> bool {
    let first = rows.first().is_some_and(|row| row.as_str() < hash);
    first && rows.last().is_some_and(|row| row.as_str() > hash)
}

fn asking(password: &str) -> BreachQuery {
    BreachQuery::new(&Password::verbatim(password).expect("it was cut"))
}

fn hash(password: &str) -> String {
    let query = asking(password);
    query.expose_sha1().iter().map(|byte| format!("{byte:02X}")).collect()
}
