use repass::policy::Policy;

use super::{ConfigurationError, Section, policy};

/// Accounts of their own, with pages below a path of their own and, if it says so, another policy.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Tenant {
    /// Its name, which is also the path that its routes are below.
    pub name: String,
    /// What messages call it; as the service is called by default.
    pub site: Option<String>,
    /// What new passwords are compared with; the policy of the service by default.
    pub policy: Option<Policy>,
}

pub(super) fn tenants(section: Option<Section>) -> Result<Vec<Tenant>, ConfigurationError> {
    let Some(section) = section else { return Ok(Vec::new()) };
    let mut tenants = Vec::new();
    for (name, mut section) in section.named_sections()? {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        // The routes of the service and of its systems begin with other words.
        if name.is_empty() || name.len() > 32 || !name.bytes().all(plain) || TAKEN.contains(&&*name)
        {
            let reason =
                "must be 1 to 32 lowercase letters, digits and -, and no path of the service";
            return Err(ConfigurationError::new(
                format!("tenants.{name}"),
                reason,
                "[tenants.acme]",
            ));
        }
        let site = section.text("site", "site = \"Acme\"")?;
        let policy = policy(&mut section, "policy")?;
        section.end()?;
        tenants.push(Tenant { name, site, policy });
    }
    Ok(tenants)
}

/// The first segments of the paths that the service has.
const TAKEN: [&str; 22] = [
    "api",
    "change",
    "code",
    "done",
    "forgot",
    "health",
    "metrics",
    "not-me",
    "outbox",
    "ready",
    "resend",
    "reset",
    "sent",
    "sign-in",
    "sign-out",
    "stopped",
    "system-001",
    "system-002",
    "system-003",
    "v1",
    "verified",
    "verify",
];
