use core::error::Error;

use repass::account::LookupError;
use repass::answer::Answered;
use repass::code::CodeError;
use repass::hash::HashError;
use repass::port::PortFailure;
use repass::reset::{
    AddressLinkError, AdmitError, CommitError, CurrentPasswordError, RequestError, ResendError,
    SetError, StopError,
};
use repass::secret::{PasswordError, RandomError};
use repass::sign_in::SignInError;
use repass_tokio::PoolError;

/// An error of the flow: what a person may be told, and a code for the log.
pub(crate) trait Coded: Answered + Error + 'static {
    fn code(&self) -> &'static str;
}

macro_rules! coded {
    ($($error:ty),+ $(,)?) => {
        $(impl Coded for $error {
            fn code(&self) -> &'static str {
                <$error>::code(self)
            }
        })+
    };
}

coded!(
    AddressLinkError,
    AdmitError,
    CodeError,
    CommitError,
    CurrentPasswordError,
    HashError,
    LookupError,
    PasswordError,
    PortFailure,
    RandomError,
    RequestError,
    ResendError,
    SetError,
    SignInError,
    StopError,
);

impl<E: Coded> Coded for PoolError<E> {
    fn code(&self) -> &'static str {
        match self {
            Self::Failed(error) => error.code(),
            Self::Random(error) => error.code(),
            _ => "hash_pool_busy",
        }
    }
}
