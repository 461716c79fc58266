//! The questions of all ports as one type.

#![expect(
    unnameable_types,
    missing_debug_implementations,
    reason = "the bound of `Ask` names them, and nobody else uses them"
)]

use alloc::vec::Vec;
use core::fmt;

use super::operation::Operation;
use super::{
    Ask, Call, Count, EraseAttempts, EraseEntries, Find, Finish, Insert, ListAttempts, LoadAccount,
    LoadAttempt, Past, PurgeAttempts, PurgeCounters, PutOff, Step, Swap, Unfinished,
};
use crate::account::{Account, AccountWrite, PastPassword, Written};
use crate::attempt::AttemptRow;
use crate::message::Message;
use crate::port::{Delivered, Inserted, Port};
use crate::queue::{Claim, Claimed, Pushed, QueueEntry};
use crate::throttle::Counted;

/// What every question has. It cannot be named outside, so this crate alone implements [`Ask`].
pub trait Exchanged: Sized + Send + 'static {
    fn into_question(self) -> Question;
}

macro_rules! questions {
    ($($question:ident of $port:ident in $variant:ident -> $answer:ty;)*) => {
        pub enum Question {
            $($variant($question),)*
        }

        impl Question {
            pub(super) fn into_step<T>(self, operation: Operation<'_, T>) -> Step<'_, T> {
                match self {
                    $(Self::$variant(question) => Step::$variant(Call { question, operation }),)*
                }
            }
        }

        $(
            impl Ask for $question {
                const PORT: Port = Port::$port;

                type Answer = $answer;
            }

            impl Exchanged for $question {
                fn into_question(self) -> Question {
                    Question::$variant(self)
                }
            }
        )*

        impl<T> fmt::Debug for Step<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    Self::Done(_) => "Done(..)",
                    $(Self::$variant(_) => concat!(stringify!($variant), "(..)"),)*
                })
            }
        }
    };
}

questions! {
    Find of Accounts in Find -> Vec<Account>;
    LoadAccount of Accounts in LoadAccount -> Option<Account>;
    AccountWrite of Accounts in Write -> Written;
    Past of Accounts in Past -> Vec<PastPassword>;
    Insert of Attempts in Insert -> Inserted;
    LoadAttempt of Attempts in LoadAttempt -> Option<AttemptRow>;
    Swap of Attempts in Swap -> bool;
    ListAttempts of Attempts in ListAttempts -> Vec<AttemptRow>;
    EraseAttempts of Attempts in EraseAttempts -> u64;
    Unfinished of Attempts in Unfinished -> Vec<AttemptRow>;
    PurgeAttempts of Attempts in PurgeAttempts -> u64;
    Count of Counters in Count -> Counted;
    PurgeCounters of Counters in PurgeCounters -> u64;
    QueueEntry of Queue in Push -> Pushed;
    Claim of Queue in Claim -> Vec<Claimed>;
    Finish of Queue in Finish -> bool;
    PutOff of Queue in PutOff -> bool;
    EraseEntries of Queue in EraseEntries -> u64;
    Message of Notifier in Deliver -> Delivered;
}
