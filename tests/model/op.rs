//! What people, operators, workers and hosts do, in a random order.

use proptest::prelude::*;

use crate::people::{ADA, BOB, CARL, DAN, NEW, OPERATOR, OTHER_ADA, TYPED, name_of};
use crate::words::{Tenant, Typed, Wanted, Who};

/// One operation of a sequence. `back` counts from the newest of what the service has handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    /// What a failing sequence is shrunk to; none is made.
    Idle,
    Wait {
        seconds: i64,
    },
    Ask {
        tenant: Tenant,
        typed: Typed,
        wanted: Wanted,
    },
    /// Asks, and lets a worker work.
    Get {
        tenant: Tenant,
        typed: Typed,
        wanted: Wanted,
    },
    AskAgain {
        back: usize,
    },
    ResendTo {
        who: Who,
        typed: Typed,
    },
    Work {
        tenant: Tenant,
    },
    Enter {
        by: By,
        back: usize,
        elsewhere: bool,
    },
    /// Enters, sets a password, and does what follows.
    Reset {
        by: By,
        back: usize,
    },
    Set {
        back: usize,
        settles: bool,
        elsewhere: bool,
    },
    Settle {
        back: usize,
    },
    Change {
        who: Who,
        right: bool,
    },
    SignIn {
        tenant: Tenant,
        typed: Typed,
        back: usize,
    },
    Operate {
        operator: Who,
        who: Who,
        with: With,
    },
    Speak {
        tenant: Tenant,
        typed: Typed,
        guess: Typing,
        back: usize,
    },
    Invite {
        who: Who,
    },
    /// A person enters an address, and has a link sent to it.
    Verify {
        who: Who,
        spare: usize,
        replaces: bool,
    },
    EnterAddress {
        back: usize,
        elsewhere: bool,
        commits: bool,
    },
    CommitAddress {
        back: usize,
    },
    Stop {
        back: usize,
        elsewhere: bool,
    },
    Revoke {
        who: Who,
    },
    Enable {
        who: Who,
        enabled: bool,
    },
    ReplaceAddress {
        who: Who,
        spare: usize,
    },
    Delete {
        who: Who,
    },
    Housekeep {
        tenant: Tenant,
    },
    /// The same again and again, until a limit is reached.
    Flood {
        who: Who,
        with: Flood,
    },
}

/// What is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flood {
    Requests,
    LinksToThePerson,
    Codes,
    Spoken,
    PresentPasswords,
    SignIns,
    Operators(With),
    Invitations,
    Addresses,
}

/// What a person shows to be let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Link,
    HandledLink,
    Code(Typing),
    Ticket,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Typing {
    Right,
    Wrong,
    Malformed,
}

/// What an operator does with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum With {
    Message(Wanted),
    Spoken,
    Password { temporary: bool },
    Demand,
}

fn tenant() -> impl Strategy<Value = Tenant> {
    prop_oneof![4 => Just(0), 1 => Just(1)]
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        6 => Just(ADA),
        3 => Just(BOB),
        2 => Just(OTHER_ADA),
        1 => Just(CARL),
        2 => Just(NEW),
        1 => Just(OPERATOR),
        1 => Just(DAN),
        1 => (0_u8..8).prop_map(|number| (0, number)),
    ]
}

fn typed() -> impl Strategy<Value = Typed> {
    // Most walks are about few people, so that much happens to them.
    prop_oneof![
        5 => Just(TYPED[0]),
        2 => Just(TYPED[1]),
        1 => Just(TYPED[2]),
        2 => Just(TYPED[3]),
        4 => (0..TYPED.len()).prop_map(|number| TYPED[number]),
    ]
}

fn wanted() -> impl Strategy<Value = Wanted> {
    prop_oneof![Just(Wanted::Link), Just(Wanted::Code), Just(Wanted::LinkAndCode)]
}

fn typing() -> impl Strategy<Value = Typing> {
    prop_oneof![4 => Just(Typing::Right), 2 => Just(Typing::Wrong), 1 => Just(Typing::Malformed)]
}

fn by() -> impl Strategy<Value = By> {
    prop_oneof![
        3 => Just(By::Link),
        1 => Just(By::HandledLink),
        3 => typing().prop_map(By::Code),
        1 => Just(By::Ticket),
    ]
}

fn with() -> impl Strategy<Value = With> {
    prop_oneof![
        wanted().prop_map(With::Message),
        Just(With::Spoken),
        any::<bool>().prop_map(|temporary| With::Password { temporary }),
        Just(With::Demand),
    ]
}

/// Moments that end something, and a few seconds.
fn seconds() -> impl Strategy<Value = i64> {
    const SOON: [i64; 7] = [1, 30, 60, 61, 120, 121, 151];
    const LATER: [i64; 6] = [301, 599, 600, 601, 900, 901];
    const LATE: [i64; 7] = [1_800, 1_801, 3_600, 3_601, 5_402, 86_401, 8 * 86_400];
    prop_oneof![
        8 => prop::sample::select(&SOON[..]).boxed(),
        4 => prop::sample::select(&LATER[..]).boxed(),
        2 => prop::sample::select(&LATE[..]).boxed(),
        3 => (0_i64..700).boxed(),
    ]
}

fn back() -> impl Strategy<Value = usize> {
    prop_oneof![5 => Just(0_usize), 2 => Just(1), 1 => 2_usize..6]
}

/// Mostly nothing, in whose place something of the person is meant.
fn own_or_other() -> impl Strategy<Value = Option<Typed>> {
    prop::option::weighted(0.3, typed())
}

fn flood() -> impl Strategy<Value = Flood> {
    prop_oneof![
        2 => Just(Flood::Requests),
        1 => Just(Flood::LinksToThePerson),
        2 => Just(Flood::Codes),
        1 => Just(Flood::Spoken),
        1 => Just(Flood::PresentPasswords),
        2 => Just(Flood::SignIns),
        2 => with().prop_map(Flood::Operators),
        1 => Just(Flood::Invitations),
        2 => Just(Flood::Addresses),
    ]
}

fn rarely() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.1)
}

pub(crate) fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        5 => seconds().prop_map(|seconds| Op::Wait { seconds }),
        2 => (tenant(), typed(), wanted())
            .prop_map(|(tenant, typed, wanted)| Op::Ask { tenant, typed, wanted }),
        6 => (tenant(), typed(), wanted())
            .prop_map(|(tenant, typed, wanted)| Op::Get { tenant, typed, wanted }),
        2 => back().prop_map(|back| Op::AskAgain { back }),
        3 => (who(), own_or_other()).prop_map(
            |(who, own)| Op::ResendTo { who, typed: own.unwrap_or_else(|| name_of(who, 0)) }
        ),
        3 => tenant().prop_map(|tenant| Op::Work { tenant }),
        5 => (by(), back(), rarely())
            .prop_map(|(by, back, elsewhere)| Op::Enter { by, back, elsewhere }),
        4 => (by(), back()).prop_map(|(by, back)| Op::Reset { by, back }),
        4 => (back(), any::<bool>(), rarely())
            .prop_map(|(back, settles, elsewhere)| Op::Set { back, settles, elsewhere }),
        2 => back().prop_map(|back| Op::Settle { back }),
        2 => (who(), prop::bool::weighted(0.8))
            .prop_map(|(who, right)| Op::Change { who, right }),
        1 => (tenant(), typed(), back())
            .prop_map(|(tenant, typed, back)| Op::SignIn { tenant, typed, back }),
        3 => (who(), 0_usize..2).prop_map(
            |(who, name)| Op::SignIn { tenant: who.0, typed: name_of(who, name), back: 0 }
        ),
        4 => (prop_oneof![8 => Just(OPERATOR), 1 => Just(ADA)], who(), with())
            .prop_map(|(operator, who, with)| Op::Operate { operator, who, with }),
        1 => (tenant(), typed(), typing(), back()).prop_map(
            |(tenant, typed, guess, back)| Op::Speak { tenant, typed, guess, back }
        ),
        2 => (who(), 0_usize..2, back()).prop_map(|(who, name, back)| {
            let (tenant, typed) = (who.0, name_of(who, name));
            Op::Speak { tenant, typed, guess: Typing::Right, back }
        }),
        1 => who().prop_map(|who| Op::Invite { who }),
        2 => (who(), 0_usize..2, any::<bool>())
            .prop_map(|(who, spare, replaces)| Op::Verify { who, spare, replaces }),
        3 => (back(), rarely(), prop::bool::weighted(0.8)).prop_map(
            |(back, elsewhere, commits)| Op::EnterAddress { back, elsewhere, commits }
        ),
        1 => back().prop_map(|back| Op::CommitAddress { back }),
        2 => (back(), rarely()).prop_map(|(back, elsewhere)| Op::Stop { back, elsewhere }),
        1 => who().prop_map(|who| Op::Revoke { who }),
        1 => (who(), prop::bool::weighted(0.7))
            .prop_map(|(who, enabled)| Op::Enable { who, enabled }),
        1 => prop_oneof![Just((0, 6)), Just(BOB), Just(OTHER_ADA)]
            .prop_map(|who| Op::Delete { who }),
        1 => (prop::sample::select(&[ADA, OTHER_ADA][..]), 0_usize..2)
            .prop_map(|(who, spare)| Op::ReplaceAddress { who, spare }),
        3 => tenant().prop_map(|tenant| Op::Housekeep { tenant }),
        2 => (who(), flood()).prop_map(|(who, with)| Op::Flood { who, with }),
    ]
}
