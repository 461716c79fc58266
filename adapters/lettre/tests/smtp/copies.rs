//! Notices of an author: its sender, and a copy for each recipient.

use mail_parser::MessageParser;
use repass::SysRng;
use repass::account::{Account, AccountId, Contact, Email, Lookup, Phone};
use repass::hash::{Cost, Hasher};
use repass::memory::MemoryPorts;
use repass::message::Message;
use repass::policy::Policy;
use repass::port::{Delivered, Notifier};
use repass::queue::ClaimToken;
use repass::recovery::Recovery;
use repass::reset::{Author, AuthorText, Delivery, Flow, Proof, Sms};
use repass::secret::{Password, Salt};

use crate::server::Server;
use crate::world::{at, keyring, page, seed, to};

fn recovery() -> Recovery<MemoryPorts> {
    let hash = hasher().hash(&Password::new("the lost one").unwrap(), salt()).unwrap();
    let ada = Account::new(AccountId::new("1").unwrap())
        .with_email(Email::verified(Contact::email("ada@example.org").unwrap()))
        .with_phone(Phone::verified(Contact::phone("+491701234567").unwrap()))
        .with_password(hash);
    let author = Author::new("crm")
        .sender("support@example.net")
        .copies_to("log@example.org")
        .copies_to("b@example.org");
    let flow =
        Flow::builder(keyring(), page()).author(author).sms(Sms::to(["+49"])).build().unwrap();
    Recovery::new(flow, MemoryPorts::new([ada]))
}

fn hasher() -> Hasher {
    Hasher::new(Cost::new(64, 1, 1).unwrap())
}

fn salt() -> Salt {
    Salt::generate(&mut SysRng).unwrap()
}

async fn work(recovery: &Recovery<MemoryPorts>) -> Vec<Message> {
    while !recovery.work(ClaimToken::new(seed()), 8, at(1)).await.unwrap().is_empty() {}
    core::iter::from_fn(|| recovery.ports().outbox().take()).collect()
}

async fn ask(recovery: &Recovery<MemoryPorts>, delivery: Delivery, lookup: Lookup) -> Message {
    let _handle = recovery.request(lookup, delivery, None, seed(), at(0)).await.unwrap();
    work(recovery).await.pop().unwrap()
}

#[tokio::test]
async fn each_copy_has_an_envelope_of_its_own_and_the_headers_of_all() {
    let recovery = recovery();
    let lookup = Lookup::email("ada@example.org").unwrap();
    let message = ask(&recovery, Delivery::LINK, lookup).await;
    let (_, token) = message.expose_secret().split_once("?token=").unwrap();
    let token = token.lines().next().unwrap();
    let admitted = recovery.admit(Proof::Link(token), None, at(1)).await.unwrap();
    let policy = Policy::builder().min_length(12).build().unwrap();
    let new = Password::new("plum-kettle-42").unwrap();
    let change = admitted.set_password(&new, &policy, &hasher(), salt()).unwrap();
    let after = recovery.commit(change, at(1)).await.unwrap();
    let author = recovery.flow().author("crm").unwrap();
    let text =
        AuthorText::mail("Done.\n").subject(Some("Done")).sender(Some("support@example.net"));
    let notice = author.notice(text.sender_name(Some("Café Support"))).unwrap();
    let notice = notice.copies(["log@example.org"], ["b@example.org"]).unwrap();
    let _sent = recovery.send_notice(&after, &notice, at(1)).await.unwrap();

    let server = Server::plain(Vec::new()).await;
    let smtp = to(&server);
    for message in work(&recovery).await.iter().filter(|message| message.sender().is_some()) {
        assert_eq!(smtp.deliver(message, at(1)).await.unwrap(), Delivered::Taken);
    }
    let received = server.received();
    let mut envelopes: Vec<_> = received.iter().map(|mail| &mail.recipients[..]).collect();
    envelopes.sort_unstable();
    assert_eq!(envelopes, [["<ada@example.org>"], ["<b@example.org>"], ["<log@example.org>"]]);
    let mut ids = Vec::new();
    for mail in &received {
        assert_eq!(mail.sender, "<support@example.net>");
        let parsed = MessageParser::default().parse(&mail.text).unwrap();
        let from = parsed.from().and_then(|from| from.first()).unwrap();
        let expected = (Some("Café Support"), Some("support@example.net"));
        assert_eq!((from.name(), from.address()), expected);
        let to: Vec<_> = parsed.to().unwrap().iter().map(|one| one.address()).collect();
        let cc: Vec<_> = parsed.cc().unwrap().iter().map(|one| one.address()).collect();
        assert_eq!((to, cc), (vec![Some("ada@example.org")], vec![Some("log@example.org")]));
        assert!(parsed.bcc().is_none() && parsed.header("Content-Language").is_none());
        ids.push(parsed.message_id().unwrap().to_owned());
    }
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn a_text_message_is_rejected_and_not_mailed() {
    let recovery = recovery();
    let message = ask(&recovery, Delivery::CODE, Lookup::phone("+491701234567").unwrap()).await;
    let server = Server::plain(Vec::new()).await;
    assert_eq!(to(&server).deliver(&message, at(1)).await.unwrap(), Delivered::Rejected);
    assert_eq!(server.connections().0, 0);
}
