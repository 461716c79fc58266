//! Tenants: accounts, pages and policies of their own.

use repass_service::Configuration;
use serde_json::json;

use crate::running::{Service, configuration};

const TENANTS: &str = "
[tenants.acme]
site = \"Acme\"
policy = { min_length = 20 }

[tenants.globex]

[[accounts]]
id = \"acme-1\"
tenant = \"acme\"
login = \"ada\"
email = \"ada@acme.example\"
password = \"anvils+Rockets=1949\"

[[accounts]]
id = \"globex-1\"
tenant = \"globex\"
login = \"ada\"
email = \"ada@globex.example\"
password = \"hammock+District=3\"
";

fn read(text: &str) -> Configuration {
    let mut read = Configuration::read(text).unwrap_or_else(|error| panic!("{error}"));
    read.listen = configuration().listen;
    read.hashing = configuration().hashing;
    read
}

#[test]
fn each_tenant_has_its_own_accounts_pages_and_policy() {
    let service = Service::with(read(&format!("{}{TENANTS}", Configuration::DEMO)));
    let signs_in = |tenant: &str, password: &str| {
        let body = json!({"login": "ada", "password": password});
        service.post_json(&format!("{tenant}/v1/sign-in"), &body).status == 200
    };
    let own = [
        ("", "tidal+Engine=1843"),
        ("/acme", "anvils+Rockets=1949"),
        ("/globex", "hammock+District=3"),
    ];
    for (tenant, _) in own {
        for (other, password) in own {
            assert_eq!(signs_in(tenant, password), tenant == other, "{tenant} {other}");
        }
    }
    let body = json!({"email": "ada@acme.example"});
    assert_eq!(service.post_json("/globex/v1/forgot", &body).status, 202);
    assert_eq!(service.post_json("/v1/forgot", &body).status, 202);
    assert_eq!(service.post_json("/acme/v1/forgot", &body).status, 202);
    let message = service.messages("ada@acme.example", 1).pop().unwrap();
    assert!(message["subject"].as_str().unwrap().ends_with("Acme"), "{message}");
    let token = Service::parameter(&message, "/acme/reset?", "token");
    let with = |password: &str| json!({"token": token, "password": password});
    // A token of one tenant is none of another.
    for tenant in ["", "/globex"] {
        let answer =
            service.post_json(&format!("{tenant}/v1/reset"), &with("plum-kettle-42-orbit"));
        assert_eq!(answer.status, 403);
    }
    assert_eq!(service.post_json("/acme/v1/reset", &with("plum-kettle-42")).status, 422);
    assert_eq!(service.post_json("/acme/v1/reset", &with("plum-kettle-42-orbit")).status, 200);
    assert!(signs_in("/acme", "plum-kettle-42-orbit"));
    // Exactly one message was for it, and the notice.
    assert_eq!(service.messages("ada@acme.example", 2).len(), 2);
}

#[test]
fn a_tenant_that_cannot_be_is_refused() {
    for (find, put, field) in [
        ("[tenants.globex]", "[tenants.v1]", "tenants.v1"),
        ("[tenants.globex]", "[tenants.Globex]", "tenants.Globex"),
        ("[tenants.globex]", "", "accounts[8].tenant"),
        ("min_length = 20", "min_len = 20", "tenants.acme.policy"),
        ("site = \"Acme\"", "name = \"Acme\"", "tenants.acme.name"),
    ] {
        let text = format!("{}{}", Configuration::DEMO, TENANTS.replacen(find, put, 1));
        assert_eq!(Configuration::read(&text).unwrap_err().field(), field, "{put}");
    }
}
