//! What was seen, in the words of the tables.

use repass::account::Lookup;
use repass::answer::Answer;
use repass::attempt::AttemptRow;
use repass::message::{Message, MessageKind};
use repass::reset::Worked;

use crate::world::{World, by_email, nobody};

/// The cells behind the first one.
pub(crate) type Seen = Vec<String>;

/// An operation that succeeded and says when its message can be asked for once more.
pub(crate) const ASK_AGAIN: &str = "when to ask again";

pub(crate) fn seen<const N: usize>(cells: [&str; N]) -> Seen {
    cells.map(str::to_owned).to_vec()
}

/// Several situations in which the same is seen.
pub(crate) fn alike(all: impl IntoIterator<Item = Seen>) -> Seen {
    let mut all = all.into_iter();
    let first = all.next().expect("a situation");
    for (number, other) in all.enumerate() {
        assert_eq!(first, other, "number {} of the situations", number + 2);
    }
    first
}

/// The same for Ada and for nobody.
pub(crate) fn known_or_not(seen: impl Fn(&Lookup) -> Seen) -> Seen {
    alike([by_email(), nobody()].map(|lookup| seen(&lookup)))
}

/// What the person is told. The calls that were written down are those of this operation.
pub(crate) fn told(world: &World, answer: Answer) -> String {
    let told = match answer {
        Answer::Refused { tries_left: None } => "refused".to_owned(),
        Answer::Refused { tries_left: Some(0) } => "refused, no tries left".to_owned(),
        Answer::Refused { tries_left: Some(left) } => format!("refused, {left} tries left"),
        other => other.code().to_owned(),
    };
    if world.calls().is_empty() { told + ", no port called" } else { told }
}

/// Carries an operation out; the calls that are written down are those of it alone.
pub(crate) fn watched<T>(world: &World, operation: impl FnOnce() -> T) -> T {
    world.calls();
    operation()
}

/// Takes out what was delivered, which is one message at most.
pub(crate) fn delivered(world: &World) -> Option<Message> {
    let message = world.take();
    assert!(world.take().is_none(), "two messages");
    message
}

/// What was sent for the person who asked, if anything was.
pub(crate) fn message(world: &World, worked: &[Worked]) -> String {
    let Some(message) = delivered(world) else {
        let is_decoy = |worked: &Worked| matches!(worked, Worked::Decoy);
        return if worked.iter().any(is_decoy) { "decoy" } else { "none" }.to_owned();
    };
    match message.kind() {
        MessageKind::Link | MessageKind::Code | MessageKind::LinkAndCode => "the secret".to_owned(),
        MessageKind::FirstPassword => "a link to choose one".to_owned(),
        notice => format!("notice {}", notice.code()),
    }
}

/// The row that is in the table now and was not before.
pub(crate) fn row(world: &World, before: &[AttemptRow]) -> String {
    let rows = world.rows();
    let mut new = rows.iter().filter(|row| before.iter().all(|old| old.id() != row.id()));
    let Some(row) = new.next() else { return "none".to_owned() };
    assert!(new.next().is_none(), "two rows");
    let is_decoy = row.account().as_str().starts_with("decoy-");
    if is_decoy { "decoy" } else { row.stage().code() }.to_owned()
}

/// What became of the one request, resend or entry among them that the log has something to say about.
pub(crate) fn code(worked: &[Worked]) -> &'static str {
    let code = |worked: &Worked| match worked {
        Worked::Ran(report) => Some(report.disclose().code()),
        Worked::Dropped(error) => Some(error.code()),
        _ => None,
    };
    let codes: Vec<_> = worked.iter().filter_map(code).collect();
    let [code] = codes[..] else { panic!("{codes:?}") };
    code
}
