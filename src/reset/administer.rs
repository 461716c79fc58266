use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;

use time::UtcDateTime;

use super::flow::TICKET_LIFE;
use super::step::{Asker, Find, MayAdminister, Step, operation};
use super::{Flow, HandOver, OperatorError, OperatorRefusal, WrongAnswer, account_of, throttled};
use crate::account::{Account, AccountId, Lookup};
use crate::clock::{moment, seconds};
use crate::event::Event;
use crate::port::{Port, PortFailure};
use crate::scope::ScopeTag;
use crate::throttle::ThrottleKey;

/// Whom an operator means.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Target {
    /// The only account that has this address or user name.
    Lookup(Lookup),
    /// The account of this id.
    Id(AccountId),
}

impl From<Lookup> for Target {
    fn from(lookup: Lookup) -> Self {
        Self::Lookup(lookup)
    }
}

impl From<AccountId> for Target {
    fn from(id: AccountId) -> Self {
        Self::Id(id)
    }
}

/// An operator who may reset the password of one account: what every operation of an operator needs.
///
/// It is valid for ten minutes. Whether the operator may administer the account is asked again when the
/// password is set.
///
#[cfg_attr(feature = "memory", doc = "```")]
#[cfg_attr(not(feature = "memory"), doc = "```ignore")]
/// # pollster::block_on(async {
/// use repass::account::{Account, AccountId, Contact, Email, Lookup};
/// use repass::hash::{Cost, Hasher};
/// use repass::key::{Key, KeyId, Keyring};
/// use repass::memory::MemoryPorts;
/// use repass::message::{LinkForm, ResetLink};
/// use repass::policy::Policy;
/// use repass::port::Ports;
/// use repass::recovery::Recovery;
/// use repass::reset::{Flow, Operators};
/// use repass::secret::Salt;
/// use repass::time::UtcDateTime;
///
/// let mut rng = repass::SysRng;
/// let hasher = Hasher::new(Cost::new(64, 1, 1)?); // for the example: far too cheap
/// let (grace, ada) = (AccountId::new("7")?, AccountId::new("42")?);
/// let email = Email::verified(Contact::email("ada@example.org")?);
/// let ports = MemoryPorts::new([Account::new(ada.clone()).with_email(email)]);
/// ports.accounts().let_administer(grace.clone(), ada);
///
/// let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut rng)?);
/// let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
/// let flow = Flow::builder(keyring, page).operators(Operators::HandOverSecrets).build()?;
/// let recovery = Recovery::new(flow, ports);
///
/// // The host has proved that the operator is Grace.
/// let now = UtcDateTime::from_unix_timestamp(1_700_000_000)?;
/// let ada = Lookup::email("ada@example.org")?;
/// let administered = recovery.administer(&grace, ada, now).await?;
///
/// // CPU work, then the change.
/// let policy = Policy::builder().min_length(12).build()?;
/// let generator = policy.generator().temporary().build()?;
/// let salt = Salt::generate(&mut rng)?;
/// let hand_over = administered.hand_over()?;
/// let change = hand_over.temporary_password(&generator, &hasher, salt, &mut rng, now)?;
/// let mut after = recovery.commit(change, now).await?;
///
/// // Shown to Grace once. Ada has to choose another password when she signs in.
/// let temporary = after.take_temporary_password().ok_or("no password")?;
/// assert_eq!(temporary.expose_secret().split('-').count(), 3);
/// // ... do what `after.duties()` says, then:
/// recovery.settle(&after, now).await?;
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Debug)]
#[must_use]
pub struct Administered {
    /// Only a flow of this scope commits what follows.
    pub(super) scope: ScopeTag,
    pub(super) operator: AccountId,
    pub(super) account: Arc<Account>,
    pub(super) usable_until: i64,
    pub(super) hands_over: bool,
    pub(super) temporary_password_life: Duration,
}

impl Administered {
    /// The operator.
    #[must_use]
    pub const fn operator(&self) -> &AccountId {
        &self.operator
    }

    /// The account whose password can be reset.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The first moment at which it is no longer valid.
    #[must_use]
    pub fn usable_until(&self) -> UtcDateTime {
        moment(self.usable_until)
    }

    /// The event for the log: `operator_admitted`, with account and operator.
    pub fn event(&self) -> Event {
        let event = Event::new("operator_admitted").with_account(self.account.id().clone());
        event.with_operator(self.operator.clone())
    }

    /// What the operator can hand over to the owner of the account.
    ///
    /// # Errors
    ///
    /// [`OperatorError::HandOverOff`] unless the flow was built with
    /// [`Operators::HandOverSecrets`](super::Operators::HandOverSecrets).
    pub const fn hand_over(&self) -> Result<HandOver<'_>, OperatorError> {
        if self.hands_over { Ok(HandOver::new(self)) } else { Err(OperatorError::HandOverOff) }
    }

    /// Whether the flow can use it at `now`.
    pub(super) fn is_usable(&self, flow: &Flow, now: UtcDateTime) -> bool {
        self.scope == flow.scope_tag && now.unix_timestamp() < self.usable_until
    }
}

impl Flow {
    /// Lets an operator reset the password of one account of another person. The host has proved who the
    /// operator is; [`Accounts::may_administer`](crate::port::Accounts::may_administer) decides whose
    /// password they may reset.
    ///
    /// The ports are asked the same in every case: count for the operator, find or load, and
    /// [`may_administer`](crate::port::Accounts::may_administer), with the id of no account where there
    /// is none. The answer is the same for an account that does not exist, for one that the operator may
    /// not administer, for one that may not sign in, and for the operator's own.
    ///
    /// # Errors
    ///
    /// The step ends with [`OperatorError::Throttled`] if the operator did this too often, with
    /// [`OperatorError::Refused`] if the operator may not reset the password, and with
    /// [`OperatorError::Failed`] if a port failed.
    pub fn administer(
        &self,
        operator: &AccountId,
        target: impl Into<Target>,
        now: UtcDateTime,
    ) -> Step<'_, Result<Administered, OperatorError>> {
        let (operator, target) = (operator.clone(), target.into());
        operation(move |ports| async move {
            let key = ThrottleKey::account(&self.scope, "administered", &operator);
            let quota = self.settings.limits.administered.quota();
            if let Some(until) = throttled(&ports, key, quota, None, now).await? {
                return Err(OperatorError::Throttled { until });
            }
            let (id, found) = self.target(&ports, target).await?;
            let asked = MayAdminister { operator: operator.clone(), id: id.clone() };
            let may = ports.ask(asked).await?;
            let account = judge(&operator, found, may).map_err(OperatorError::Refused)?;
            Ok(Administered {
                scope: self.scope_tag,
                operator,
                account: Arc::new(account),
                usable_until: now.unix_timestamp().saturating_add(seconds(TICKET_LIFE)),
                hands_over: self.settings.operators.hand_over(),
                temporary_password_life: self.settings.temporary_password_life,
            })
        })
    }

    /// The id that the port is asked about, and the account that is meant, if there is one.
    async fn target(
        &self,
        ports: &Asker,
        target: Target,
    ) -> Result<(AccountId, Result<Account, OperatorRefusal>), PortFailure> {
        match target {
            Target::Lookup(lookup) => {
                let accounts = ports.ask(Find { lookup: lookup.clone() }).await?;
                let found = only(lookup.among(accounts));
                // There always is a placeholder: the key that signs is in the ring.
                let decoy = self.decoy_account(self.keyring.signing_id(), &lookup);
                let id = found.as_ref().map_or(decoy, |account| Some(account.id().clone()));
                match id {
                    Some(id) => Ok((id, found)),
                    None => Err(PortFailure::new(Port::Accounts, WrongAnswer.into())),
                }
            }
            Target::Id(id) => {
                let account = account_of(ports, &id).await?;
                Ok((id, account.ok_or(OperatorRefusal::Unknown)))
            }
        }
    }
}

fn only(named: Vec<Account>) -> Result<Account, OperatorRefusal> {
    let mut named = named.into_iter();
    match (named.next(), named.next()) {
        (None, _) => Err(OperatorRefusal::Unknown),
        (Some(account), None) => Ok(account),
        (Some(_), Some(_)) => Err(OperatorRefusal::SeveralAccounts),
    }
}

fn judge(
    operator: &AccountId,
    found: Result<Account, OperatorRefusal>,
    may: bool,
) -> Result<Account, OperatorRefusal> {
    let account = found?;
    if account.id() == operator {
        return Err(OperatorRefusal::Oneself);
    }
    if !may {
        return Err(OperatorRefusal::NotAdministered);
    }
    if !account.is_enabled() {
        return Err(OperatorRefusal::Disabled);
    }
    Ok(account)
}
