//! What people asked other systems for and did not get: contacts and codes.

use repass::code::{CheckCode, CodeShape};

use crate::world::flow;

/// E17: pages hard-code six boxes because nothing tells them length and alphabet of a code.
#[test]
fn e17_the_shape_of_codes_tells_length_alphabet_and_groups() {
    let shape = flow().build().unwrap().code_shape();
    assert_eq!((shape.length(), shape.characters()), (8, "BCDFGHJKLMNPQRSTVWXZ"));
    assert_eq!(shape.groups().collect::<Vec<_>>(), [4, 4]);
    let digits = CodeShape::digits(6).unwrap();
    assert_eq!((digits.length(), digits.characters()), (6, "0123456789"));
    assert_eq!(digits.groups().collect::<Vec<_>>(), [3, 3]);
    let own = CodeShape::of_alphabet("XYZ789", 7).unwrap();
    assert_eq!((own.length(), own.characters()), (7, "XYZ789"));
    // The groups are those of a code that is shown.
    for length in 6..=16 {
        let shape = CodeShape::letters(length).unwrap();
        let code = CheckCode::parse(shape, &"B".repeat(length.into())).unwrap();
        let shown: Vec<usize> = code.expose_grouped().split('-').map(str::len).collect();
        assert_eq!(shape.groups().collect::<Vec<_>>(), shown);
    }
}
