//! Argon2id hashing: hashes of another implementation, hostile stored strings, verdicts and ceilings.

use data_encoding::HEXLOWER;
use proptest::prelude::*;
use repass::hash::{Cost, CostError, HashError, Hasher, Verdict};
use repass::key::{Key, KeyId, Keyring};
use repass::rand_core::{TryCryptoRng, TryRng};
use repass::secret::{Password, PasswordHash, Salt, StoredHashError};
use serde_json::Value;

/// Salt and tag of a hash that nobody has a password for.
const TAIL: &str = "$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[test]
fn hashes_of_the_reference_implementation() {
    let mut count = 0;
    for case in vectors() {
        let mut hasher = Hasher::new(cost(256, 2, 1)).with_short_tags(10);
        if let Some(pepper) = case["pepper"].as_object() {
            let id = KeyId::new(pepper["id"].as_u64().unwrap().try_into().unwrap());
            let key = HEXLOWER.decode(pepper["key"].as_str().unwrap().as_bytes()).unwrap();
            hasher = hasher.with_pepper(Keyring::new(id, Key::from_bytes(&key).unwrap()));
        }
        let stored = stored(case["hash"].as_str().unwrap());
        // As the script hashed it: one of the passwords is not in NFC.
        let password = Password::verbatim(case["password"].as_str().unwrap()).unwrap();
        let weaker = case["weaker"].as_bool().unwrap();
        let right = if weaker { Verdict::MatchOutdated } else { Verdict::Match };
        assert_eq!(hasher.verify(&password, &stored), Ok(right), "{case}");
        let wrong = self::password("incorrect horse");
        assert_eq!(hasher.verify(&wrong, &stored), Ok(Verdict::Mismatch), "{case}");
        count += 1;
    }
    assert_eq!(count, 61);
}

/// The reference implementation says version 0x10 where a string names none, which is how old hashes were written.
#[test]
fn a_hash_without_version_is_of_version_0x10() {
    let hasher = Hasher::new(cost(256, 2, 1));
    let unversioned = vectors().filter(|case| !case["hash"].as_str().unwrap().contains("$v="));
    let mut count = 0;
    for case in unversioned {
        let text = case["hash"].as_str().unwrap();
        let password = Password::verbatim(case["password"].as_str().unwrap()).unwrap();
        let (algorithm, rest) = text[1..].split_once('$').unwrap();
        for (version, verdict) in [(16, Verdict::MatchOutdated), (19, Verdict::Mismatch)] {
            let versioned = stored(&format!("${algorithm}$v={version}${rest}"));
            assert_eq!(hasher.verify(&password, &versioned), Ok(verdict), "{text} v={version}");
        }
        count += 1;
    }
    assert_eq!(count, 3);
}

#[test]
fn what_it_hashes_is_a_phc_string_that_verifies() {
    let owasp = Hasher::default();
    assert_eq!(owasp.cost(), Cost::OWASP);
    let password = password("correct horse battery staple");
    let hash = owasp.hash(&password, salt(1)).unwrap();
    let text = hash.expose_secret();
    let rest = text.strip_prefix("$argon2id$v=19$m=19456,t=2,p=1$").unwrap();
    let (salt, tag) = rest.split_once('$').unwrap();
    // 16 and 32 bytes of base64 without padding.
    assert_eq!((salt.len(), tag.len()), (22, 43));
    assert!(text.len() <= 128);
    assert_eq!(owasp.verify(&password, &stored(text)), Ok(Verdict::Match));
    let wrong = self::password("correct horse battery stapl");
    assert_eq!(owasp.verify(&wrong, &hash), Ok(Verdict::Mismatch));
}

#[test]
fn the_longest_string_it_makes_fits_128_characters() {
    // Two digits of passes and lanes and seven of memory: made up, for it would take gigabytes.
    let longest = format!("$argon2id$v=19$m={},t=64,p=16,keyid=//8{TAIL}", Cost::MAX_MEMORY_KIB);
    assert!(longest.len() <= 128);
}

#[test]
fn the_salt_makes_the_hash() {
    let hasher = Hasher::new(cost(8, 1, 1));
    let password = password("correct horse");
    let [first, again, other] = [1, 1, 2].map(|first| hasher.hash(&password, salt(first)).unwrap());
    assert!(first == again);
    assert!(first != other);
}

#[test]
fn bytes_after_nul_or_the_72nd_count() {
    let hasher = Hasher::new(cost(8, 1, 1));
    let long = "x".repeat(72);
    for (one, other) in [
        ("abc\0x", "abc\0y"),
        ("abc", "abc\0"),
        (&*format!("{long}a"), &*format!("{long}b")),
        (" both ends", "both ends"),
        ("Case", "case"),
        ("", " "),
    ] {
        let hash = hasher.hash(&password(one), salt(1)).unwrap();
        assert_eq!(hasher.verify(&password(one), &hash), Ok(Verdict::Match), "{one:?}");
        assert_eq!(hasher.verify(&password(other), &hash), Ok(Verdict::Mismatch), "{other:?}");
    }
}

#[test]
fn a_weaker_hash_is_outdated_and_a_stronger_one_is_not() {
    let password = password("correct horse");
    // Kibibytes filled in all count, however they are split into memory and passes, and lanes do not.
    let costs = [
        (cost(256, 2, 1), cost(256, 2, 1), Verdict::Match),
        (cost(256, 2, 1), cost(255, 2, 1), Verdict::MatchOutdated),
        (cost(256, 2, 1), cost(256, 1, 1), Verdict::MatchOutdated),
        (cost(256, 2, 1), cost(512, 1, 1), Verdict::Match),
        (cost(256, 2, 1), cost(128, 4, 1), Verdict::Match),
        (cost(256, 2, 1), cost(128, 3, 1), Verdict::MatchOutdated),
        (cost(256, 2, 1), cost(300, 2, 4), Verdict::Match),
        (cost(256, 2, 4), cost(256, 2, 1), Verdict::Match),
        // Less memory than any of OWASP's sets has, where the new cost has as much: no number of
        // passes makes up for it.
        (cost(7168, 1, 1), cost(7168, 1, 1), Verdict::Match),
        (cost(7168, 1, 1), cost(7167, 8, 1), Verdict::MatchOutdated),
        (cost(7168, 1, 1), cost(1024, 7, 1), Verdict::MatchOutdated),
        (cost(19_456, 2, 1), cost(4864, 8, 1), Verdict::MatchOutdated),
        (cost(19_456, 2, 1), cost(7168, 6, 1), Verdict::Match),
        (cost(7167, 1, 1), cost(1024, 7, 1), Verdict::Match),
    ];
    for (present, past, verdict) in costs {
        let old = Hasher::new(past).hash(&password, salt(1)).unwrap();
        let found = Hasher::new(present).verify(&password, &old);
        assert_eq!(found, Ok(verdict), "{past} under {present}");
    }
}

/// OWASP gives its five sets as equal in defence: none of them is weaker than another.
#[test]
fn the_sets_of_owasp_do_not_outdate_each_other() {
    let password = password("correct horse");
    let sets =
        [(47_104, 1), (19_456, 2), (12_288, 3), (9216, 4), (7168, 5)].map(|(m, t)| cost(m, t, 1));
    assert_eq!(Cost::OWASP_SETS, sets);
    assert_eq!(
        [
            Cost::OWASP_46_MIB,
            Cost::OWASP_19_MIB,
            Cost::OWASP_12_MIB,
            Cost::OWASP_9_MIB,
            Cost::OWASP_7_MIB
        ],
        sets
    );
    assert_eq!(Cost::RFC_9106_LOW_MEMORY, cost(65_536, 3, 4));
    for past in sets {
        let old = Hasher::new(past).hash(&password, salt(1)).unwrap();
        for present in sets {
            let verdict = Hasher::new(present).verify(&password, &old);
            assert_eq!(verdict, Ok(Verdict::Match), "{past} under {present}");
        }
        let verdict = Hasher::new(Cost::RFC_9106_LOW_MEMORY).verify(&password, &old);
        assert_eq!(verdict, Ok(Verdict::MatchOutdated), "{past} under RFC 9106");
    }
    let less = Hasher::new(cost(19_455, 2, 1)).hash(&password, salt(1)).unwrap();
    let verdict = Hasher::default().verify(&password, &less);
    assert_eq!(verdict, Ok(Verdict::MatchOutdated));
}

/// Nobody can be told from somebody by the work: as much memory is filled, and the answer is a wrong password.
#[test]
fn who_does_not_exist_costs_as_much_as_a_wrong_password() {
    let password = password("correct horse");
    let own = cost(1024, 2, 1);
    let stored = Hasher::new(own).hash(&self::password("another"), salt(1)).unwrap();
    let fills = |stored: Option<&PasswordHash>| {
        let hasher = Hasher::new(own);
        let allocated = allocation_counter::measure(|| {
            assert_eq!(hasher.verify(&password, stored), Ok(Verdict::Mismatch));
        });
        allocated.bytes_max
    };
    let [nobody, somebody] = [fills(None), fills(Some(&stored))];
    assert!(nobody >= 1 << 20, "{nobody}");
    assert!(nobody.abs_diff(somebody) < 4096, "{nobody} {somebody}");
    // Also for a password that hashes to what a dummy could be compared with.
    for text in ["", "\0", "dummy"] {
        let verdict = Hasher::new(own).verify(&self::password(text), None::<&PasswordHash>);
        assert_eq!(verdict, Ok(Verdict::Mismatch), "{text:?}");
    }
}

/// CVE-2025-22234: a length that is refused before the work tells who exists. No password that can be
/// compared has one; what is too long to be a password is refused before anybody is looked up.
#[test]
fn catalogue_6_14_a_password_that_no_policy_takes_is_compared_like_any_other() {
    let own = cost(1024, 1, 1);
    let hash = Hasher::new(own).hash(&password("correct horse"), salt(1)).unwrap();
    let fills = |typed: &Password, stored: Option<&PasswordHash>| {
        let hasher = Hasher::new(own);
        let allocated = allocation_counter::measure(|| {
            assert_eq!(hasher.verify(typed, stored), Ok(Verdict::Mismatch));
        });
        allocated.bytes_max
    };
    let work = fills(&password("another"), Some(&hash));
    assert!(work >= 1 << 20, "{work}");
    for length in [0, 1, 72, 73, 1_025, 4_096] {
        let typed = password(&"x".repeat(length));
        for stored in [None, Some(&hash)] {
            assert!(fills(&typed, stored).abs_diff(work) < 4_096, "{length} {stored:?}");
        }
    }
    assert!(Password::new("x".repeat(4_097)).is_err());
}

#[test]
fn a_hash_of_another_scheme_is_told_apart() {
    for text in [
        "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
        "$2y$10$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
        "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E",
        "$pbkdf2-sha256$i=600000,l=32$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "pbkdf2_sha256$870000$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
        "$6$rounds=5000$saltstring$hash",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "$ARGON2ID$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
        "!",
        "$$$$",
        "$argon3",
    ] {
        assert_eq!(verify(text), Err(HashError::UnsupportedScheme), "{text}");
    }
}

#[test]
fn a_malformed_argon2_string_is_refused() {
    let whole = format!("$argon2id$v=19$m=256,t=2,p=1{TAIL}");
    assert_eq!(verify(&whole), Ok(Verdict::Mismatch));
    for (what, text) in [
        ("no such variant", format!("$argon2$v=19$m=256,t=2,p=1{TAIL}")),
        ("no such variant", format!("$argon2x$v=19$m=256,t=2,p=1{TAIL}")),
        ("no such variant", format!("$argon2idd$v=19$m=256,t=2,p=1{TAIL}")),
        ("no such version", format!("$argon2id$v=18$m=256,t=2,p=1{TAIL}")),
        ("no such version", format!("$argon2id$v=0$m=256,t=2,p=1{TAIL}")),
        ("no such version", format!("$argon2id$v=4294967315$m=256,t=2,p=1{TAIL}")),
        ("empty version", format!("$argon2id$v=$m=256,t=2,p=1{TAIL}")),
        ("negative version", format!("$argon2id$v=-19$m=256,t=2,p=1{TAIL}")),
        ("two versions", format!("$argon2id$v=19$v=19$m=256,t=2,p=1{TAIL}")),
        ("no parameters", format!("$argon2id$v=19{TAIL}")),
        ("m twice", format!("$argon2id$v=19$m=256,m=256,t=2,p=1{TAIL}")),
        ("m twice instead of p", format!("$argon2id$v=19$m=256,m=4294967295,t=2{TAIL}")),
        ("m twice instead of t", format!("$argon2id$v=19$m=256,m=256,p=1{TAIL}")),
        ("t twice", format!("$argon2id$v=19$m=256,t=2,t=4294967295,p=1{TAIL}")),
        ("no m", format!("$argon2id$v=19$t=2,p=1{TAIL}")),
        ("no t", format!("$argon2id$v=19$m=256,p=1{TAIL}")),
        ("no p", format!("$argon2id$v=19$m=256,t=2{TAIL}")),
        ("unknown parameter", format!("$argon2id$v=19$m=256,t=2,p=1,x=1{TAIL}")),
        ("unknown parameter for p", format!("$argon2id$v=19$m=256,t=2,x=1{TAIL}")),
        ("keyid of another length", format!("$argon2id$v=19$m=256,t=2,p=1,keyid=AAAA{TAIL}")),
        ("data", format!("$argon2id$v=19$m=256,t=2,p=1,data=AAAA{TAIL}")),
        ("upper-case name", format!("$argon2id$v=19$M=256,t=2,p=1{TAIL}")),
        ("number without value", format!("$argon2id$v=19$m=,t=2,p=1{TAIL}")),
        ("name without number", format!("$argon2id$v=19$m,t=2,p=1{TAIL}")),
        ("two values", format!("$argon2id$v=19$m=256=256,t=2,p=1{TAIL}")),
        ("empty parameter", format!("$argon2id$v=19$m=256,,t=2,p=1{TAIL}")),
        ("hexadecimal", format!("$argon2id$v=19$m=0x100,t=2,p=1{TAIL}")),
        ("leading zero", format!("$argon2id$v=19$m=0256,t=2,p=1{TAIL}")),
        ("plus sign", format!("$argon2id$v=19$m=+256,t=2,p=1{TAIL}")),
        ("minus sign", format!("$argon2id$v=19$m=-256,t=2,p=1{TAIL}")),
        ("beyond 32 bits", format!("$argon2id$v=19$m=4294967296,t=2,p=1{TAIL}")),
        ("beyond 64 bits", format!("$argon2id$v=19$m=18446744073709551872,t=2,p=1{TAIL}")),
        ("200 digits", format!("$argon2id$v=19$m={},t=2,p=1{TAIL}", "9".repeat(200))),
        ("less memory than 8 KiB", format!("$argon2id$v=19$m=7,t=2,p=1{TAIL}")),
        ("less memory than the lanes need", format!("$argon2id$v=19$m=31,t=2,p=4{TAIL}")),
        ("no memory", format!("$argon2id$v=19$m=0,t=2,p=1{TAIL}")),
        ("no pass", format!("$argon2id$v=19$m=256,t=0,p=1{TAIL}")),
        ("no lane", format!("$argon2id$v=19$m=256,t=2,p=0{TAIL}")),
        ("no salt and tag", "$argon2id$v=19$m=256,t=2,p=1".into()),
        (
            "no salt",
            "$argon2id$v=19$m=256,t=2,p=1$$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into(),
        ),
        ("no tag", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ".into()),
        ("empty tag", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$".into()),
        (
            "salt of 7 bytes",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                .into(),
        ),
        ("tag of 4 bytes", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$AAAAAA".into()),
        ("tag of 9 bytes", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$AAAAAAAAAAAA".into()),
        ("tag of 65 bytes", format!("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ${}", "A".repeat(87))),
        ("padded tag", format!("$argon2id$v=19$m=256,t=2,p=1{TAIL}=")),
        ("base64url", format!("$argon2id$v=19$m=256,t=2,p=1{}_", &TAIL[..TAIL.len() - 1])),
        (
            "bits that no byte has",
            format!("$argon2id$v=19$m=256,t=2,p=1{}B", &TAIL[..TAIL.len() - 1]),
        ),
        ("one field more", format!("$argon2id$v=19$m=256,t=2,p=1{TAIL}$AAAA")),
        ("dollar at the end", format!("$argon2id$v=19$m=256,t=2,p=1{TAIL}$")),
        ("nothing but the name", "$argon2id".into()),
        ("nothing but the name", "$argon2id$".into()),
    ] {
        assert_eq!(verify(&text), Err(HashError::Malformed), "{what}: {text}");
    }
}

#[test]
fn a_truncated_string_never_verifies() {
    let hasher = Hasher::new(cost(8, 1, 1));
    let password = password("correct horse");
    let hash = hasher.hash(&password, salt(1)).unwrap();
    let text = hash.expose_secret();
    for end in 1..text.len() {
        let verdict = hasher.verify(&password, &stored(&text[..end]));
        assert_eq!(verdict, Err(HashError::Malformed), "{}", &text[..end]);
    }
}

#[test]
fn hostile_parameters_are_refused_before_any_work() {
    // Ceilings of this hasher: 64 MiB, 8 passes, 16 lanes.
    for (m, t, p, parameter) in [
        (65_537, 1, 1, "m"),
        (Cost::MAX_MEMORY_KIB, 1, 1, "m"),
        (Cost::MAX_MEMORY_KIB + 1, 1, 1, "m"),
        (u32::MAX, 1, 1, "m"),
        (u32::MAX, u32::MAX, 16, "m"),
        (8, 9, 1, "t"),
        (8, Cost::MAX_PASSES, 1, "t"),
        (8, Cost::MAX_PASSES + 1, 1, "t"),
        (8, u32::MAX, 1, "t"),
        (8 * 17, 1, 17, "p"),
        (65_536, 1, 8192, "p"),
        (u32::MAX, 1, u32::MAX, "p"),
    ] {
        for kind in ["argon2id", "argon2i", "argon2d"] {
            let text = format!("${kind}$v=19$m={m},t={t},p={p}{TAIL}");
            assert_eq!(verify(&text), Err(HashError::OverCeiling { parameter }), "{text}");
            let allocated = allocation_counter::measure(|| {
                let _ = verify(&text);
            });
            assert!(allocated.bytes_total < 4096, "{text}: {allocated:?}");
        }
    }
}

#[test]
fn the_ceiling_is_four_times_the_cost_and_at_least_64_mib_and_8_passes() {
    for (own, within, beyond) in [
        (cost(8, 1, 1), (65_536, 1, 1), (65_537, 1, 1)),
        (cost(8, 1, 1), (8, 8, 1), (8, 9, 1)),
        (cost(20_000, 1, 1), (8, 8, 1), (80_001, 1, 1)),
        (cost(8, 3, 1), (8, 12, 1), (8, 13, 1)),
        (cost(8, 64, 1), (8, 64, 1), (8, 65, 1)),
        (cost(8, 1, 1), (128, 1, 16), (136, 1, 17)),
    ] {
        let hasher = Hasher::new(own);
        let ask = |(m, t, p)| {
            let text = format!("$argon2id$v=19$m={m},t={t},p={p}{TAIL}");
            hasher.verify(&password("correct horse"), &stored(&text))
        };
        assert_eq!(ask(within), Ok(Verdict::Mismatch), "{within:?} under {own}");
        assert!(
            matches!(ask(beyond), Err(HashError::OverCeiling { .. })),
            "{beyond:?} under {own}"
        );
    }
}

#[test]
fn a_ceiling_of_ones_own_is_never_below_the_cost() {
    let password = password("correct horse");
    let own = cost(256, 3, 2);
    let hasher = Hasher::new(own).with_ceiling(cost(8, 1, 1));
    let hash = hasher.hash(&password, salt(1)).unwrap();
    assert_eq!(hasher.verify(&password, &hash), Ok(Verdict::Match));
    for (m, t, p, parameter) in [(257, 3, 2, "m"), (256, 4, 2, "t"), (256, 3, 3, "p")] {
        let text = format!("$argon2id$v=19$m={m},t={t},p={p}{TAIL}");
        let verdict = hasher.verify(&password, &stored(&text));
        assert_eq!(verdict, Err(HashError::OverCeiling { parameter }), "{text}");
    }
    let wider = Hasher::new(cost(8, 1, 1)).with_ceiling(own);
    assert_eq!(wider.verify(&password, &hash), Ok(Verdict::Match));
}

#[test]
fn a_cost_has_limits() {
    let memory = |min_kib| CostError::Memory { min_kib, max_kib: 4 << 20 };
    let (passes, lanes) = (CostError::Passes { max: 64 }, CostError::Lanes { max: 16 });
    for ((m, t, p), expected) in [
        ((8, 1, 1), None),
        ((7, 1, 1), Some(memory(8))),
        ((0, 1, 1), Some(memory(8))),
        ((128, 1, 16), None),
        ((127, 1, 16), Some(memory(128))),
        ((4 << 20, 64, 16), None),
        (((4 << 20) + 1, 64, 16), Some(memory(128))),
        ((u32::MAX, 1, 1), Some(memory(8))),
        ((8, 0, 1), Some(passes)),
        ((8, 65, 1), Some(passes)),
        ((8, u32::MAX, 1), Some(passes)),
        ((8, 1, 0), Some(lanes)),
        ((u32::MAX, 1, 17), Some(lanes)),
        ((u32::MAX, 1, u32::MAX), Some(lanes)),
    ] {
        let made = Cost::new(m, t, p);
        assert_eq!(made.err(), expected, "m={m},t={t},p={p}");
        if let Ok(cost) = made {
            assert_eq!((cost.memory_kib(), cost.passes(), cost.lanes()), (m, t, p));
            assert_eq!(cost.to_string(), format!("m={m},t={t},p={p}"));
        }
    }
    assert_eq!(Cost::OWASP, cost(19_456, 2, 1));
}

#[test]
fn a_stored_hash_is_printable_ascii() {
    for good in ["", "!", "$2b$12$abc", &"x".repeat(512)] {
        assert_eq!(PasswordHash::from_stored(good).unwrap().expose_secret(), good);
    }
    let too_long = StoredHashError::TooLong { max_bytes: 512 };
    for (bad, expected) in [
        (" ", StoredHashError::Padded),
        ("$argon2id$ ", StoredHashError::Padded),
        ("$argon2id$   ", StoredHashError::Padded),
        (" $argon2id$", StoredHashError::Character),
        ("a b", StoredHashError::Character),
        ("a\0b", StoredHashError::Character),
        ("a\nb", StoredHashError::Character),
        ("\u{7f}", StoredHashError::Character),
        ("\u{e9}", StoredHashError::Character),
        (&"x".repeat(513), too_long),
    ] {
        assert_eq!(PasswordHash::from_stored(bad), Err(expected), "{bad:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_hashed_verifies_within_its_own_ceiling(
        text in ".{0,40}", other in ".{0,40}", m in 8_u32..64, t in 1_u32..4, p in 1_u32..3, low in 1_u32..3, first: u8,
    ) {
        let own = cost(m * p, t, p);
        for hasher in [Hasher::new(own), Hasher::new(own).with_ceiling(cost(8, low, 1))] {
            let hash = hasher.hash(&password(&text), salt(first)).unwrap();
            prop_assert_eq!(hasher.verify(&password(&text), &hash), Ok(Verdict::Match));
            let same = password(&text).expose_secret() == password(&other).expose_secret();
            prop_assert_eq!(is_match(hasher.verify(&password(&other), &hash)), same);
        }
    }

    #[test]
    fn no_stored_text_makes_it_panic_or_match(text in "\\$?(argon2id?)?(\\$|v=|m=|t=|p=|,|[0-9]{1,3}|[!-~]){0,24}") {
        if let Ok(hash) = PasswordHash::from_stored(&text) {
            let hasher = Hasher::new(cost(8, 1, 1)).with_ceiling(cost(8, 1, 1));
            prop_assert!(!is_match(hasher.verify(&password("correct horse"), &hash)));
        }
    }
}

fn verify(text: &str) -> Result<Verdict, HashError> {
    Hasher::new(cost(256, 2, 1)).verify(&password("correct horse"), &stored(text))
}

fn is_match(verdict: Result<Verdict, HashError>) -> bool {
    matches!(verdict, Ok(Verdict::Match | Verdict::MatchOutdated))
}

fn cost(memory_kib: u32, passes: u32, lanes: u32) -> Cost {
    Cost::new(memory_kib, passes, lanes).unwrap()
}

fn password(text: &str) -> Password {
    Password::new(text).unwrap()
}

fn stored(text: &str) -> PasswordHash {
    PasswordHash::from_stored(text).unwrap()
}

fn salt(first: u8) -> Salt {
    Salt::generate(&mut Counting(first)).unwrap()
}

fn vectors() -> impl Iterator<Item = Value> {
    include_str!("vectors/argon2.jsonl").lines().map(|line| serde_json::from_str(line).unwrap())
}

/// Gives `first`, `first + 1` and so on: as random as a test needs it.
struct Counting(u8);

impl TryRng for Counting {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for byte in bytes {
            *byte = self.0;
            self.0 = self.0.wrapping_add(1);
        }
        Ok(())
    }
}

impl TryCryptoRng for Counting {}

#[test]
fn a_column_that_holds_no_hash_is_kept_and_no_password_matches() {
    let hasher = Hasher::new(Cost::new(64, 1, 1).unwrap());
    let own = hasher.hash(&Password::new("plum-kettle-42").unwrap(), salt(7));
    let own = own.unwrap();
    let padded = format!("{} ", own.expose_secret());
    for text in [&*padded, "h\u{e4}sh", "two words", "a\nb", &"x".repeat(513)] {
        assert!(PasswordHash::from_stored(text).is_err());
        let stored = PasswordHash::from_column(text);
        assert_eq!(stored.expose_secret(), text);
        assert!(!stored.is_usable());
        let verdict = hasher.verify(&Password::new("plum-kettle-42").unwrap(), &stored);
        assert_eq!(verdict, Err(HashError::Malformed));
    }
    for text in [own.expose_secret(), "!", "", "-", "$2b$12$x"] {
        assert_eq!(PasswordHash::from_column(text), PasswordHash::from_stored(text).unwrap());
    }
}
