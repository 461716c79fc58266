//! Purposes and tenants.

use repass::scope::{Purpose, Scope, ScopeError};

#[test]
fn a_purpose_is_a_short_plain_name() {
    for good in ["reset", "a", "0", "-", "sign-up-2", &"p".repeat(32)] {
        assert_eq!(Purpose::new(good).unwrap().name(), good);
    }
    for bad in [
        "",
        " ",
        "Reset",
        "re set",
        "re_set",
        "r\u{e9}set",
        "reset\0",
        "\nreset",
        "a.b",
        &"p".repeat(33),
    ] {
        assert_eq!(Purpose::new(bad), Err(ScopeError::Purpose { max_bytes: 32 }), "{bad:?}");
    }
}

#[test]
fn a_purpose_is_the_same_however_it_is_made() {
    let named = [
        (Purpose::RESET, "reset"),
        (Purpose::INVITATION, "invitation"),
        (Purpose::EMAIL_CHANGE, "email-change"),
        (Purpose::VERIFICATION, "verification"),
        (Purpose::STEP_UP, "step-up"),
    ];
    for (one, name) in &named {
        assert_eq!(one.name(), *name);
        assert_eq!(Purpose::new(name).unwrap(), *one);
        assert_eq!(Scope::new(Purpose::new(name).unwrap()), Scope::new(one.clone()));
        for (other, other_name) in &named {
            assert_eq!(one == other, name == other_name);
        }
    }
    assert_eq!(Purpose::new("newsletter").unwrap(), Purpose::new("newsletter").unwrap());
}

#[test]
fn a_tenant_is_a_name_without_controls() {
    let scope = Scope::new(Purpose::RESET);
    assert_eq!(scope.tenant(), None);
    for good in ["a", "Acme Ltd", "example.org", "\u{65e5}\u{672c}", " ", &"t".repeat(255)] {
        let scope = scope.for_tenant(good).unwrap();
        assert_eq!((scope.purpose(), scope.tenant()), (&Purpose::RESET, Some(good)));
    }
    for bad in ["", "\0", "a\nb", "a\u{7f}", "a\u{85}", &"t".repeat(256), &"\u{e9}".repeat(128)] {
        let refused = scope.for_tenant(bad);
        assert_eq!(refused.err(), Some(ScopeError::Tenant { max_bytes: 255 }), "{bad:?}");
    }
}

#[test]
fn a_tenant_takes_the_place_of_another() {
    let scope = Scope::new(Purpose::RESET).for_tenant("acme").unwrap();
    let other = scope.for_tenant("other").unwrap();
    assert_eq!(other, Scope::new(Purpose::RESET).for_tenant("other").unwrap());
    assert_ne!(scope, other);
    assert_ne!(scope, Scope::new(Purpose::RESET));
    assert_ne!(scope, Scope::new(Purpose::new("invitation").unwrap()).for_tenant("acme").unwrap());
}
