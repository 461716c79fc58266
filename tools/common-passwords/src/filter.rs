//! Builds a binary fuse filter with three probes and 8 bits a slot (Graf and Lemire 2022).

use std::collections::BTreeSet;

use crate::hash;

pub struct Filter {
    pub segment: usize,
    pub slots: Vec<u8>,
}

/// The first seed, counting from 0, for which the keys can be peeled off one by one.
pub fn build(entries: &BTreeSet<&[u8]>) -> Option<(u64, Filter)> {
    (0..1_000).find_map(|seed| Some((seed, with_seed(entries, seed)?)))
}

fn with_seed(entries: &BTreeSet<&[u8]>, seed: u64) -> Option<Filter> {
    let count = entries.len().max(2) as f64;
    let segment = 1_usize << (count.ln() / 3.33_f64.ln() + 2.25).floor() as u32;
    let factor = (0.875 + 0.25 * 1_000_000_f64.ln() / count.ln()).max(1.125);
    let segments = ((count * factor / segment as f64).ceil() as usize).max(3);
    let mut slots = vec![0_u8; segments * segment];
    let first = slots.len() - 2 * segment;
    let keys: Vec<u64> = entries.iter().map(|entry| hash::of(seed, entry)).collect();

    // For each slot how many keys still probe it, and the exclusive or of their numbers: the number
    // itself, once it is one.
    let mut probing = vec![(0_u32, 0_usize); slots.len()];
    for (number, key) in keys.iter().enumerate() {
        for place in places(*key, first, segment) {
            probing[place].0 += 1;
            probing[place].1 ^= number;
        }
    }
    let mut alone: Vec<usize> = (0..slots.len()).filter(|place| probing[*place].0 == 1).collect();
    let mut peeled = Vec::with_capacity(keys.len());
    while let Some(place) = alone.pop() {
        let (1, number) = probing[place] else { continue };
        peeled.push((place, number));
        for place in places(keys[number], first, segment) {
            probing[place].0 -= 1;
            probing[place].1 ^= number;
            if probing[place].0 == 1 {
                alone.push(place);
            }
        }
    }
    if peeled.len() != keys.len() {
        return None;
    }
    for (place, number) in peeled.into_iter().rev() {
        let key = keys[number];
        let others =
            places(key, first, segment).iter().fold(0, |others, place| others ^ slots[*place]);
        slots[place] ^= others ^ (key ^ (key >> 32)) as u8;
    }
    Some(Filter { segment, slots })
}

fn places(key: u64, first: usize, segment: usize) -> [usize; 3] {
    let place = ((u128::from(key) * first as u128) >> 64) as usize;
    let mask = segment - 1;
    [
        place,
        (place + segment) ^ ((key >> 18) as usize & mask),
        (place + 2 * segment) ^ (key as usize & mask),
    ]
}
