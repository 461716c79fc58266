use super::value::Name;
use crate::policy::{CharacterClass, Preset, Reduction, SequenceEnds, WhenUnknown, WhiteSpace};

impl Name for Preset {
    const ALL: &'static [Self] = &Self::ALL;

    fn name(self) -> &'static str {
        Self::name(self)
    }
}

impl Name for Reduction {
    const ALL: &'static [Self] = &Self::ALL;

    fn name(self) -> &'static str {
        Self::name(self)
    }
}

impl Name for CharacterClass {
    const ALL: &'static [Self] =
        &[Self::Lower, Self::Upper, Self::Letter, Self::OtherLetter, Self::Digit, Self::Symbol];

    fn name(self) -> &'static str {
        Self::name(self)
    }
}

impl Name for WhiteSpace {
    const ALL: &'static [Self] = &[Self::Anywhere, Self::AtTheEnds];

    fn name(self) -> &'static str {
        Self::name(self)
    }
}

impl Name for SequenceEnds {
    const ALL: &'static [Self] = &[Self::Apart, Self::Joined];

    fn name(self) -> &'static str {
        match self {
            Self::Apart => "apart",
            Self::Joined => "joined",
        }
    }
}

impl Name for WhenUnknown {
    const ALL: &'static [Self] = &[Self::Refuse, Self::Accept];

    fn name(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Accept => "accept",
        }
    }
}
