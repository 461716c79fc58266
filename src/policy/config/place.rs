use core::fmt;

/// Where a value of a configuration stands: `of_lengths[1].rules.at_least.digit`.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    Whole,
    Field(&'a Self, &'static str),
    Item(&'a Self, usize),
}

impl Place<'_> {
    /// `message`, and where it is about.
    pub(super) fn says(self, message: impl fmt::Display) -> impl fmt::Display {
        let separator = if matches!(self, Self::Whole) { "" } else { ": " };
        alloc::format!("{self}{separator}{message}")
    }

    /// `what` is expected there.
    pub(super) fn expects(self, what: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str(what),
            _ => write!(f, "{what} as {self}"),
        }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => Ok(()),
            Self::Field(Place::Whole, name) => f.write_str(name),
            Self::Field(of, name) => write!(f, "{of}.{name}"),
            Self::Item(of, number) => write!(f, "{of}[{number}]"),
        }
    }
}
