//! The question to Pwned Passwords and how its answers are read: catalogue 6.22, and that nothing but a
//! whole answer says that a password is absent.

use proptest::prelude::*;
use proptest::sample::Index;
use repass::policy::{Breach, BreachQuery, BreachUnknown};
use repass::secret::Password;

/// The SHA-1 of `password` is 5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8.
const PASSWORD: &str = "password";
const PREFIX: &str = "5BAA6";
const SUFFIX: &str = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";
/// Suffixes of others under the same prefix.
const BEFORE: &str = "1D2DA4053E34E76F6576ED1DA63134B5E2A";
const BEHIND: &str = "1E8A4B7D2C1F0E9B8A7D6C5F4E3D2C1B0A9";

const MALFORMED: Breach = Breach::Unknown(BreachUnknown::Malformed);
const TRUNCATED: Breach = Breach::Unknown(BreachUnknown::Truncated);
const UNSORTED: Breach = Breach::Unknown(BreachUnknown::Unsorted);
const NOT_COVERED: Breach = Breach::Unknown(BreachUnknown::NotCovered);

fn query(password: &str) -> BreachQuery {
    BreachQuery::new(&Password::verbatim(password).unwrap())
}

/// FIPS 180-4 and its examples, Pwned Passwords, and Python's `hashlib` for what is not ASCII.
#[test]
fn the_hash_is_sha1_of_the_utf8_bytes() {
    for (password, sha1) in [
        ("", "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709"),
        ("abc", "A9993E364706816ABA3E25717850C26C9CD0D89D"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "84983E441C3BD26EBAAE4AA1F95129E5E54670F1",
        ),
        ("password", "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8"),
        ("P@ssw0rd", "21BD12DC183F740EE76F27B78EB39C8AD972A757"),
        ("пароль", "5670B4358AE287FE8E74C2FF6F6293F905409077"),
        ("🙂 kettle", "95BEC19097E7A9D76E67D0EC921FF318D2BFEE92"),
    ] {
        let query = query(password);
        assert_eq!(row(password, 1), format!("{sha1}:1"));
        assert_eq!(query.prefix(), &sha1[..5]);
        assert_eq!(query.path(), format!("/range/{}", &sha1[..5]));
    }
}

#[test]
fn catalogue_6_22_answers_are_read_whatever_they_look_like() {
    let lower = SUFFIX.to_lowercase();
    for (body, breach) in [
        (format!("{BEFORE}:2\r\n{SUFFIX}:52256179\r\n{BEHIND}:1"), Breach::seen(52_256_179)),
        (format!("{BEFORE}:2\n{SUFFIX}:7\n{BEHIND}:1\n"), Breach::seen(7)),
        (format!("{BEFORE}:2\r\n{BEHIND}:1\r\n"), Breach::Absent),
        (format!("{BEFORE}:2"), Breach::Absent),
        (format!("\r\n\n{BEFORE}:2\n\n \n{SUFFIX}:7\n\n"), Breach::seen(7)),
        (format!("{lower}:7"), Breach::seen(7)),
        (format!(" {SUFFIX}: 7 "), Breach::seen(7)),
        (format!("{SUFFIX}:52,256,179"), Breach::seen(52_256_179)),
        (format!("{SUFFIX}:007"), Breach::seen(7)),
        (format!("{SUFFIX}:18446744073709551615"), Breach::seen(u64::MAX)),
        (format!("{SUFFIX}:18446744073709551616"), Breach::seen(u64::MAX)),
        (format!("{SUFFIX}:{}", "9".repeat(400)), Breach::seen(u64::MAX)),
        // Padding has the count 0.
        (format!("{BEFORE}:2\r\n{SUFFIX}:0\r\n{BEHIND}:0"), Breach::Absent),
        (format!("{SUFFIX}:0\n{SUFFIX}:7\n{SUFFIX}:0"), Breach::seen(7)),
        (format!("{SUFFIX}:0\n{BEHIND}:0"), MALFORMED),
        // Another password under the prefix, or under another one.
        (format!("{}:3", SUFFIX.replace("FD8", "FD9")), Breach::Absent),
        (format!("{PREFIX}{SUFFIX}:3"), MALFORMED),
        // No list at all.
        (String::new(), MALFORMED),
        ("\r\n".to_owned(), MALFORMED),
        ("<!DOCTYPE html>\n<title>Error</title>".to_owned(), MALFORMED),
        ("{\"statusCode\": 429, \"message\": \"slow down\"}".to_owned(), MALFORMED),
        ("\u{FEFF}".to_owned(), MALFORMED),
        // One row that is none: absent is out of the question, a find is not.
        (format!("{BEFORE}\n{BEHIND}:1"), MALFORMED),
        (format!("{BEFORE}\n{SUFFIX}:7"), Breach::seen(7)),
        (format!("{SUFFIX}:7\n<p>"), Breach::seen(7)),
        (format!("{BEFORE}:2\n{SUFFIX}\n{BEHIND}:1"), MALFORMED),
        (format!("{BEFORE}:2\n{SUFFIX}:\n{BEHIND}:1"), MALFORMED),
        (format!("{BEFORE}:2\n{SUFFIX}:x\n{BEHIND}:1"), MALFORMED),
        (format!("{BEFORE}:2\n{SUFFIX}:-1\n{BEHIND}:1"), MALFORMED),
        (format!("{BEFORE}:2\n{SUFFIX}:,\n{BEHIND}:1"), MALFORMED),
        (format!("{BEFORE}:2\n{SUFFIX};7\n{BEHIND}:1"), MALFORMED),
        (format!("{BEFORE}:2\n{SUFFIX}:7:7\n{BEHIND}:1"), MALFORMED),
        (format!("{BEFORE}:2\n{}:7", SUFFIX.replace('F', "G")), MALFORMED),
        (format!("{BEFORE}:2\n{}:7", &SUFFIX[1..]), MALFORMED),
        // The connection broke off.
        (format!("{BEFORE}:2\r\n{}", &SUFFIX[..20]), TRUNCATED),
        (format!("{BEFORE}:2\r\n{SUFFIX}"), TRUNCATED),
        (format!("{BEFORE}:2\r\n{SUFFIX}:"), TRUNCATED),
        (format!("{SUFFIX}:7\r\n{BEHIND}:"), Breach::seen(7)),
        (format!("{BEFORE}\r\n{SUFFIX}:"), MALFORMED),
    ] {
        let query = query(PASSWORD);
        assert_eq!(query.read(200, body.as_bytes()).breach(), breach, "{body}");
        assert_eq!(query.read_range(body.as_bytes()).breach(), breach, "{body}");
    }
    let not_utf8 = [SUFFIX.as_bytes(), b":7\n\xFF\xFE"].concat();
    assert_eq!(query(PASSWORD).read(200, &not_utf8).breach(), Breach::seen(7));
    assert_eq!(query(PASSWORD).read(200, b"\xFF\xFE").breach(), MALFORMED);
}

#[test]
fn another_status_is_no_answer() {
    let body = format!("{BEFORE}:2\r\n{SUFFIX}:7");
    for status in [0, 204, 206, 301, 304, 404, 429, 500, 503] {
        let breach = query(PASSWORD).read(status, body.as_bytes()).breach();
        assert_eq!(breach, Breach::Unknown(BreachUnknown::Status { status }));
    }
}

#[test]
fn a_sorted_file_is_searched() {
    let hash = format!("{PREFIX}{SUFFIX}");
    let of = |digit: char| format!("{}:3", digit.to_string().repeat(40));
    let (zero, four, six, last) = (of('0'), of('4'), of('6'), of('F'));
    for (file, breach) in [
        (format!("{zero}\n{four}\n{hash}:7\n{six}\n{last}\n"), Breach::seen(7)),
        (format!("{zero}\r\n{four}\r\n{hash}:7\r\n{six}\r\n{last}\r\n"), Breach::seen(7)),
        (
            format!("{zero}\n{four}\n{}:1,007\n{six}\n{last}", hash.to_lowercase()),
            Breach::seen(1_007),
        ),
        (format!("{zero}\n{four}\n{six}\n{last}"), Breach::Absent),
        (format!("{zero}\n{last}"), Breach::Absent),
        (format!("{hash}:7\n{six}\n{last}"), Breach::seen(7)),
        (format!("{zero}\n{hash}:7\n\n\n"), Breach::seen(7)),
        (format!("{hash}:7"), Breach::seen(7)),
        (format!("{hash}:0"), Breach::Absent),
        // A download that broke off.
        (format!("{zero}\n{four}\n"), NOT_COVERED),
        (format!("{six}\n{last}"), NOT_COVERED),
        (zero.clone(), NOT_COVERED),
        (format!("{zero}\n{four}\n{}", &hash[..30]), TRUNCATED),
        (format!("{zero}\n{four}\n{hash}:"), TRUNCATED),
        // Ordered by count.
        (format!("{last}\n{hash}:7\n{zero}"), UNSORTED),
        (format!("{zero}\n{last}\n{six}\n{zero}\n{four}\n{last}"), UNSORTED),
        (format!("{zero}\n{zero}"), UNSORTED),
        // No such file.
        (String::new(), MALFORMED),
        ("\n\n".to_owned(), MALFORMED),
        ("x".repeat(5_000), MALFORMED),
        (format!("{zero}\n{}\n{last}", "x".repeat(5_000)), MALFORMED),
        (format!("{zero}\n\n{last}"), MALFORMED),
        (format!("{zero}\n{hash}\n{last}"), MALFORMED),
        (format!("{zero}\n{hash}:7x\n{last}"), MALFORMED),
        (format!("{SUFFIX}:7\n"), MALFORMED),
    ] {
        let found = query(PASSWORD).read_sorted(file.as_bytes()).breach();
        assert_eq!(found, breach, "{file}");
    }
}

/// The rows that a search by hash looks at contradict one another, the sooner the larger the file is.
#[test]
fn a_file_of_another_order_is_noticed() {
    let passwords: Vec<String> = (0..4_096).map(|number| format!("password{number}")).collect();
    let rows: Vec<String> = passwords.iter().map(|password| row(password, 1)).collect();
    let file = rows.join("\n");
    let absent = passwords
        .iter()
        .filter(|password| query(password).read_sorted(file.as_bytes()).breach() == Breach::Absent)
        .count();
    assert_eq!(absent, 0);
}

#[test]
fn a_source_of_ones_own_answers_by_count() {
    assert_eq!(Breach::seen(0), Breach::Absent);
    let Breach::Count(times) = Breach::seen(3) else { panic!("absent") };
    assert_eq!(times.get(), 3);
}

#[test]
fn codes_are_stable() {
    for (breach, code) in [
        (Breach::seen(1), "breach_count"),
        (Breach::Absent, "breach_absent"),
        (Breach::Unknown(BreachUnknown::NotAsked), "breach_not_asked"),
        (Breach::Unknown(BreachUnknown::Unreachable), "breach_unreachable"),
        (Breach::Unknown(BreachUnknown::Status { status: 503 }), "breach_status"),
        (MALFORMED, "breach_malformed"),
        (TRUNCATED, "breach_truncated"),
        (UNSORTED, "breach_unsorted"),
        (NOT_COVERED, "breach_not_covered"),
    ] {
        assert_eq!(breach.code(), code);
    }
}

#[test]
fn the_hash_does_not_show() {
    assert_eq!(format!("{:?}", query(PASSWORD)), "BreachQuery(..)");
}

proptest! {
    #[test]
    fn found_wherever_the_row_stands(
        rows in any_rows(),
        place in any::<Index>(),
        count in 1..u64::MAX,
        end in any_end(),
        junk in prop::option::of("[^\r\n]{0,60}"),
    ) {
        let mut rows: Vec<String> = rows.into_iter().chain(junk).collect();
        rows.insert(place.index(rows.len() + 1), format!("{SUFFIX}:{count}"));
        let breach = query(PASSWORD).read(200, rows.join(end).as_bytes()).breach();
        prop_assert_eq!(breach, Breach::seen(count));
    }

    #[test]
    fn absent_only_from_a_whole_list_with_a_row_that_counts(
        rows in any_rows(),
        place in any::<Index>(),
        junk in "[^\r\n]{0,60}",
        end in any_end(),
    ) {
        let query = query(PASSWORD);
        let whole = query.read(200, rows.join(end).as_bytes()).breach();
        let counts = rows.iter().any(|row| !row.ends_with(":0"));
        prop_assert_eq!(whole, if counts { Breach::Absent } else { MALFORMED });

        let mut rows = rows;
        let row = junk.trim_ascii();
        let is_row = row.is_empty() || row.len() > 36 && row.as_bytes()[35] == b':';
        rows.insert(place.index(rows.len() + 1), junk.clone());
        let broken = query.read(200, rows.join(end).as_bytes()).breach();
        prop_assert!(is_row || matches!(broken, Breach::Unknown(_)), "{:?} {:?}", junk, broken);
    }

    #[test]
    fn any_body_is_answered(body in prop::collection::vec(any::<u8>(), 0..200), status in any::<u16>()) {
        let query = query(PASSWORD);
        prop_assert!(matches!(query.read(status, &body).breach(), Breach::Unknown(_)));
        prop_assert!(matches!(query.read_sorted(&body).breach(), Breach::Unknown(_)));
    }

    #[test]
    fn every_row_of_a_sorted_file_is_found_and_no_other(
        passwords in prop::collection::btree_set("[a-z]{1,6}", 0..60),
        end in prop_oneof![Just("\n"), Just("\r\n")],
        closed in any::<bool>(),
    ) {
        let mut rows: Vec<String> =
            passwords.iter().map(|password| row(password, password.len())).collect();
        rows.extend(["0", "F"].map(|digit| digit.repeat(40) + ":1"));
        rows.sort();
        let file = rows.join(end) + if closed { end } else { "" };
        for password in &passwords {
            let found = query(password).read_sorted(file.as_bytes()).breach();
            prop_assert_eq!(found, Breach::seen(password.len() as u64));
        }
        let absent = query("plum-kettle-42").read_sorted(file.as_bytes()).breach();
        prop_assert_eq!(absent, Breach::Absent);
    }
}

/// The row of a password in a file that is sorted by hash.
fn row(password: &str, count: usize) -> String {
    let query = query(password);
    let hash: String = query.expose_sha1().iter().map(|byte| format!("{byte:02X}")).collect();
    format!("{hash}:{count}")
}

/// Rows of other passwords, some of them padding.
fn any_rows() -> impl Strategy<Value = Vec<String>> {
    let count = prop_oneof![Just(0_u64), 1..100_000_u64];
    let row = ("[0-9A-F]{35}", count).prop_map(|(suffix, count)| format!("{suffix}:{count}"));
    prop::collection::vec(row, 0..40)
}

fn any_end() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("\n"), Just("\r\n"), Just("\r\n\r\n")]
}
