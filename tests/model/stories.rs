//! Short stories, one for each flow, in which every call of a port has trouble once.

use crate::op::{By, Op, Typing, With};
use crate::people::{ADA, BOB, NEW, OPERATOR, name_of};
use crate::words::{Typed, Wanted};

pub(crate) fn stories() -> Vec<(&'static str, Vec<Op>)> {
    let link = Op::Reset { by: By::Link, back: 0 };
    let code = Op::Reset { by: By::Code(Typing::Right), back: 0 };
    let wrong = Op::Enter { by: By::Code(Typing::Wrong), back: 0, elsewhere: false };
    let open = Op::Enter { by: By::Link, back: 0, elsewhere: false };
    let set = Op::Set { back: 0, settles: false, elsewhere: false };
    let stop = Op::Stop { back: 0, elsewhere: false };
    let sign_in = Op::SignIn { tenant: 0, typed: name_of(ADA, 0), back: 0 };
    let change = Op::Change { who: ADA, right: true };
    let housekeep = Op::Housekeep { tenant: 0 };
    let work = Op::Work { tenant: 0 };
    let wait = |seconds| Op::Wait { seconds };
    let operate = |who, with| Op::Operate { operator: OPERATOR, who, with };
    let temporary = operate(ADA, With::Password { temporary: true });
    let verify = |replaces| Op::Verify { who: ADA, spare: 0, replaces };
    let enter_address = Op::EnterAddress { back: 0, elsewhere: false, commits: true };
    let spoken = Op::Speak { tenant: 0, typed: name_of(ADA, 1), guess: Typing::Right, back: 0 };
    let again = Op::AskAgain { back: 0 };
    let person = Op::ResendTo { who: ADA, typed: name_of(ADA, 0) };
    let ticket = Op::Reset { by: By::Ticket, back: 0 };
    vec![
        ("a link", vec![get(name_of(ADA, 0), Wanted::Link), link, sign_in]),
        ("a code", vec![get(name_of(ADA, 0), Wanted::Code), wrong, code]),
        ("a text message", vec![get(name_of(BOB, 0), Wanted::Code), code, wait(61), housekeep]),
        ("several accounts", vec![get(Typed::Contact("family@example.org"), Wanted::Link)]),
        (
            "a message that is sent again",
            vec![get(name_of(ADA, 0), Wanted::LinkAndCode), wait(60), again, wait(1), code],
        ),
        ("a link to a person", vec![person, work, wait(60), person, work, link]),
        ("a change", vec![change, sign_in]),
        ("a crash", vec![get(name_of(ADA, 0), Wanted::Link), open, set, wait(61), housekeep, work]),
        (
            "nothing was set",
            vec![get(name_of(ADA, 0), Wanted::Link), open, change, set, wait(61), housekeep],
        ),
        ("an operator sends a link", vec![operate(ADA, With::Message(Wanted::Link)), link]),
        (
            "an operator reads out",
            vec![operate(ADA, With::Spoken), spoken, set, wait(61), housekeep],
        ),
        ("an operator sets a password", vec![operate(ADA, With::Password { temporary: false })]),
        ("a temporary password", vec![temporary, sign_in, ticket, sign_in]),
        ("a temporary password expires", vec![temporary, wait(3_600), sign_in, change]),
        ("an operator demands a change", vec![operate(ADA, With::Demand), sign_in, ticket]),
        ("an invitation", vec![Op::Invite { who: NEW }, link]),
        ("a first password", vec![get(name_of(NEW, 0), Wanted::Code), link]),
        ("an address", vec![verify(false), enter_address, change]),
        ("an address is replaced", vec![verify(true), enter_address, change]),
        ("not me, before", vec![get(name_of(ADA, 0), Wanted::Link), stop, open]),
        (
            "not me, after",
            vec![
                get(name_of(ADA, 0), Wanted::Link),
                get(name_of(ADA, 0), Wanted::Link),
                link,
                stop,
                sign_in,
                change,
                get(name_of(ADA, 0), Wanted::Link),
                link,
            ],
        ),
        ("a revocation", vec![get(name_of(ADA, 0), Wanted::Link), Op::Revoke { who: ADA }, open]),
        (
            "an account is deleted",
            vec![
                get(name_of(ADA, 0), Wanted::Link),
                open,
                Op::Delete { who: ADA },
                open,
                set,
                sign_in,
            ],
        ),
    ]
}

fn get(typed: Typed, wanted: Wanted) -> Op {
    Op::Get { tenant: 0, typed, wanted }
}
