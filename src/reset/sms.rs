use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::account::{Channel, Contact};
use crate::code::CodeOrigin;

/// Text messages: to which countries they are sent, and how many a day. A flow sends none without this.
///
/// **Countries.** A prefix is `+` and 1 to 15 digits; the first is not 0. The longest prefix that a
/// number begins with decides whether messages are sent to it; where none fits, nothing is sent. So
/// `+1` with the exception `+1876` is North America without Jamaica. Fraudsters request
/// codes for numbers that are expensive to send to, because they earn a share of the price ("SMS
/// pumping"): allow the countries that your users live in, and no more.
///
/// **Caps.** By default, in 24 hours from the first message on, 5 messages are sent to an account, 1,000 for a
/// tenant and 10,000 for the service. 5 is what a mailbox gets in 12 hours. At about 0.1 € a segment, 10,000
/// messages of 3 segments cost 3,000 € at most. All purposes share them. Notices of changes have counters of
/// their own with the same caps, so that requests of strangers keep none from an owner. When a cap is reached, nothing
/// is sent and the person who asks is not told; the outcome of the request tells it. So an account that
/// has only a phone number can be kept from a message by a stranger who asks for it again and again. An
/// account with an e-mail address cannot.
///
/// **Contents.** A text message has a code or a link and never both, since it is short and a phone
/// shows it to anyone who looks at it. If both are asked for, it has the code. A code comes with a last line
/// that binds it to the site (see [`CodeOrigin`]). Requests for a link go to an e-mail address, unless
/// [`links`](Self::links) is set.
///
/// ```
/// use repass::reset::{Flow, Sms};
///
/// # let ring = repass::key::Keyring::new(
/// #     repass::key::KeyId::new(1),
/// #     repass::key::Key::generate(&mut repass::SysRng)?,
/// # );
/// # let page = repass::message::ResetLink::new(
/// #     "https://example.org/reset",
/// #     repass::message::LinkForm::Query,
/// # )?;
/// let sms = Sms::to(["+49", "+1"]).except(["+1876"]).daily_caps(3, 500, 500);
/// let flow = Flow::builder(ring, page).sms(sms).build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Sms {
    /// The texts of prefixes, and whether they are allowed.
    prefixes: Vec<(String, bool)>,
    pub(super) per_account: u32,
    pub(super) per_tenant: u32,
    pub(super) per_service: u32,
    pub(super) links: bool,
    pub(super) origin: Option<CodeOrigin>,
}

impl Sms {
    /// The most messages a day to one account.
    pub const MAX_PER_ACCOUNT: u32 = 20;

    /// To numbers with these prefixes, each with its `+`.
    pub fn to<'a>(prefixes: impl IntoIterator<Item = &'a str>) -> Self {
        let sms = Self {
            prefixes: Vec::new(),
            per_account: 5,
            per_tenant: 1_000,
            per_service: 10_000,
            links: false,
            origin: None,
        };
        sms.with(prefixes, true)
    }

    /// Not to numbers with these prefixes, unless a longer one allows it.
    pub fn except<'a>(self, prefixes: impl IntoIterator<Item = &'a str>) -> Self {
        self.with(prefixes, false)
    }

    /// Sets how many messages are sent in 24 hours to one account, 1 to [`Sms::MAX_PER_ACCOUNT`], for one
    /// tenant, and for the whole service, each at least as many as the one before.
    pub fn daily_caps(self, per_account: u32, per_tenant: u32, per_service: u32) -> Self {
        Self { per_account, per_tenant, per_service, ..self }
    }

    /// Sends links by text message, too. The flow does not build if the page is so long that a message would
    /// have more than [`Segments::MAX`](crate::message::Segments::MAX) segments.
    pub fn links(self) -> Self {
        Self { links: true, ..self }
    }

    /// Sets the site that codes are bound to, where they are not typed on the host of the page of the flow.
    pub fn origin(self, origin: CodeOrigin) -> Self {
        Self { origin: Some(origin), ..self }
    }

    /// Whether messages are sent to this contact: a phone number of an allowed country.
    #[must_use]
    pub fn allows(&self, contact: &Contact) -> bool {
        let number = contact.canonical();
        let fitting =
            self.prefixes.iter().filter(|(prefix, _)| number.starts_with(prefix.as_str()));
        let longest = fitting.max_by_key(|(prefix, _)| prefix.len());
        contact.channel() == Channel::SMS && longest.is_some_and(|(_, allowed)| *allowed)
    }

    fn with<'a>(mut self, prefixes: impl IntoIterator<Item = &'a str>, allowed: bool) -> Self {
        self.prefixes.extend(prefixes.into_iter().map(|prefix| (prefix.into(), allowed)));
        self
    }

    pub(super) fn check(&self) -> Result<(), SmsError> {
        if !self.prefixes.iter().any(|(_, allowed)| *allowed) {
            return Err(SmsError::NoPrefix);
        }
        for (prefix, _) in &self.prefixes {
            let digits = prefix.strip_prefix('+').unwrap_or_default();
            let sound = (1..=15).contains(&digits.len())
                && digits.bytes().all(|byte| byte.is_ascii_digit())
                && !digits.starts_with('0');
            if !sound {
                return Err(SmsError::Prefix { prefix: prefix.chars().take(32).collect() });
            }
            if self.prefixes.iter().filter(|(other, _)| other == prefix).count() > 1 {
                return Err(SmsError::PrefixTwice { prefix: prefix.clone() });
            }
        }
        let Self { per_account, per_tenant, per_service, .. } = *self;
        let in_range = (1..=Self::MAX_PER_ACCOUNT).contains(&per_account);
        if !in_range || per_account > per_tenant || per_tenant > per_service {
            return Err(SmsError::Caps { max_per_account: Self::MAX_PER_ACCOUNT });
        }
        Ok(())
    }
}

/// Why text messages cannot be sent like this.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SmsError {
    /// No prefix is allowed.
    NoPrefix,
    /// A text is no prefix of phone numbers. It is cut to 32 characters.
    Prefix {
        /// The text.
        prefix: String,
    },
    /// A prefix is there twice.
    PrefixTwice {
        /// The prefix.
        prefix: String,
    },
    /// A cap is out of its range.
    Caps {
        /// The most messages a day to one account.
        max_per_account: u32,
    },
    /// No code can be bound to the host of the page, and no other site was given.
    Origin {
        /// The longest host, in bytes.
        max_bytes: usize,
    },
}

impl SmsError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoPrefix => "sms_no_prefix",
            Self::Prefix { .. } => "sms_prefix_invalid",
            Self::PrefixTwice { .. } => "sms_prefix_twice",
            Self::Caps { .. } => "sms_caps_invalid",
            Self::Origin { .. } => "sms_origin_invalid",
        }
    }
}

impl fmt::Display for SmsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPrefix => f.write_str("text messages need a prefix of numbers that is allowed"),
            Self::Prefix { prefix } => {
                write!(f, "{prefix:?} is no prefix: + and 1 to 15 digits, the first of them 1 to 9")
            }
            Self::PrefixTwice { prefix } => write!(f, "the prefix {prefix} is there twice"),
            Self::Caps { max_per_account } => write!(
                f,
                "text messages a day must be 1 to {max_per_account} to an account, at least as many for \
                 a tenant, and at least as many again for the service"
            ),
            Self::Origin { max_bytes } => write!(
                f,
                "codes need a site to be bound to: the host of the page has to be a name of two labels or \
                 more and at most {max_bytes} bytes, or another site has to be given"
            ),
        }
    }
}

impl core::error::Error for SmsError {}
