use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use super::english;
use crate::language::Plural;
use crate::template::{Piece, Pieces};

/// What durations are called in a language.
#[derive(Clone, Debug)]
pub(super) struct Durations {
    plural: fn(usize) -> Plural,
    minutes: Vec<(Plural, String)>,
    hours: Vec<(Plural, String)>,
    days: Vec<(Plural, String)>,
}

/// The longest text, in bytes.
const MAX_BYTES: usize = 64;

/// From so many minutes on a duration is told in hours.
const LONG: u64 = 120;

/// From so many minutes on a duration is told in days.
const VERY_LONG: u64 = 72 * 60;

impl Durations {
    /// `None` for texts that cannot be used.
    pub(super) fn new(
        plural: fn(usize) -> Plural,
        minutes: Vec<(Plural, String)>,
        hours: Vec<(Plural, String)>,
        days: Vec<(Plural, String)>,
    ) -> Option<Self> {
        let is_sound = |text: &str| {
            let placeholder = |piece| matches!(piece, Piece::Text(_) | Piece::Placeholder("count"));
            text.len() <= MAX_BYTES
                && !text.chars().any(char::is_control)
                && Pieces::of(text).all(placeholder)
        };
        for forms in [&minutes, &hours, &days] {
            let has_other = forms.iter().any(|(form, _)| *form == Plural::Other);
            if !has_other || !forms.iter().all(|(_, text)| is_sound(text)) {
                return None;
            }
        }
        Some(Self { plural, minutes, hours, days })
    }

    pub(super) fn english() -> Self {
        let owned =
            |texts: [(Plural, &str); 2]| texts.map(|(form, text)| (form, text.into())).into();
        let (minutes, hours) = (owned(english::MINUTES), owned(english::HOURS));
        Self { plural: Plural::english, minutes, hours, days: owned(english::DAYS) }
    }

    /// How long something is valid: rounded down, so that the message never promises too much.
    pub(super) fn at_least(&self, seconds: u64) -> String {
        match whole_minutes(seconds) {
            minutes if minutes < LONG => self.say(&self.minutes, minutes),
            minutes if minutes < VERY_LONG => self.say(&self.hours, minutes.div_euclid(60)),
            minutes => self.say(&self.days, minutes.div_euclid(24 * 60)),
        }
    }

    /// How long to wait: rounded up.
    pub(super) fn at_most(&self, seconds: u64) -> String {
        match seconds.div_ceil(60).max(1) {
            minutes if minutes < LONG => self.say(&self.minutes, minutes),
            minutes if minutes < VERY_LONG => self.say(&self.hours, minutes.div_ceil(60)),
            minutes => self.say(&self.days, minutes.div_ceil(24 * 60)),
        }
    }

    fn say(&self, forms: &[(Plural, String)], count: u64) -> String {
        let form = (self.plural)(usize::try_from(count).unwrap_or(usize::MAX));
        let of = |wanted| forms.iter().find(|(form, _)| *form == wanted);
        let text = of(form).or_else(|| of(Plural::Other)).map_or("", |(_, text)| text);
        let mut said = String::new();
        for piece in Pieces::of(text) {
            match piece {
                Piece::Text(text) => said.push_str(text),
                Piece::Placeholder(_) => {
                    let _infallible = write!(said, "{count}");
                }
                Piece::Unbalanced => {}
            }
        }
        said
    }
}

/// Rounded down, and at least one.
pub(super) fn whole_minutes(seconds: u64) -> u64 {
    seconds.div_euclid(60).max(1)
}
