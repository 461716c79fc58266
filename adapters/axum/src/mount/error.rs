use core::fmt;

/// Why a setting of a [`Mount`](crate::Mount) was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MountError {
    /// The text is not a path that routes can be below, or that a form can lead to.
    Path,
    /// The text is not the name of a parameter.
    Name,
}

impl fmt::Display for MountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Path => "a path begins with one `/` and has letters, digits, `-._~` between `/`",
            Self::Name => {
                "a parameter has 1 to 32 letters, digits, `-` and `_`, and no other's name"
            }
        })
    }
}

impl core::error::Error for MountError {}
