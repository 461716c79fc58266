//! The example `without_traits`: the whole flow in under 100 lines, over collections of its own.
#![cfg(feature = "common-passwords")]

#[path = "support/program.rs"]
mod program;

#[test]
fn the_flow_runs_over_plain_collections() {
    let output = program::spawn("without_traits", &[]).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    let expected = [
        // The request, the message with the link, the notice, and the link once more.
        "Ran(Report(..))",
        "Delivered",
        "Delivered",
        "used: true",
    ];
    let lines: Vec<_> = said.lines().collect();
    let (housekeeping, others) = lines.split_last().unwrap();
    assert_eq!(others, expected);
    assert!(housekeeping.starts_with("Housekeeping { resumed: [], ended: 0, "), "{said}");
    assert!(housekeeping.ends_with("failures: [] }"), "{said}");
}

#[test]
fn the_example_has_under_100_lines_and_no_port() {
    let text = include_str!("../examples/without_traits.rs");
    assert!(text.lines().filter(|line| !line.is_empty()).count() < 100);
    for port in ["Accounts for", "Attempts for", "Counters for", "Queue for", "Notifier for"] {
        assert!(!text.contains(port), "{port}");
    }
}
