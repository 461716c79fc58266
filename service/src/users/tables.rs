//! The tables of the user table, and what the service itself asks of it. A flag is 0 or 1, a moment seconds since
//! the beginning of 1970. `operator` is the id of the one who may reset the password, and `tenant` is empty for accounts of
//! none.

macro_rules! user {
    () => {
        "\
CREATE TABLE IF NOT EXISTS repass_user (
    id TEXT PRIMARY KEY NOT NULL,
    tenant TEXT NOT NULL,
    login TEXT,
    login_canonical TEXT,
    email TEXT,
    email_canonical TEXT,
    email_verified BIGINT NOT NULL,
    phone TEXT,
    phone_canonical TEXT,
    phone_verified BIGINT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    password TEXT,
    enabled BIGINT NOT NULL,
    must_change TEXT,
    must_change_until BIGINT,
    version BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    changed_at BIGINT,
    requires_recovery BIGINT NOT NULL,
    operator TEXT,
    UNIQUE (tenant, login_canonical)
)"
    };
}

const BY_EMAIL: &str =
    "CREATE INDEX IF NOT EXISTS repass_user_by_email ON repass_user (email_canonical)";
const BY_PHONE: &str =
    "CREATE INDEX IF NOT EXISTS repass_user_by_phone ON repass_user (phone_canonical)";
const PAST_BY_ACCOUNT: &str =
    "CREATE INDEX IF NOT EXISTS repass_user_past_by_account ON repass_user_past (account)";

macro_rules! past {
    ($number:literal) => {
        concat!(
            "\
CREATE TABLE IF NOT EXISTS repass_user_past (
    number ",
            $number,
            ",
    account TEXT NOT NULL REFERENCES repass_user (id) ON DELETE CASCADE,
    password TEXT NOT NULL,
    replaced_at BIGINT NOT NULL
)"
        )
    };
}

pub(super) const SQLITE: &[&str] =
    &[user!(), BY_EMAIL, BY_PHONE, past!("INTEGER PRIMARY KEY AUTOINCREMENT"), PAST_BY_ACCOUNT];

pub(super) const POSTGRES: &[&str] = &[
    user!(),
    BY_EMAIL,
    BY_PHONE,
    past!("BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
    PAST_BY_ACCOUNT,
];

/// Held while the tables are made: `CREATE TABLE IF NOT EXISTS` fails where two connections run it at once.
pub(super) const POSTGRES_LOCK: &str = "SELECT pg_advisory_xact_lock(8243118316933118561)";

/// Binds id, login and its canonical spelling, address and its, phone number and its, both names, hash,
/// `yes` if the account may sign in, operator, and tenant.
pub(super) const ADD: &str = "\
INSERT INTO repass_user
    (id, login, login_canonical, email, email_canonical, phone, phone_canonical, first_name,
     last_name, password, enabled, operator, tenant, email_verified, phone_verified, version, epoch,
     requires_recovery)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, CASE $11 WHEN 'yes' THEN 1 ELSE 0 END, $12,
    $13, 1, 1, 0, 0, 0)
ON CONFLICT (id) DO NOTHING";

/// Binds the id of the account, and that of the operator.
pub(super) const MAY_ADMINISTER: &str =
    "SELECT id FROM repass_user WHERE id = $1 AND operator = $2";
