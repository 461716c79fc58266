//! A configuration means the same in a build that has no list of common passwords.
#![cfg(all(feature = "serde", not(feature = "common-passwords")))]

use repass::policy::{Personal, PolicyConfig};

#[test]
fn a_list_that_is_not_there_is_not_left_out_in_silence() {
    for text in ["", "min_length = 20"] {
        let config: PolicyConfig = toml::from_str(text).unwrap();
        let error = config.build().unwrap_err();
        assert_eq!(error.code(), "policy_config_no_embedded_list", "{text}");
        assert_eq!(error.field(), "not_common", "{text}");
    }
    for text in ["not_common = true", "not_common = 'top_100'"] {
        let error = toml::from_str::<PolicyConfig>(text).unwrap_err();
        assert!(error.message().starts_with("not_common must be false"), "{error}");
    }
    let config: PolicyConfig = toml::from_str("not_common = false").unwrap();
    let policy = config.build().unwrap();
    assert!(policy.check_as_typed("plum-kettle-42", &Personal::none()).is_err());
    assert!(policy.check_as_typed("plum-kettle-42-orbit", &Personal::none()).is_ok());
}
