//! Limits: their bounds, and that a limit refuses only those whom it is for.

use core::time::Duration;

use pollster::block_on;
use repass::account::Lookup;
use repass::key::{Key, KeyId, Keyring};
use repass::memory::MemoryPorts;
use repass::message::{LinkForm, ResetLink};
use repass::recovery::Recovery;
use repass::reset::{Delivery, Flow, FlowBuilder, FlowError, LimitError, Limits, RequestError};
use repass::secret::Seed;
use repass::throttle::Source;
use repass::time::UtcDateTime;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn flow(limits: Limits) -> Result<Flow, FlowError> {
    builder().limits(limits).build()
}

fn builder() -> FlowBuilder {
    let key: Vec<u8> = (0..32).collect();
    let keyring = Keyring::new(KeyId::new(1), Key::from_bytes(&key).unwrap());
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
    Flow::builder(keyring, page)
}

/// The tokens of another system were good for ever (CVE-2026-21622): here no flow builds whose links or codes
/// are good for more than a day.
#[test]
fn cve_2026_21622_no_link_and_no_code_is_good_for_more_than_a_day() {
    let second = Duration::from_secs(1);
    for (life, right) in [
        (MINUTE, true),
        (DAY, true),
        (Duration::ZERO, false),
        (MINUTE - second, false),
        (DAY + second, false),
        (Duration::MAX, false),
    ] {
        for builder in [builder().link_life(life), builder().code_life(life)] {
            let refused = builder.build().err().map(|error| error.code());
            assert_eq!(refused, (!right).then_some("flow_life_invalid"), "{life:?}");
        }
    }
}

fn error(limits: Limits) -> LimitError {
    match flow(limits) {
        Err(FlowError::Limit(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn limit_out_of_range(limits: Limits) -> &'static str {
    match error(limits) {
        LimitError::OutOfRange { limit, .. } => limit,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_defaults_build() {
    assert_eq!(flow(Limits::default()).unwrap().limits(), Limits::default());
}

#[test]
fn each_limit_has_bounds() {
    let all = Limits::default;
    assert!(flow(all().messages(3, HOUR)).is_ok());
    assert!(flow(all().messages(5, DAY - 30 * MINUTE)).is_ok());
    assert_eq!(limit_out_of_range(all().messages(2, HOUR)), "messages");
    assert_eq!(limit_out_of_range(all().messages(11, HOUR)), "messages");
    assert_eq!(limit_out_of_range(all().messages(5, 59 * MINUTE)), "messages");
    assert_eq!(limit_out_of_range(all().messages(5, DAY - 29 * MINUTE)), "messages");
    assert_eq!(limit_out_of_range(all().requests_of_source(0, HOUR)), "requests_of_source");
    assert_eq!(limit_out_of_range(all().requests_of_caller(0, HOUR)), "requests_of_caller");
    assert_eq!(limit_out_of_range(all().present_passwords(21)), "present_passwords");
    assert_eq!(limit_out_of_range(all().present_passwords(0)), "present_passwords");
    let identifier = all().sign_ins_of_identifier(2, MINUTE);
    assert_eq!(limit_out_of_range(identifier), "sign_ins_of_identifier");
    assert_eq!(limit_out_of_range(all().sign_ins_of_source(0, MINUTE)), "sign_ins_of_source");
    let identifier = all().sign_ins_of_identifier(10, 31 * MINUTE);
    assert_eq!(limit_out_of_range(identifier), "sign_ins_of_identifier");
    // NIST SP 800-63B-4, section 3.2.2: at most 100 failures.
    assert_eq!(limit_out_of_range(all().sign_ins_of_account(101)), "sign_ins_of_account");
    assert_eq!(limit_out_of_range(all().sign_ins_of_account(9)), "sign_ins_of_account");
    // A counter lasts from a second to a day: another period is refused, not cut.
    let none = Duration::ZERO;
    assert_eq!(limit_out_of_range(all().requests_of_source(9, 2 * DAY)), "requests_of_source");
    assert_eq!(limit_out_of_range(all().requests_of_identifier(9, none)), "requests_of_identifier");
    // The limit that was set last counts.
    assert!(flow(all().requests_of_source(9, 2 * DAY).requests_of_source(9, HOUR)).is_ok());
    assert_eq!(error(all().tries(0, 5)), LimitError::Tries);
    assert_eq!(error(all().tries(6, 5)), LimitError::Tries);
    assert_eq!(error(all().tries(5, 101)), LimitError::Tries);
}

/// The conditions of the proof: the throttle's period, 2 minutes for clocks and 5 to act are within 30
/// minutes, and the throttle's maximum is more than 2 × (3 short messages + 1).
#[test]
fn a01_limits_that_let_a_flood_deny_recovery_do_not_build() {
    let all = Limits::default;
    assert!(flow(all().requests_of_identifier(9, 23 * MINUTE)).is_ok());
    let flood = LimitError::Flood { more_than: 8, within: 23 * MINUTE };
    assert_eq!(error(all().requests_of_identifier(8, 5 * MINUTE)), flood);
    assert_eq!(error(all().requests_of_identifier(10, 24 * MINUTE)), flood);
    assert_eq!(error(all().requests_of_identifier(10, HOUR)), flood);
    // More messages need more requests.
    let flood = LimitError::Flood { more_than: 10, within: 23 * MINUTE };
    assert_eq!(error(all().messages(6, 12 * HOUR)), flood);
    assert!(flow(all().messages(6, 12 * HOUR).requests_of_identifier(11, 5 * MINUTE)).is_ok());
}

struct World {
    recovery: Recovery<MemoryPorts>,
    now: UtcDateTime,
}

impl World {
    fn new(limits: Limits) -> Self {
        let recovery = Recovery::new(flow(limits).unwrap(), MemoryPorts::new([]));
        Self { recovery, now: UtcDateTime::from_unix_timestamp(1_800_000_000).unwrap() }
    }

    fn ask(&self, login: &str, source: Option<Source>) -> Result<(), RequestError> {
        let seed = Seed::generate(&mut repass::SysRng).unwrap();
        let lookup = Lookup::login(login).unwrap();
        let request = self.recovery.request(lookup, Delivery::LINK, source, seed, self.now);
        block_on(request).map(|_| ())
    }
}

fn address(text: &str) -> Option<Source> {
    Some(Source::from_ip(text.parse().unwrap()))
}

#[test]
fn a_source_that_asks_too_often_is_refused_and_no_other() {
    let world = World::new(Limits::default().requests_of_source(3, MINUTE));
    for number in 0..3 {
        world.ask(&format!("person{number}"), address("192.0.2.1")).unwrap();
    }
    let refused = world.ask("ada", address("192.0.2.1")).unwrap_err();
    assert!(matches!(refused, RequestError::Throttled { until } if until == world.now + MINUTE));
    // Another source, a caller, and a host that tells no source.
    world.ask("ada", address("192.0.2.2")).unwrap();
    world.ask("ada", Some(Source::caller("192.0.2.1").unwrap())).unwrap();
    world.ask("ada", None).unwrap();
}

/// All addresses of one customer are one source: RFC 6177 gives a site a /64 at least.
#[test]
fn the_addresses_of_one_network_are_one_source() {
    let world = World::new(Limits::default().requests_of_source(1, MINUTE));
    world.ask("ada", address("2001:db8:1:2::1")).unwrap();
    assert!(world.ask("ada", address("2001:db8:1:2:ffff::9")).is_err());
    world.ask("ada", address("2001:db8:1:3::1")).unwrap();
}

#[test]
fn a_source_that_is_refused_does_not_use_up_the_requests_of_a_person() {
    let world = World::new(Limits::default().requests_of_source(1, MINUTE));
    for _ in 0..50 {
        let _refused = world.ask("ada", address("192.0.2.1"));
    }
    for number in 0..9 {
        world.ask("ada", address(&format!("198.51.100.{number}"))).unwrap();
    }
    assert!(world.ask("ada", None).is_err(), "ten of one identifier were taken");
}

#[test]
fn a_caller_has_a_limit_of_its_own() {
    let limits = Limits::default().requests_of_source(1, MINUTE).requests_of_caller(25, MINUTE);
    let world = World::new(limits);
    let caller = || Some(Source::caller("crm").unwrap());
    for number in 0..25 {
        world.ask(&format!("person{number}"), caller()).unwrap();
    }
    assert!(world.ask("ada", caller()).is_err());
    world.ask("ada", Some(Source::caller("shop").unwrap())).unwrap();
}

#[test]
fn a05_a_tenant_has_limits_of_its_own() {
    let flow = flow(Limits::default()).unwrap();
    let strict = Limits::default().tries(3, 6);
    let acme = flow.for_tenant("acme").unwrap().limits(strict).build().unwrap();
    assert_eq!(acme.limits(), strict);
    assert_eq!(flow.limits(), Limits::default());
    assert_eq!(flow.for_tenant("other").unwrap().build().unwrap().limits(), Limits::default());
    // They are checked as those of a flow are.
    let unsafe_limits = Limits::default().requests_of_identifier(3, HOUR);
    let refused = flow.for_tenant("acme").unwrap().limits(unsafe_limits).build();
    assert!(matches!(refused, Err(FlowError::Limit(LimitError::Flood { .. }))));
}
