mod choices;

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use crate::code::{CodeShape, Codes, GuessBudget, ResendPolicy};
use crate::key::Keyring;
use crate::language::Language;
use crate::message::{Messages, MessagesError, ResetLink};
use crate::scope::{Purpose, Scope, ScopeError, ScopeTag};
use crate::throttle::SourceError;
use crate::token::{Signer, TicketSigner};

use super::TenantBuilder;
use super::caller::check_callers;
use super::limits::LONG_LINK_AFTER_PERIOD;
use super::mail::{Mail, MailDraft};
use super::{LimitError, Limits, Sms, SmsError};

/// The operations of the reset flow under one configuration, without I/O. Each returns a
/// [`Step`](super::Step) that asks one port at a time.
///
/// [`Recovery`](crate::recovery::Recovery) drives them over the ports. If you cannot use those traits,
/// because you have a transaction of your own or futures that are not `Send`, write the same loop:
/// `examples/without_traits.rs` shows it. Cheap to clone.
///
/// ```
/// use repass::key::{Key, KeyId, Keyring};
/// use repass::message::{LinkForm, ResetLink};
/// use repass::reset::Flow;
///
/// let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut repass::SysRng)?);
/// let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
/// let flow = Flow::builder(keyring, page).build()?;
/// assert_eq!(flow.link_life().as_secs(), 30 * 60);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Flow {
    pub(crate) scope: Scope,
    pub(crate) scope_tag: ScopeTag,
    pub(crate) keyring: Keyring,
    pub(super) links: Signer,
    pub(super) handles: Signer,
    pub(crate) tickets: TicketSigner,
    pub(super) codes: Codes,
    pub(crate) settings: Arc<Settings>,
    pub(super) mail: Arc<Mail>,
}

/// What a configuration says about secrets and limits.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(super) link_life: Duration,
    pub(super) code_life: Duration,
    pub(super) code_shape: CodeShape,
    pub(super) resend: ResendPolicy,
    pub(super) discloses: bool,
    pub(super) callers: Vec<String>,
    pub(crate) limits: Limits,
    /// `None` where no text messages are sent.
    pub(super) sms: Option<Arc<Sms>>,
}

impl Settings {
    pub(super) fn checked(self) -> Result<Arc<Self>, FlowError> {
        for (setting, life) in [("link_life", self.link_life), ("code_life", self.code_life)] {
            if life < Duration::from_secs(60) || life > DAY {
                return Err(FlowError::Life { setting });
            }
        }
        self.limits.check().map_err(FlowError::Limit)?;
        check_callers(&self.callers).map_err(FlowError::Caller)?;
        self.sms.as_ref().map_or(Ok(()), |sms| sms.check()).map_err(FlowError::Sms)?;
        let codes = self.code_shape.codes();
        if codes < CodeShape::MIN_CODES {
            return Err(FlowError::FewCodes { codes });
        }
        let budget = self.guess_budget();
        if budget.chance_per_day() > Flow::MAX_GUESS_CHANCE {
            return Err(FlowError::GuessChance { budget });
        }
        Ok(Arc::new(self))
    }

    fn guess_budget(&self) -> GuessBudget {
        let Limits { tries_per_handle, tries_per_day, .. } = self.limits;
        let budget = GuessBudget::new(&self.code_shape, tries_per_handle, tries_per_day);
        budget.with_good_codes(self.resend.max_good())
    }
}

/// How long a right secret admits to the form: the life of a ticket.
pub(crate) const TICKET_LIFE: Duration = Duration::from_secs(10 * 60);
/// How long a commit may take until it counts as crashed, in seconds.
pub(super) const LEASE: i64 = 60;
/// How long after its lease a row that is running is kept at most, in seconds: 30 days, in which a
/// row whose key is in the ring is resumed.
pub(super) const RUNNING_KEPT: i64 = 30 * 24 * 60 * 60;
/// How long after its lease a commit that has set nothing is kept running, in seconds: a day, in which
/// the process that began it is certainly gone.
pub(super) const RUNNING_UNSET: i64 = 24 * 60 * 60;

pub(super) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Flow {
    /// The highest chance of a guessed code for each account and day that a flow is built with.
    pub const MAX_GUESS_CHANCE: f64 = 1e-4;
    /// The most codes that may be tried on an account within a day, however many codes there are
    /// (NIST SP 800-63B-4, section 3.2.2: no more than 100 failures in a row).
    pub const MAX_TRIES: u32 = 100;

    /// Starts a configuration from its two parts without a default.
    pub fn builder(keyring: Keyring, page: ResetLink) -> FlowBuilder {
        FlowBuilder {
            keyring,
            scope: Scope::new(Purpose::RESET),
            mail: MailDraft::new(page),
            settings: Settings {
                link_life: Duration::from_secs(30 * 60),
                code_life: Duration::from_secs(10 * 60),
                code_shape: CodeShape::DEFAULT,
                resend: ResendPolicy::SameCode,
                discloses: false,
                callers: Vec::new(),
                limits: Limits::default(),
                sms: None,
            },
        }
    }

    /// Starts the flow of one tenant: what is made for it is valid for no other. It has the settings of
    /// this flow, but for those that it is given.
    ///
    /// ```
    /// # use repass::key::{Key, KeyId, Keyring};
    /// # use repass::message::{LinkForm, ResetLink};
    /// # use repass::reset::Flow;
    /// # let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut repass::SysRng)?);
    /// # let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
    /// # let flow = Flow::builder(keyring, page).build()?;
    /// let page = ResetLink::new("https://acme.example/reset", LinkForm::Query)?;
    /// let acme = flow.for_tenant("acme")?.page(page).site("Acme").build()?;
    /// assert_eq!(acme.scope().tenant(), Some("acme"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ScopeError`] for a name that cannot be a tenant's.
    pub fn for_tenant(&self, tenant: &str) -> Result<TenantBuilder, ScopeError> {
        let scope = self.scope.for_tenant(tenant)?;
        Ok(TenantBuilder::new(self.clone(), scope))
    }

    /// The purpose and the tenant of everything that the flow makes.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// How long a link is valid. The last two messages to a mailbox within the period of
    /// [`Limits::messages`] are exceptions: their links stay valid until 30 minutes after the end of the
    /// period, so that a flood of requests cannot lock the owner out.
    #[must_use]
    pub fn link_life(&self) -> Duration {
        self.settings.link_life
    }

    /// How long a code is good.
    #[must_use]
    pub fn code_life(&self) -> Duration {
        self.settings.code_life
    }

    /// The chance of a guessed code, by handle, account, day and year.
    #[must_use]
    pub fn guess_budget(&self) -> GuessBudget {
        self.settings.guess_budget()
    }

    /// How often people, strangers and callers can ask and try.
    pub fn limits(&self) -> Limits {
        self.settings.limits
    }

    /// The shape of codes.
    #[must_use]
    pub fn code_shape(&self) -> CodeShape {
        self.settings.code_shape
    }

    pub(super) fn new(
        keyring: Keyring,
        scope: Scope,
        settings: Arc<Settings>,
        mail: Arc<Mail>,
    ) -> Self {
        let longest = settings.link_life.max(settings.code_life);
        let longest_link = settings.limits.messages.period.saturating_add(LONG_LINK_AFTER_PERIOD);
        // A link can carry a handle, which is good for as long as the link.
        let longest = longest.max(longest_link);
        Self {
            links: Signer::links(keyring.clone(), scope.clone(), longest),
            handles: Signer::handles(keyring.clone(), scope.clone(), longest),
            tickets: TicketSigner::new(keyring.clone(), scope.clone()),
            codes: Codes::new(keyring.clone(), scope.clone(), settings.code_shape),
            scope_tag: scope.tag(),
            scope,
            keyring,
            settings,
            mail,
        }
    }
}

impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flow")
            .field("scope", &self.scope)
            .field("keyring", &self.keyring)
            .field("settings", &self.settings)
            .field("mail", &self.mail)
            .finish_non_exhaustive()
    }
}

/// A configuration in the making; see [`Flow::builder`].
#[derive(Debug)]
#[must_use]
pub struct FlowBuilder {
    keyring: Keyring,
    scope: Scope,
    mail: MailDraft,
    settings: Settings,
}

impl FlowBuilder {
    /// Purpose and tenant of everything that is signed; [`Purpose::RESET`] and none by default.
    pub fn scope(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }

    /// How long a link is good: 1 minute to 24 hours, 30 minutes by default.
    pub fn link_life(mut self, link_life: Duration) -> Self {
        self.settings.link_life = link_life;
        self
    }

    /// How long a code is good: 1 minute to 24 hours (NIST SP 800-63B-4, section 4.2.1.2), 10 minutes
    /// by default (OWASP ASVS 5.0, 6.5.5).
    pub fn code_life(mut self, code_life: Duration) -> Self {
        self.settings.code_life = code_life;
        self
    }

    /// The shape of codes: 8 letters by default.
    pub fn code_shape(mut self, code_shape: CodeShape) -> Self {
        self.settings.code_shape = code_shape;
        self
    }

    /// How often people, strangers and callers can ask and try.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    /// Sends text messages to phones, too; without this, none are sent.
    pub fn sms(mut self, sms: Sms) -> Self {
        self.settings.sms = Some(Arc::new(sms));
        self
    }

    /// The texts of messages; the English ones that the crate ships by default.
    pub fn messages(mut self, messages: Messages) -> Self {
        self.mail.messages = Some(messages);
        self
    }

    /// What messages call the service, 1 to 80 characters; the host of the page by default.
    pub fn site(mut self, name: &str) -> Self {
        self.mail.site = Some(name.into());
        self
    }

    /// The language of messages to accounts that have none, and of those that have no text in the
    /// language of the account; English by default.
    pub fn language(mut self, language: Language) -> Self {
        self.mail.language = language;
        self
    }

    /// Checks the configuration.
    ///
    /// # Errors
    ///
    /// [`FlowError`] names the setting that cannot stand.
    pub fn build(self) -> Result<Flow, FlowError> {
        let settings = self.settings.checked()?;
        let mail = self.mail.complete(&settings)?;
        Ok(Flow::new(self.keyring, self.scope, settings, Arc::new(mail)))
    }
}

/// Why a configuration was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FlowError {
    /// A life is shorter than a minute or longer than a day.
    Life {
        /// The setting.
        setting: &'static str,
    },
    /// A limit is not safe.
    Limit(LimitError),
    /// There are fewer codes of the shape than [`CodeShape::MIN_CODES`].
    FewCodes {
        /// How many there are.
        codes: u128,
    },
    /// A code of an account would be guessed within a day with more than
    /// [`Flow::MAX_GUESS_CHANCE`].
    GuessChance {
        /// What the chance follows from.
        budget: GuessBudget,
    },
    /// The name of the service is empty, longer than 80 characters, has a space at an end or a
    /// character that is not shown.
    Site,
    /// The texts of messages cannot be used, or not with this page.
    Messages(MessagesError),
    /// Text messages cannot be sent like this.
    Sms(SmsError),
    /// The name cannot be a tenant's.
    Scope(ScopeError),
    /// The name cannot be that of a trusted caller.
    Caller(SourceError),
}

impl FlowError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Life { .. } => "flow_life_invalid",
            Self::Limit(error) => error.code(),
            Self::FewCodes { .. } => "flow_few_codes",
            Self::GuessChance { .. } => "flow_guess_chance",
            Self::Site => "flow_site_invalid",
            Self::Messages(error) => error.code(),
            Self::Sms(error) => error.code(),
            Self::Scope(error) => error.code(),
            Self::Caller(error) => error.code(),
        }
    }
}

impl fmt::Display for FlowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Life { setting } => write!(f, "{setting} has to be 1 minute to 24 hours"),
            Self::Limit(error) => error.fmt(f),
            Self::FewCodes { codes } => {
                write!(f, "there are {codes} codes, {} is the least", CodeShape::MIN_CODES)
            }
            Self::GuessChance { budget } => write!(
                f,
                "{} guesses a day at one of {} codes hit with 1 in {:.0}, 1 in {:.0} is allowed",
                budget.guesses_per_day(),
                budget.codes(),
                1.0 / budget.chance_per_day(),
                1.0 / Flow::MAX_GUESS_CHANCE,
            ),
            Self::Site => f.write_str(
                "the name of the service must be 1 to 80 characters that are shown, with no space at \
                 its ends",
            ),
            Self::Messages(error) => error.fmt(f),
            Self::Sms(error) => error.fmt(f),
            Self::Scope(error) => error.fmt(f),
            Self::Caller(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for FlowError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Messages(error) => error.source(),
            _ => None,
        }
    }
}
