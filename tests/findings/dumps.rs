//! Weakness 34: GoTrue stores the unsalted hash of address and code, and its link carries that code, a value of
//! 20 bits. Whoever reads the table tries all codes and has the link.

use pollster::block_on;
use repass::code::{CodeShape, ResendPolicy};
use repass::recovery::Recovery;
use repass::reset::{Delivery, Outcome};
use sha2::{Digest, Sha224, Sha256};

use crate::recovering::{Shared, messages, outcomes, over, request, token, work};
use crate::world::{Dice, ada, at, flow};

/// Ada's link has a code of six digits beside it.
fn service(dice: &mut Dice) -> Recovery<Shared> {
    let flow = flow().code_shape(CodeShape::digits(6).unwrap()).resend(ResendPolicy::NewCode);
    over(flow.build().unwrap(), ada(dice))
}

/// The link and the code in the one message that came.
fn received(service: &Recovery<Shared>) -> (String, String) {
    let [message] = &messages(service)[..] else { panic!("not one message") };
    let text = message.expose_secret();
    let link = text.lines().find_map(|line| Some(line.split_once("?token=")?.1));
    let mut lines = text.lines().map(|line| line.replace('-', ""));
    let code = lines.find(|line| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit()));
    (link.expect("a link").to_owned(), code.expect("a code"))
}

/// What others store of a code, for which all million codes can be tried: hashes without a key.
fn hashes(code: &str) -> Vec<Vec<u8>> {
    let texts = ["", "ada@example.org", "42", "ada"].map(|before| format!("{before}{code}"));
    let each = texts.iter().flat_map(|text| {
        [Sha224::digest(text).to_vec(), Sha256::digest(text).to_vec(), text.as_bytes().to_vec()]
    });
    each.collect()
}

fn has(dump: &[u8], piece: &[u8]) -> bool {
    dump.windows(piece.len()).any(|window| window == piece)
}

#[test]
fn w34_a_dump_of_the_store_has_no_hash_of_a_code() {
    let mut dice = Dice(34);
    let service = service(&mut dice);
    request(&service, Delivery::LINK_AND_CODE, &mut dice, at(0));
    let mut dump = service.ports().queue.dump().concat();
    let ran = block_on(service.work(token(&mut dice), 1, at(0))).unwrap();
    assert_eq!(outcomes(&ran), [Outcome::Sent]);
    dump.extend(service.ports().queue.dump().concat());
    dump.extend(service.ports().attempts.dump().concat());
    work(&service, &mut dice, at(0));
    let (_, code) = received(&service);
    for hash in hashes(&code) {
        assert!(!has(&dump, &hash));
        // Control: it is found where it is stored.
        assert!(has(&[&dump[..], &hash].concat(), &hash));
    }
}

/// A link is signed with 256 bits of its own: it says nothing about a code, and a code nothing about it.
#[test]
fn w34_the_link_is_the_same_whatever_the_code_is() {
    let mut dice = Dice(35);
    let service = service(&mut dice);
    let handle = request(&service, Delivery::LINK_AND_CODE, &mut dice, at(0));
    work(&service, &mut dice, at(0));
    let (link, code) = received(&service);
    block_on(service.resend(&handle, at(60))).unwrap();
    work(&service, &mut dice, at(60));
    let (again, next) = received(&service);
    assert_ne!(code, next);
    assert_eq!(link, again);
}
