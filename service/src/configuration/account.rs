use repass::account::{AccountId, Contact, Login};

use super::{ConfigurationError, Secret, Section, Tenant};

/// An account that is added when the service starts, unless there is one of its id.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ConfiguredAccount {
    /// Its id.
    pub id: AccountId,
    /// The name of its tenant; empty for none.
    pub tenant: String,
    /// Its user name.
    pub login: Option<Login>,
    /// Its verified address.
    pub email: Option<Contact>,
    /// Its verified phone number.
    pub phone: Option<Contact>,
    /// How its owner is called.
    pub first_name: String,
    /// The same.
    pub last_name: String,
    /// What it signs in with.
    pub password: Option<Secret>,
    /// Whether it may sign in.
    pub enabled: bool,
    /// The operator who may reset its password.
    pub operator: Option<AccountId>,
    /// What its owner sends to system 001, until the password changes.
    pub bearer: Option<Secret>,
}

pub(super) fn accounts(
    root: &mut Section,
    tenants: &[Tenant],
) -> Result<Vec<ConfiguredAccount>, ConfigurationError> {
    let mut accounts: Vec<ConfiguredAccount> = Vec::new();
    for mut section in root.sections("accounts")? {
        let account = account(&mut section, tenants)?;
        let twice = |other: &ConfiguredAccount| {
            let same_login = match (&other.login, &account.login) {
                (Some(one), Some(other)) => one.same_login(other),
                _ => false,
            };
            other.id == account.id || (same_login && other.tenant == account.tenant)
        };
        if accounts.iter().any(twice) {
            let reason = "has the id or the login of an account before it";
            return Err(section.error("id", reason, "id = \"1002\""));
        }
        let same_bearer = |other: &ConfiguredAccount| match (&other.bearer, &account.bearer) {
            (Some(other), Some(bearer)) => other.is(bearer.expose()),
            _ => false,
        };
        if accounts.iter().any(same_bearer) {
            let reason = "is the same as that of an account before it";
            return Err(section.error("bearer", reason, "bearer = \"…\""));
        }
        section.end()?;
        accounts.push(account);
    }
    Ok(accounts)
}

fn account(
    section: &mut Section,
    tenants: &[Tenant],
) -> Result<ConfiguredAccount, ConfigurationError> {
    let id = section.parsed("id", "id = \"1001\"", AccountId::new)?;
    let id = id.ok_or_else(|| section.error("id", "is missing", "id = \"1001\""))?;
    // `jwt` is for the caller alone: it says by itself whose it is and until when.
    let _ = section.text("jwt", "jwt = \"eyJ…\"")?;
    let bearer = match section.secret("bearer", "bearer = \"…\"")? {
        Some(bearer) if bearer.expose().len() < Secret::SHORTEST => {
            let reason = format!("must have at least {} characters", Secret::SHORTEST);
            return Err(section.error("bearer", reason, "bearer = \"…\""));
        }
        bearer => bearer,
    };
    let tenant = section.text("tenant", "tenant = \"acme\"")?.unwrap_or_default();
    if !tenant.is_empty() && !tenants.iter().any(|known| known.name == tenant) {
        return Err(section.error("tenant", "has no section", "[tenants.acme]"));
    }
    Ok(ConfiguredAccount {
        id,
        tenant,
        login: section.parsed("login", "login = \"ada\"", Login::new)?,
        email: section.parsed("email", "email = \"ada@example.org\"", Contact::email)?,
        phone: section.parsed("phone", "phone = \"+49 170 1234567\"", Contact::phone)?,
        first_name: section.text("first_name", "first_name = \"Ada\"")?.unwrap_or_default(),
        last_name: section.text("last_name", "last_name = \"Lovelace\"")?.unwrap_or_default(),
        password: section.secret("password", "password = \"…\"")?,
        enabled: !section.flag("disabled")?,
        operator: section.parsed("operator", "operator = \"reseller\"", AccountId::new)?,
        bearer,
    })
}
