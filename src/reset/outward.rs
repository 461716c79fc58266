/// What the outside may be told about a refused step; everything else is for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outward {
    /// The secret does not hold.
    Refused {
        /// For codes: how many more may be tried on this handle.
        tries_left: Option<u32>,
    },
    /// Nothing was decided: try again after a while.
    RetryLater,
}
