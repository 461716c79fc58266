//! A configuration that cannot be used says which setting, why, and how one looks that can.

use repass_service::{Configuration, ConfigurationError};

fn read(text: &str) -> Result<Configuration, ConfigurationError> {
    Configuration::read(text)
}

/// The configuration of the demonstration with one text replaced.
fn changed(find: &str, put: &str) -> ConfigurationError {
    assert!(Configuration::DEMO.contains(find), "{find}");
    let text = Configuration::DEMO.replacen(find, put, 1);
    read(&text).err().unwrap_or_else(|| panic!("{put} is accepted"))
}

#[test]
fn each_error_names_field_reason_and_example() {
    for (find, put, field, reason, example) in [
        ("listen = \"127.0.0.1:8080\"", "listen = 8080", "listen", "text", "127.0.0.1:8080"),
        (
            "listen = \"127.0.0.1:8080\"",
            "listen = \"localhost\"",
            "listen",
            "invalid",
            "127.0.0.1:8080",
        ),
        ("listen = \"127.0.0.1:8080\"", "", "listen", "missing", "127.0.0.1:8080"),
        ("site = ", "sites = ", "sites", "no setting", "site"),
        ("\"temporary\"", "\"mysql://x\"", "database", "sqlite:PATH", "sqlite:"),
        ("preset = \"django\"", "preset = \"jango\"", "policy", "jango", "min_length"),
        ("prefixes = [\"+1\", \"+49\"]", "prefixes = \"+1\"", "sms.prefixes", "list", "+49"),
        ("links = true", "links = 1", "sms.links", "true or false", "links = true"),
        ("metrics = \"here\"", "metrics = \"there\"", "http.metrics", "address", "127.0.0.1"),
        ("metrics = \"here\"", "proxies = [\"10.0.0.0/33\"]", "http.proxies", "", "10.0.0.0/8"),
        (
            "metrics = \"here\"",
            "body_limit = 1",
            "http.body_limit",
            "from 1024",
            "body_limit = 1024",
        ),
        ("login = \"ada\"", "login = \"\"", "accounts[0].login", "empty", "login = \"ada\""),
        ("login = \"ada\"", "user = \"ada\"", "accounts[0].user", "no setting", "login"),
        ("login = \"grace\"", "login = \"ADA\"", "accounts[1].id", "before it", "id = "),
        (
            "email = \"ada@example.org\"",
            "email = \"ada\"",
            "accounts[0].email",
            "",
            "ada@example.org",
        ),
        (
            "bearer = \"demo-001-access-token-of-ada\"",
            "bearer = \"short\"",
            "accounts[0].bearer",
            "16",
            "bearer",
        ),
        (
            "api_key = \"demo-000-api-key\"",
            "api_key = \"guess\"",
            "systems.000.api_key",
            "guesses are not counted",
            "api_key",
        ),
        ("userid = \"reseller\"", "", "systems.000.userid", "missing", "userid = \"reseller\""),
        (
            "prefix = \"api\"",
            "prefix = \"a/b\"",
            "systems.001.prefix",
            "one segment",
            "prefix = \"api\"",
        ),
        ("version = \"v1\"", "", "systems.001.version", "missing", "version = \"v1\""),
        (
            "jwt_secret = \"demo-004-signs-access-tokens-with-this\"",
            "jwt_secret = \"sixteen letters!\"",
            "systems.004.jwt_secret",
            "32",
            "jwt_secret",
        ),
        (
            "[systems.004]",
            "[systems.005]\nx = 1\n[systems.004]",
            "systems.005",
            "no setting",
            "004",
        ),
        ("[keys]", "[keys]\nfolder = \"keys\"", "keys", "either folder or text", "folder"),
        (
            "[policy]",
            "[limits]\nmessages = { max = 3 }\n[policy]",
            "limits.messages",
            "max and seconds",
            "seconds = 300",
        ),
        (
            "metrics = \"here\"",
            "proxies = [\"10.0.0.0/8\", \"0.0.0.0/0\"]",
            "http.proxies",
            "others",
            "10.0.0.0/8",
        ),
        ("metrics = \"here\"", "proxies = [\"::/1\"]", "http.proxies", "others", "10.0.0.0/8"),
        (
            "api_key = \"demo-000-api-key\"",
            "api_key = \"aaaaaaaaaaaaaaaa\"",
            "systems.000.api_key",
            "8 different",
            "api_key",
        ),
        (
            "jwt_secret = \"demo-004-signs-access-tokens-with-this\"",
            "jwt_secret = \"                                \"",
            "systems.004.jwt_secret",
            "8 different",
            "jwt_secret",
        ),
        (
            "bearer = \"demo-001-access-token-of-grace\"",
            "bearer = \"demo-001-access-token-of-ada\"",
            "accounts[1].bearer",
            "before it",
            "bearer",
        ),
        (
            "authorization = \"demo-002-public-key\"",
            "authorization = \"demo-002-public-key\"\ntrusted_authorization = \"demo-002-public-key\"",
            "systems.002.trusted_authorization",
            "same",
            "authorization",
        ),
        (
            "\"demo-002-private-key-of-grace\"",
            "\"demo-002-private-key-of-ada\"",
            "systems.002.private_keys",
            "same",
            "authorization",
        ),
        (
            "\"demo-002-private-key-of-grace\"",
            "\"demo-002-public-key\"",
            "systems.002.private_keys",
            "same",
            "authorization",
        ),
        (
            "site = ",
            "base_url = \"http://accounts.example.org\"\nsite = ",
            "base_url",
            "https://",
            "https://",
        ),
        ("slots = 2", "slots = 2\nmemory_kib = 4", "hashing.memory_kib", "from 8", "memory_kib"),
    ] {
        let error = changed(find, put);
        assert_eq!(error.field(), field, "{error}");
        assert!(error.reason().contains(reason), "{error}");
        assert!(error.example().contains(example), "{error}");
    }
    let error = read("listen = ").unwrap_err();
    assert!(error.field() == "the file" && error.reason().contains("line 1"), "{error}");
}

/// What is wrong with a secret is said without it.
#[test]
fn no_error_shows_a_secret() {
    for (find, put) in [
        ("api_key = \"demo-000-api-key\"", "api_key = \"hunter2\""),
        ("text = \"base64:", "folder = \"hunter2\"\ntext = \"base64:"),
        ("\"temporary\"", "\"mysql://u:hunter2@h/d\""),
        ("password = \"tidal+Engine=1843\"", "password = [\"hunter2\"]"),
    ] {
        assert!(!changed(find, put).to_string().contains("hunter2"));
    }
    let secret = Configuration::DEMO.to_owned() + "\n";
    let configuration = read(&secret).unwrap();
    let shown = format!("{configuration:?}");
    for secret in
        ["tidal+Engine=1843", "demo-000-api-key", "ihwOW9HydkqeA8e4XS9", "demo-001-access"]
    {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn a_secret_can_be_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    std::fs::write(&file, "a-key-in-a-file-of-its-own\n").unwrap();
    let secret = format!("api_key = {{ file = \"{}\" }}", file.display());
    let text = Configuration::DEMO.replacen("api_key = \"demo-000-api-key\"", &secret, 1);
    assert!(read(&text).is_ok());
    let error = changed("api_key = \"demo-000-api-key\"", "api_key = { file = \"/nowhere\" }");
    assert_eq!(error.field(), "systems.000.api_key");
}

/// The policies that are built in are those of the examples.
#[test]
fn the_policies_of_the_systems_are_those_of_the_examples() {
    for (ours, example) in [
        (
            include_str!("../../src/systems/system_000.toml"),
            include_str!("../../../examples/policies/system_000.toml"),
        ),
        (
            include_str!("../../src/systems/system_001.toml"),
            include_str!("../../../examples/policies/system_001.toml"),
        ),
    ] {
        assert_eq!(ours, example);
    }
}

/// A proxy sends the name of this machine and need not say that it is one.
#[test]
fn what_only_this_machine_may_reach_has_no_address_of_others() {
    let with = |base_url: &str, demo: &str| read(&format!("base_url = \"{base_url}\"\n{demo}"));
    let public = "https://accounts.example.org";
    let demo = Configuration::DEMO;
    let no_outbox = "[smtp]\nhost = \"smtp.example.org\"\nsender = \"service@example.org\"\n\
                     [webhook]\nurl = \"https://sms.example.org/\"\nkey = \"x\"\n[policy]";
    let without_outbox = demo.replace("outbox = true", "").replace("[policy]", no_outbox);
    let without_metrics = without_outbox.replace("metrics = \"here\"", "");
    for demo in [demo, &without_outbox, &without_metrics] {
        let error = with(public, demo).unwrap_err();
        assert_eq!(error.field(), "base_url", "{error}");
        assert!(error.reason().contains("this machine"), "{error}");
        assert!(with("http://localhost.example.org", demo).is_err());
        for local in ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:80/path"] {
            assert!(with(local, demo).is_ok(), "{local}");
        }
    }
    let folder = without_metrics.replace("text = \"base64:", "folder = \"");
    assert!(with(public, &folder).is_ok());
}

/// They tell whether a request has found an account.
#[test]
fn metrics_are_served_to_strangers_only_where_that_is_said() {
    let here = "metrics = \"here\"";
    for address in ["0.0.0.0:9464", "[::]:9464", "192.0.2.1:9464", "[::ffff:8.8.8.8]:9464"] {
        let put = format!("metrics = \"{address}\"");
        let error = changed(here, &put);
        assert_eq!(error.field(), "http.metrics", "{address}");
        assert!(error.reason().contains("metrics_public"), "{error}");
        let public = format!("{put}\nmetrics_public = true");
        assert!(read(&Configuration::DEMO.replacen(here, &public, 1)).is_ok(), "{address}");
    }
    for address in ["127.0.0.1:9464", "[::1]:9464", "10.1.2.3:9464", "[fd00::1]:9464"] {
        let put = format!("metrics = \"{address}\"");
        assert!(read(&Configuration::DEMO.replacen(here, &put, 1)).is_ok(), "{address}");
    }
}
