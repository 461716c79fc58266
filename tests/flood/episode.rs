//! Eight days of one stranger, one owner, and two processes whose clocks differ.

use std::collections::HashSet;

use crate::dice::Dice;
use crate::service::{Identifier, Letter, Service};
use crate::strangers::{Stranger, Style};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const DAYS: i64 = 8;
/// A link protects the owner only if it stays valid for as long as it takes to open it.
const TIME_TO_ACT: i64 = 5 * MINUTE;
/// The most by which two clocks differ.
const CLOCKS: i64 = 120;
/// Requests of one identifier are refused for at most so long after a change of the password.
const THROTTLE: i64 = 5 * MINUTE;
const SHORT_LINK: i64 = 30 * MINUTE;

#[derive(Clone, Debug)]
pub(crate) struct Episode {
    pub(crate) style: Style,
    /// Whether the owner changes the password now and then.
    pub(crate) owner: bool,
    pub(crate) loss: Loss,
    pub(crate) seed: u64,
}

/// Which messages never arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    None,
    /// The first of the long links of each window.
    FirstLong,
}

#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) unprotected_minutes: u64,
    pub(crate) most_in_a_day: usize,
    pub(crate) most_in_an_hour: usize,
    pub(crate) longest_life: i64,
}

pub(crate) struct World<S> {
    service: S,
    /// How far the clocks of the two processes are ahead.
    ahead: [i64; 2],
    loss: Loss,
    lost: HashSet<i64>,
    /// The link in the mailbox that is valid for longest.
    best: Option<(String, i64)>,
    sent: Vec<i64>,
    longest_life: i64,
}

impl<S: Service> World<S> {
    pub(crate) fn ask(&mut self, at: i64, process: usize, identifier: Identifier, link: bool) {
        let now = at + self.ahead[process];
        match self.service.request(identifier, link, now) {
            Letter::None => {}
            Letter::Code => self.sent.push(at),
            Letter::Link { token, end } => {
                let long = end - now > SHORT_LINK;
                // Both long links of a window end at one moment.
                if long && self.loss == Loss::FirstLong && self.lost.insert(end) {
                    return;
                }
                self.sent.push(at);
                self.longest_life = self.longest_life.max(end - now);
                if self.best.as_ref().is_none_or(|(_, best)| end > *best) {
                    self.best = Some((token, end));
                }
            }
        }
    }

    /// Whether a link in the mailbox protects the owner, for `lead` seconds more.
    pub(crate) fn is_protected_for(&self, at: i64, lead: i64) -> bool {
        let latest = at + self.ahead[0].max(self.ahead[1]);
        self.best.as_ref().is_some_and(|(_, end)| end - TIME_TO_ACT - lead > latest)
    }

    /// Whether a request of the owner sends a link, whatever is typed and whoever serves it.
    pub(crate) fn would_send(&self, at: i64) -> bool {
        self.ahead.iter().all(|ahead| {
            Identifier::ALL.into_iter().all(|identifier| {
                let mut copy = self.service.clone();
                let letter = copy.request(identifier, true, at + ahead);
                matches!(letter, Letter::Link { .. })
            })
        })
    }

    /// The moments after `at` from which on something is different for one of the clocks.
    pub(crate) fn edges(&self, at: i64, lead: i64) -> Vec<i64> {
        let best = self.best.iter().flat_map(|(_, end)| [*end, end - TIME_TO_ACT, end - lead]);
        let ends = self.service.ends().into_iter().chain(best);
        let edges = ends.flat_map(|end| self.ahead.map(|ahead| end - ahead));
        edges.filter(|edge| *edge > at - 2).collect()
    }

    fn holds(&self, at: i64) -> bool {
        self.is_protected_for(at, 0) || self.would_send(at)
    }

    /// The owner asks if need be, and sets a new password. All links end with it.
    fn succeed(&mut self, at: i64) -> bool {
        if !self.is_protected_for(at, 0) {
            self.ask(at, 0, Identifier::Email, true);
        }
        let Some((token, end)) = self.best.take() else { return false };
        let now = at + self.ahead[0];
        if end <= now {
            return false;
        }
        self.service.succeed(&token, now);
        true
    }
}

pub(crate) fn run<S: Service>(episode: &Episode, service: S) -> Found {
    let mut dice = Dice::new(episode.seed);
    let apart = [0, CLOCKS, dice.between(0, CLOCKS)];
    let apart = dice.one_of(&apart);
    let ahead = dice.one_of(&[[0, apart], [apart, 0]]);
    let mut world = World {
        service,
        ahead,
        loss: episode.loss,
        lost: HashSet::new(),
        best: None,
        sent: Vec::new(),
        longest_life: 0,
    };
    let mut stranger = Stranger::new(episode.style, &mut dice);
    let mut found = Found::default();
    let mut last_success = i64::MIN / 2;
    let mut next_success = if episode.owner { dice.between(0, 2 * DAY) } else { i64::MAX };
    for minute in (0..DAYS * DAY).step_by(60) {
        let mut moments = vec![minute];
        moments.extend(stranger.act(&mut world, &mut dice, minute));
        if minute >= next_success && world.succeed(minute + 59) {
            last_success = minute + 59;
            next_success = minute + dice.one_of(&[120, HOUR, DAY / 3, DAY]);
            moments = vec![minute + 59];
        }
        // The real flow is asked whether the best link works, now and then.
        if minute % (13 * MINUTE) == 0 && world.is_protected_for(minute, 0) {
            let now = minute + world.ahead[0].max(world.ahead[1]);
            let token = world.best.as_ref().map(|(token, _)| token.clone()).unwrap();
            assert!(world.service.admits(&token, now + TIME_TO_ACT), "{episode:?} at {minute}");
        }
        // Right after a change of the password requests may still be refused for a while.
        let refused = minute - last_success <= THROTTLE + CLOCKS;
        if !refused && !moments.iter().all(|at| world.holds(*at)) {
            found.unprotected_minutes += 1;
        }
    }
    found.most_in_a_day = most_within(&world.sent, DAY);
    found.most_in_an_hour = most_within(&world.sent, HOUR);
    found.longest_life = world.longest_life;
    found
}

/// The most messages within some time.
fn most_within(sent: &[i64], time: i64) -> usize {
    let mut sent = sent.to_vec();
    sent.sort_unstable();
    (0..sent.len())
        .map(|last| sent[..=last].iter().filter(|at| **at > sent[last] - time).count())
        .max()
        .unwrap_or(0)
}
