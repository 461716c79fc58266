/// How far up a list of common passwords an entry stands; the more common is the lesser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rank {
    /// Among the first hundred.
    Top100,
    /// Among the first thousand.
    Top1000,
    /// Among the first ten thousand.
    Top10000,
    /// Anywhere on the list.
    Listed,
}

impl Rank {
    /// The rank of the place `place`, counted from 1.
    #[must_use]
    pub const fn of_place(place: usize) -> Self {
        match place {
            ..=100 => Self::Top100,
            101..=1_000 => Self::Top1000,
            1_001..=10_000 => Self::Top10000,
            _ => Self::Listed,
        }
    }

    pub(super) const fn to_kind(self) -> u8 {
        match self {
            Self::Top100 => 0,
            Self::Top1000 => 1,
            Self::Top10000 => 2,
            Self::Listed => 3,
        }
    }

    pub(super) const fn of_kind(kind: u8) -> Self {
        match kind & 3 {
            0 => Self::Top100,
            1 => Self::Top1000,
            2 => Self::Top10000,
            _ => Self::Listed,
        }
    }
}
