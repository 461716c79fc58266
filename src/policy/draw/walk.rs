use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::{Draw, power};

impl Draw<'_> {
    /// Walks of more than `longest` characters, from every place where one may begin.
    ///
    /// All that is known of walks is that every three characters of one are a walk too, so what is
    /// counted is the chains of such threes; `is_walk` tells whether a text has a walk of more than so
    /// many characters.
    pub(in crate::policy) fn walk(
        &self,
        longest: usize,
        is_walk: impl Fn(&str, usize) -> bool,
    ) -> f64 {
        let Some(beginnings) = self.places.len().checked_sub(longest) else { return 0.0 };
        let steps = Steps::new(&self.characters(), is_walk);
        (0..beginnings)
            .map(|beginning| {
                let places = self.places.iter().skip(beginning).take(longest.saturating_add(1));
                let drawn = places.clone().filter(|is_separator| !**is_separator).count();
                steps.chains(places.copied()) / power(self.alphabet.size(), drawn)
            })
            .sum()
    }

    /// Each character that may occur, and whether it is the separator.
    fn characters(&self) -> Vec<(char, bool)> {
        let separator = self.alphabet.separator.map(|separator| (separator, true));
        let drawn = self.alphabet.characters.iter().map(|character| (*character, false));
        drawn.chain(separator).collect()
    }
}

/// Walks of two characters, and which of them go on as which others.
struct Steps {
    pairs: Vec<Pair>,
    /// For each pair those that may follow: of its last character and one more.
    onwards: Vec<Vec<usize>>,
}

struct Pair {
    first_is_separator: bool,
    last_is_separator: bool,
}

impl Steps {
    fn new(characters: &[(char, bool)], is_walk: impl Fn(&str, usize) -> bool) -> Self {
        let mut text = String::new();
        let mut goes = |characters: &[char], longest| {
            text.clear();
            text.extend(characters);
            is_walk(&text, longest)
        };
        let mut pairs = Vec::new();
        let mut ends = Vec::new();
        // For each character the pairs that begin with it.
        let mut of_first = vec![Vec::new(); characters.len()];
        for ((first, first_is_separator), of_first) in characters.iter().zip(&mut of_first) {
            for (place, (last, last_is_separator)) in characters.iter().enumerate() {
                if goes(&[*first, *last], 1) {
                    of_first.push((pairs.len(), *last));
                    ends.push((*first, *last, place));
                    pairs.push(Pair {
                        first_is_separator: *first_is_separator,
                        last_is_separator: *last_is_separator,
                    });
                }
            }
        }
        let onwards = ends.into_iter().map(|(first, middle, place)| {
            let candidates = of_first.get(place).into_iter().flatten();
            let next = candidates.filter(|(_, last)| goes(&[first, middle, *last], 2));
            next.map(|(pair, _)| *pair).collect()
        });
        Self { onwards: onwards.collect(), pairs }
    }

    /// The number of chains over these places; for each it is told whether the separator is there.
    fn chains(&self, mut places: impl Iterator<Item = bool>) -> f64 {
        let (first, second) = (places.next(), places.next());
        let mut ending: Vec<f64> = self
            .pairs
            .iter()
            .map(|pair| {
                let fits = (Some(pair.first_is_separator), Some(pair.last_is_separator))
                    == (first, second);
                if fits { 1.0 } else { 0.0 }
            })
            .collect();
        for is_separator in places {
            let mut longer = vec![0.0; ending.len()];
            for (chains, onwards) in
                ending.iter().zip(&self.onwards).filter(|(chains, _)| **chains > 0.0)
            {
                for next in onwards {
                    if let (Some(pair), Some(longer)) =
                        (self.pairs.get(*next), longer.get_mut(*next))
                        && pair.last_is_separator == is_separator
                    {
                        *longer += chains;
                    }
                }
            }
            ending = longer;
            if ending.iter().all(|chains| *chains == 0.0) {
                break;
            }
        }
        ending.iter().sum()
    }
}
