mod choices;

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use crate::code::{CodeShape, Codes, GuessBudget, ResendPolicy};
use crate::key::Keyring;
use crate::language::Language;
use crate::message::{Messages, ResetLink};
use crate::scope::{Purpose, Scope, ScopeError, ScopeTag};
use crate::token::{Signer, TicketSigner};

use super::TenantBuilder;
use super::author::{Author, check_authors};
use super::caller::check_callers;
use super::limits::LONG_LINK_AFTER_PERIOD;
use super::mail::{Mail, MailDraft};
use super::{FirstPasswords, FlowError, Limits, Operators, Sms};

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
    pub(super) stops: Signer,
    pub(super) codes: Codes,
    pub(super) spoken: Codes,
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
    pub(super) authors: Vec<Author>,
    pub(crate) limits: Limits,
    /// `None` where no text messages are sent.
    pub(super) sms: Option<Arc<Sms>>,
    pub(super) operators: Operators,
    pub(super) temporary_password_life: Duration,
    pub(super) first_passwords: FirstPasswords,
    pub(super) invitation_life: Duration,
}

impl Settings {
    pub(super) fn checked(self) -> Result<Arc<Self>, FlowError> {
        for (setting, life, shortest, longest) in [
            ("link_life", self.link_life, MINUTE, DAY),
            ("code_life", self.code_life, MINUTE, DAY),
            ("temporary_password_life", self.temporary_password_life, HOUR, WEEK),
            ("invitation_life", self.invitation_life, HOUR, MONTH),
        ] {
            if life < shortest || life > longest {
                return Err(FlowError::Life { setting, shortest, longest });
            }
        }
        self.limits.check().map_err(FlowError::Limit)?;
        check_callers(&self.callers).map_err(FlowError::Caller)?;
        check_authors(&self.authors).map_err(FlowError::Author)?;
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
/// How long the link in the notice of a change can be used.
pub(super) const STOP_LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How long after its lease a row that is running is kept at most, in seconds: 30 days, in which a
/// row whose key is in the ring is resumed.
pub(super) const RUNNING_KEPT: i64 = 30 * 24 * 60 * 60;
/// How long after its lease a commit that has set nothing is kept running, in seconds: a day, in which
/// the process that began it is certainly gone.
pub(super) const RUNNING_UNSET: i64 = 24 * 60 * 60;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
pub(super) const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// An attempt is kept no longer than [`AttemptRow::LONGEST_KEPT`](crate::attempt::AttemptRow), a day more.
const MONTH: Duration = Duration::from_secs(30 * 24 * 60 * 60);

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
                authors: Vec::new(),
                limits: Limits::default(),
                sms: None,
                operators: Operators::default(),
                temporary_password_life: DAY,
                first_passwords: FirstPasswords::default(),
                invitation_life: WEEK,
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
            links: Signer::links(
                keyring.clone(),
                scope.clone(),
                longest.max(settings.invitation_life),
            ),
            handles: Signer::handles(keyring.clone(), scope.clone(), longest),
            tickets: TicketSigner::new(keyring.clone(), scope.clone()),
            stops: Signer::stops(
                keyring.clone(),
                scope.clone(),
                STOP_LIFE.saturating_add(Duration::from_secs(LEASE.unsigned_abs())),
            ),
            codes: Codes::new(keyring.clone(), scope.clone(), settings.code_shape),
            spoken: Codes::new(keyring.clone(), scope.clone(), CodeShape::SPOKEN),
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

    /// The page for people who did not do what a message tells. With it, messages have a link that only
    /// ends something: see [`Flow::stop`]. Without it, which is the default, there is no such link.
    ///
    /// The user table must be able to store that recovery is required
    /// ([`AccountChange::RequireRecovery`](crate::account::AccountChange::RequireRecovery)). Rows of
    /// attempts that changed a password are kept for 7 days more.
    pub fn stop_page(mut self, page: ResetLink) -> Self {
        self.mail.stop_page = Some(page);
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

    /// What operators can do; they start resets by default, and hand over nothing.
    pub fn operators(mut self, operators: Operators) -> Self {
        self.settings.operators = operators;
        self
    }

    /// How long a temporary password that an operator hands over is valid: 1 hour to 7 days, 24 hours by
    /// default. From then on only a reset helps.
    pub fn temporary_password_life(mut self, life: Duration) -> Self {
        self.settings.temporary_password_life = life;
        self
    }

    /// Which accounts without a password get a link to choose one when somebody asks to reset it; none by
    /// default.
    pub fn first_passwords(mut self, first_passwords: FirstPasswords) -> Self {
        self.settings.first_passwords = first_passwords;
        self
    }

    /// How long the link of an [invitation](Flow::invite) is good: 1 hour to 30 days, 7 days by default.
    pub fn invitation_life(mut self, life: Duration) -> Self {
        self.settings.invitation_life = life;
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
