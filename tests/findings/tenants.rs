//! A4 and A5: what belongs to a tenant is neither lost nor worked on by another flow.

use pollster::block_on;
use repass::language::Language;
use repass::message::{LinkForm, MessageKind, MessageText, Messages, ResetLink};
use repass::queue::QueueEntry;
use repass::recovery::Recovery;
use repass::reset::{Delivery, FlowError, Outcome, Proof, Worked};

use crate::recovering::{Shared, messages, obtain, outcomes, over, request, token, work};
use crate::steps::{Event, at_each, crash_commit, drive};
use crate::world::{Dice, ada, at, flow};

/// The base service and one tenant, over the same tables.
fn services(dice: &mut Dice) -> (Recovery<Shared>, Recovery<Shared>) {
    let account = ada(dice);
    let base = over(flow().build().unwrap(), account);
    let tenant = base.for_tenant("acme", base.ports().clone()).unwrap();
    (base, tenant)
}

#[test]
fn a04_housekeeping_reports_crashed_commits_of_other_tenants() {
    let mut dice = Dice(7);
    let (base, tenant) = services(&mut dice);
    let (_, link) = obtain(&tenant, Delivery::LINK, &mut dice, at(0));
    let crash = at_each("write", Event::CrashesAfter);
    crash_commit(&tenant, Proof::Link(&link), &mut dice, at(1), crash);

    let done = block_on(base.housekeep(at(62)));
    assert_eq!((done.resumed.len(), done.other_scopes), (0, 1));
    assert_eq!((done.unknown_keys, done.altered, done.ended), (0, 0, 0));
    let done = block_on(tenant.housekeep(at(62)));
    assert_eq!((done.resumed.len(), done.other_scopes), (1, 0));
    block_on(tenant.settle(&done.resumed[0], at(63))).unwrap();
    assert_eq!(block_on(base.housekeep(at(64))).other_scopes, 0);
}

#[test]
fn a05_no_other_flow_claims_the_entries_of_a_tenant() {
    let mut dice = Dice(8);
    let (base, tenant) = services(&mut dice);
    request(&tenant, Delivery::LINK, &mut dice, at(0));
    assert!(work(&base, &mut dice, at(1)).is_empty());
    let worked = work(&tenant, &mut dice, at(2));
    assert_eq!(outcomes(&worked), [Outcome::Sent]);
    assert_eq!(messages(&tenant).len(), 1);
}

/// A host that hands the entries of one tenant to the flow of another loses nothing and sends nothing.
#[test]
fn a05_the_wrong_flow_puts_an_entry_off() {
    let mut dice = Dice(9);
    let (base, tenant) = services(&mut dice);
    let other = base.for_tenant("other", base.ports().clone()).unwrap();
    request(&tenant, Delivery::LINK, &mut dice, at(0));
    // The request first, then the message.
    let mut second = 1;
    for _ in 0..2 {
        for wrong in [&base, &other] {
            let token = token(&mut dice);
            let claimed = block_on(tenant.claim(token, 1, at(second))).unwrap().remove(0);
            let step = wrong.flow().work_on(claimed, token, at(second));
            let worked = drive(step, wrong.ports(), at(second), |_| Event::Works).unwrap().unwrap();
            let Worked::PutOff { due, failure: None } = worked else { panic!("{worked:?}") };
            assert!(messages(&tenant).is_empty());
            second = due.unix_timestamp() - at(0).unix_timestamp();
        }
        let worked = block_on(tenant.work(token(&mut dice), 1, at(second))).unwrap();
        assert!(matches!(&worked[..], [Worked::Ran(_) | Worked::Delivered]), "{worked:?}");
    }
    assert_eq!(messages(&tenant).len(), 1);
}

/// The scope is in the sealed bytes, too: a row that says something else is no way around it.
#[test]
fn a05_an_entry_that_is_marked_with_another_scope_sends_nothing() {
    let mut dice = Dice(10);
    let (base, tenant) = services(&mut dice);
    request(&tenant, Delivery::LINK, &mut dice, at(0));
    let token = token(&mut dice);
    let claimed = block_on(tenant.claim(token, 1, at(1))).unwrap().remove(0);
    let entry = claimed.entry();
    let bytes = entry.as_bytes().to_vec();
    let marked = QueueEntry::from_stored(*entry.key(), base.flow().scope().tag(), bytes);
    let ports = Shared { queue: alloc::sync::Arc::default(), ..base.ports().clone() };
    let base = Recovery::new(base.flow().clone(), ports);
    block_on(repass::port::Queue::push(&*base.ports().queue, &marked, at(1))).unwrap();
    let worked = work(&base, &mut dice, at(1));
    let other = |worked: &Worked| {
        matches!(worked, Worked::Dropped(repass::reset::SealedError::OtherScope { .. }))
    };
    assert!(worked.len() == 1 && worked.iter().all(other), "{worked:?}");
    assert!(messages(&base).is_empty() && base.ports().attempts.dump().is_empty());
}

/// Page, name, texts and language are the tenant's own; what it has not is that of the service.
#[test]
fn a05_a_tenant_has_its_own_page_name_texts_and_language() {
    let mut dice = Dice(12);
    let account = ada(&mut dice);
    let german = Language::new("de").unwrap();
    let text = MessageText::new("{site}: neues Passwort", "{link}\n");
    let texts = Messages::builder().email(MessageKind::Link, german, text).build().unwrap();
    let base = flow().site("Example").build().unwrap();
    let page = ResetLink::new("https://acme.example/reset", LinkForm::Query).unwrap();
    let acme = || base.for_tenant("acme").unwrap();
    let shipped = "Reset your password for ";
    for (flow, page, subject, language, site, host) in [
        (
            base.clone(),
            "https://example.org/",
            format!("{shipped}Example"),
            "en",
            "Example",
            "example.org",
        ),
        (
            acme().build().unwrap(),
            "https://example.org/",
            format!("{shipped}Example"),
            "en",
            "Example",
            "example.org",
        ),
        (
            acme().page(page.clone()).build().unwrap(),
            "https://acme.example/",
            format!("{shipped}Example"),
            "en",
            "Example",
            "acme.example",
        ),
        (
            acme().page(page.clone()).site("Acme").messages(texts.clone()).build().unwrap(),
            "https://acme.example/",
            format!("{shipped}Acme"),
            "en",
            "Acme",
            "acme.example",
        ),
        (
            acme().page(page).site("Acme").messages(texts).language(german).build().unwrap(),
            "https://acme.example/",
            "Acme: neues Passwort".into(),
            "de",
            "Acme",
            "acme.example",
        ),
    ] {
        let tenant = flow.scope().tenant().map(str::to_owned);
        let recovery = over(flow, account.clone());
        request(&recovery, Delivery::LINK, &mut dice, at(0));
        let _worked = work(&recovery, &mut dice, at(0));
        let message = messages(&recovery).remove(0);
        assert_eq!(message.subject(), subject);
        assert_eq!(message.language().as_str(), language);
        assert_eq!((message.site(), message.tenant()), (site, tenant.as_deref()));
        assert!(message.message_id().ends_with(&format!("@{host}>")));
        let link = message.expose_secret().lines().find(|line| line.starts_with("https"));
        assert!(link.unwrap().starts_with(page), "{link:?}");
    }
}

/// Without a name of its own, a service is called by the host of its page; so is a tenant.
#[test]
fn a05_a_tenant_is_not_called_by_the_host_of_the_service() {
    let mut dice = Dice(13);
    let page = ResetLink::new("https://acme.example/reset", LinkForm::Query).unwrap();
    let base = flow().build().unwrap();
    let tenant = base.for_tenant("acme").unwrap().page(page).build().unwrap();
    let recovery = over(tenant, ada(&mut dice));
    request(&recovery, Delivery::LINK, &mut dice, at(0));
    let _worked = work(&recovery, &mut dice, at(0));
    assert_eq!(messages(&recovery)[0].subject(), "Reset your password for acme.example");
}

#[test]
fn a05_settings_of_a_tenant_that_are_refused() {
    let base = flow().build().unwrap();
    assert!(base.for_tenant("").is_err());
    let refused = base.for_tenant("acme").unwrap().site("").build().err();
    assert_eq!(refused, Some(FlowError::Site));
    let recovery = over(base, ada(&mut Dice(14)));
    let refused = recovery.for_tenant("", recovery.ports().clone()).err().unwrap();
    assert!(matches!(refused, FlowError::Scope(_)));
    assert_eq!(refused.code(), "scope_tenant_invalid");
}

#[test]
fn a05_a_secret_of_a_tenant_admits_nowhere_else() {
    let mut dice = Dice(11);
    let (base, tenant) = services(&mut dice);
    let (_, link) = obtain(&tenant, Delivery::LINK, &mut dice, at(0));
    let refused = block_on(base.admit(Proof::Link(&link), None, at(1))).unwrap_err();
    assert_eq!(refused.code(), "token_forged");
    let admitted = block_on(tenant.admit(Proof::Link(&link), None, at(1))).unwrap();
    let ticket = admitted.ticket().unwrap().expose_secret();
    assert!(block_on(base.admit(Proof::Ticket(ticket), None, at(1))).is_err());
    assert!(block_on(tenant.admit(Proof::Ticket(ticket), None, at(1))).is_ok());
}
