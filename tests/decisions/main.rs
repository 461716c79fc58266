//! "Decisions" in DESIGN.md: one test for each row of its tables, which the tests read.
//!
//! A test brings about the situation in the first cell, does what the table is about, and says in the words
//! of the table what it saw. The other cells have to say the same.

#[path = "../invariants/world.rs"]
#[allow(dead_code, reason = "these tests need a part of it")]
mod world;

/// A test for each row of one table, in the order of the rows: its name, the first cell, and the other cells
/// as they were seen.
macro_rules! rows {
    ($table:literal: $($test:ident $situation:literal => $seen:expr;)+) => {
        /// The table and the first cells of its rows.
        pub(crate) const TESTED: (&str, &[&str]) = ($table, &[$($situation),+]);
        $(
            #[test]
            fn $test() {
                crate::design::check($table, $situation, &$seen);
            }
        )+
    };
}

mod accounts;
mod addresses;
mod admissions;
mod authors;
mod callers;
mod commits;
mod design;
mod disclosures;
mod entries;
mod operators;
mod passwords;
mod requests;
mod resends;
mod seen;
mod sign_ins;
mod signed_in;
mod signed_texts;
mod stops;

#[test]
fn every_row_has_a_test_and_every_test_a_row() {
    let tested = [
        signed_texts::TESTED,
        requests::TESTED,
        signed_in::TESTED,
        callers::TESTED,
        authors::TESTED,
        disclosures::TESTED,
        resends::TESTED,
        admissions::TESTED,
        stops::TESTED,
        addresses::TESTED,
        sign_ins::TESTED,
        operators::TESTED,
        commits::TESTED,
        entries::TESTED,
        passwords::TESTED,
    ];
    let written = design::tables();
    let names: Vec<_> = written.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, tested.map(|(name, _)| name));
    for (table, (name, situations)) in written.iter().zip(tested) {
        let first: Vec<_> = table.rows.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(first, situations, "{name}");
    }
}
