//! The numbers that the service is built with. The limits are low, so that short walks reach them.

pub(crate) const LINK_LIFE: i64 = 30 * 60;
pub(crate) const CODE_LIFE: i64 = 15 * 60;
pub(crate) const INVITATION_LIFE: i64 = 3 * DAY;
pub(crate) const TEMPORARY_PASSWORD_LIFE: i64 = 60 * 60;
/// For how long the code before the newest stays good.
pub(crate) const LAST_CODE_KEPT: i64 = 120;

/// How many, and in how many seconds.
pub(crate) type Limit = (u32, i64);

pub(crate) const REQUESTS: Limit = (5, 300);
pub(crate) const MESSAGES: Limit = (3, HOUR);
pub(crate) const TRIES_OF_HANDLE: u32 = 2;
pub(crate) const TRIES_OF_ACCOUNT: Limit = (4, DAY);
pub(crate) const PRESENT_PASSWORDS: Limit = (3, HOUR);
pub(crate) const SIGN_INS_OF_IDENTIFIER: Limit = (4, 300);
pub(crate) const SIGN_INS_OF_ACCOUNT: Limit = (10, DAY);
pub(crate) const ADMINISTERED: Limit = (6, HOUR);
pub(crate) const SPOKEN_SECRETS: Limit = (2, HOUR);
/// To an account, for a tenant, and for the service.
pub(crate) const TEXT_MESSAGES: [u32; 3] = [2, 3, 5];

/// Numbers that get text messages begin with this,
pub(crate) const ALLOWED: &str = "+49";
/// but not with this.
pub(crate) const NOT_ALLOWED: &str = "+49900";

pub(crate) const HOUR: i64 = 60 * 60;
pub(crate) const DAY: i64 = 24 * HOUR;
