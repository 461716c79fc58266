//! Any bytes as a list, and the same with their length and checksum put right: no panic, the same
//! answer twice, and a list that was made from words holds them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use repass::policy::CommonPasswords;

// The password is the first line, the list all the rest.
fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (password, rest) = bytes.split_at(end);
    let password = String::from_utf8_lossy(password);
    let rest = rest.get(1..).unwrap_or_default();

    ask(rest, &password);
    let mut forged = b"RPW\x02".to_vec();
    forged.extend(rest);
    forged.resize(forged.len().max(24), 0);
    let length = forged.len() as u64;
    forged[16..24].copy_from_slice(&length.to_le_bytes());
    let checksum = checksum(&forged);
    forged[8..16].copy_from_slice(&checksum.to_le_bytes());
    ask(&forged, &password);

    let words = String::from_utf8_lossy(rest);
    let Ok(made) = CommonPasswords::build(words.lines()) else { return };
    let list = CommonPasswords::from_bytes(&made).expect("undamaged");
    // Python's white space, which is stripped, has four characters more than Rust's.
    let blank = |line: &str| {
        line.chars().all(|one| one.is_whitespace() || ('\u{1C}'..='\u{1F}').contains(&one))
    };
    assert!(words.lines().all(|line| blank(line) || list.contains(line)));
    // The control: the fuzzer has to make a list of more than one block.
    assert!(!cfg!(feature = "control") || list.entries() <= 16, "planted");
});

fn ask(bytes: &[u8], password: &str) {
    let Ok(list) = CommonPasswords::from_bytes(bytes) else { return };
    assert_eq!(list.contains(password), list.rank(password).is_some());
    assert_eq!(list.rank(password), list.rank(password));
    let _ = list.entries_at_least(password.len());
}

/// That of `src/policy/list/common/layout.rs`.
fn checksum(bytes: &[u8]) -> u64 {
    let mut words: Vec<u64> = Vec::new();
    for chunk in [&bytes[..8], &bytes[16..]].concat().chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        words.push(u64::from_le_bytes(word));
    }
    if bytes.len().is_multiple_of(8) {
        words.push(0);
    }
    words.into_iter().fold(bytes.len() as u64, |state, word| {
        let state = (state ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        state ^ state >> 32
    })
}
