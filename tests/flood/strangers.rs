//! When and how often a stranger asks.

use crate::dice::Dice;
use crate::episode::World;
use crate::service::{Identifier, Service};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Once in a while.
    Random,
    /// In bursts, when counters and links begin and end, and shortly before and after.
    Edges,
    /// As soon as no link protects the owner: until a request would send none.
    Closing,
    /// Six requests a minute.
    Flood,
}

impl Style {
    pub(crate) const ALL: [Self; 4] = [Self::Random, Self::Edges, Self::Closing, Self::Flood];
}

const HOUR: i64 = 60 * 60;
const BURSTS: [u32; 12] = [1, 1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 25];

/// A stranger with habits that stay the same for an episode; a habit that is absent is chosen anew each
/// time.
pub(crate) struct Stranger {
    style: Style,
    asks_for_link: Option<bool>,
    identifier: Option<Identifier>,
    /// How long before the end of a protection it acts, in seconds.
    lead: i64,
    mean_pause: i64,
    acts_at: i64,
}

impl Stranger {
    pub(crate) fn new(style: Style, dice: &mut Dice) -> Self {
        let leads = [0, 1, 59, 60, 119, 121, 299, 301, 1799, HOUR - 1];
        Self {
            style,
            asks_for_link: dice.one_of(&[Some(false), Some(false), Some(true), None]),
            identifier: dice.one_of(&[Some(Identifier::Email), Some(Identifier::Login), None]),
            lead: dice.one_of(&leads),
            mean_pause: dice.one_of(&[30, 300, 1800, 7200]),
            acts_at: 0,
        }
    }

    /// Acts within a minute; the moments of the last few actions.
    pub(crate) fn act<S: Service>(
        &mut self,
        world: &mut World<S>,
        dice: &mut Dice,
        minute: i64,
    ) -> Vec<i64> {
        let mut moments = Vec::new();
        while self.acts_at < minute + 60 {
            let at = self.acts_at.max(minute);
            self.acts_at = match self.style {
                Style::Random => {
                    self.burst(world, dice, at, 1);
                    at + dice.between(1, 2 * self.mean_pause)
                }
                Style::Edges => {
                    let size = dice.one_of(&BURSTS);
                    self.burst(world, dice, at, size);
                    let near = world.edges(at, self.lead);
                    let step = dice.one_of(&[-1, 0, 1, -61, 61, 119, 121, -self.lead, self.lead]);
                    let next = if near.is_empty() || dice.happens(20) {
                        at + dice.between(1, 3 * HOUR)
                    } else {
                        dice.one_of(&near)
                    };
                    (next + step).max(at + 1)
                }
                Style::Closing => {
                    if !world.is_protected_for(at, self.lead) {
                        for _ in 0..30 {
                            if !world.would_send(at) {
                                break;
                            }
                            self.burst(world, dice, at, 1);
                        }
                    }
                    at + dice.one_of(&[1, 7, 20, 60])
                }
                Style::Flood => {
                    self.burst(world, dice, at, 6);
                    at + 60
                }
            };
            moments.push(at + 1);
        }
        moments.split_off(moments.len().saturating_sub(6))
    }

    fn burst<S: Service>(&self, world: &mut World<S>, dice: &mut Dice, at: i64, size: u32) {
        for _ in 0..size {
            let identifier = self.identifier.filter(|_| dice.happens(70));
            let identifier = identifier.unwrap_or_else(|| dice.one_of(&Identifier::ALL));
            let link = self.asks_for_link.filter(|_| dice.happens(70));
            let link = link.unwrap_or_else(|| dice.one_of(&[true, false, false]));
            let process = dice.one_of(&[0, 1]);
            world.ask(at, process, identifier, link);
        }
    }
}
