//! Reads subjects and plain texts; `html` reads HTML.

use alloc::vec::Vec;

use super::body::{Body, Builder};
use super::slot::Role;
use super::{MessagePart, MessageText, TemplateError, html};
use crate::template::{Piece, Pieces};

/// The placeholders that a text can have: number and role by name.
pub(super) type Slots<'a> = &'a dyn Fn(&str) -> Option<(usize, Role)>;

/// The parts of a message, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parsed {
    pub(super) subject: Body,
    pub(super) text: Body,
    pub(super) html: Option<Body>,
}

/// What is behind or before a placeholder.
#[derive(Clone, Copy)]
enum Beside {
    /// The end of the text, or a tag.
    End,
    Character(char),
    /// Another placeholder.
    Slot,
}

impl Parsed {
    pub(super) fn new(
        message: MessageText<'_>,
        slots: Slots<'_>,
        required: &[&str],
    ) -> Result<Self, TemplateError> {
        let MessageText { subject, text, html } = message;
        let measured = [
            (MessagePart::Subject, subject, MessageText::MAX_SUBJECT_BYTES),
            (MessagePart::Text, text, MessageText::MAX_TEXT_BYTES),
            (MessagePart::Html, html.unwrap_or_default(), MessageText::MAX_TEXT_BYTES),
        ];
        for (part, text, max_bytes) in measured {
            if text.len() > max_bytes {
                return Err(TemplateError::TooLong { part, max_bytes });
            }
            let is_allowed = |control: char| {
                part != MessagePart::Subject && matches!(control, '\n' | '\r' | '\t')
            };
            let stray_return = text.split("\r\n").any(|line| line.contains('\r'));
            if text.chars().any(|one| one.is_control() && !is_allowed(one)) || stray_return {
                return Err(TemplateError::Control { part });
            }
        }
        let parsed = Self {
            subject: parse(MessagePart::Subject, subject, slots)?,
            text: parse(MessagePart::Text, text, slots)?,
            html: html.map(|html| html::parse(html, slots)).transpose()?,
        };
        for name in required {
            let Some((slot, _)) = slots(name) else { continue };
            let bodies = [
                (MessagePart::Text, Some(&parsed.text)),
                (MessagePart::Html, parsed.html.as_ref()),
            ];
            for (part, body) in bodies {
                if body.is_some_and(|body| !body.always_has(slot)) {
                    return Err(TemplateError::SecretMissing { part, name: (*name).into() });
                }
            }
        }
        Ok(parsed)
    }
}

fn parse(part: MessagePart, text: &str, slots: Slots<'_>) -> Result<Body, TemplateError> {
    let mut builder = Builder::new(false);
    each_piece(part, text, slots, &mut |found| {
        match found {
            Found::Text { text, is_last } => {
                for piece in Blank::split(text, is_last) {
                    match piece {
                        Blank::Text(text) => builder.text(text),
                        Blank::Lines(lines) => builder.blank(lines),
                    }
                }
            }
            // A subject is never left out.
            Found::Slot { slot, .. } if part == MessagePart::Subject => {
                builder.slot(slot, Role::Text);
            }
            Found::Slot { slot, role } => builder.slot(slot, role),
        }
        Ok(())
    })?;
    Ok(builder.finish())
}

/// A piece of a text that was checked.
pub(super) enum Found<'a> {
    Text { text: &'a str, is_last: bool },
    Slot { slot: usize, role: Role },
}

/// Takes a text apart and checks its placeholders.
pub(super) fn each_piece(
    part: MessagePart,
    text: &str,
    slots: Slots<'_>,
    take: &mut dyn FnMut(Found<'_>) -> Result<(), TemplateError>,
) -> Result<(), TemplateError> {
    let pieces: Vec<Piece<'_>> = Pieces::of(text).collect();
    let beside = |piece: Option<&Piece<'_>>, first: bool| match piece {
        None => Beside::End,
        Some(Piece::Text(text)) => {
            let mut characters = text.chars();
            let nearest = if first { characters.next() } else { characters.next_back() };
            nearest.map_or(Beside::Slot, Beside::Character)
        }
        Some(Piece::Placeholder(_) | Piece::Unbalanced) => Beside::Slot,
    };
    if pieces.iter().any(|piece| matches!(piece, Piece::Unbalanced)) {
        return Err(TemplateError::Unbalanced { part });
    }
    for (at, piece) in pieces.iter().enumerate() {
        let next = pieces.get(at.saturating_add(1));
        match piece {
            Piece::Text(text) => take(Found::Text { text, is_last: next.is_none() })?,
            Piece::Unbalanced => {}
            Piece::Placeholder(name) => {
                let cut = || name.chars().take(32).collect();
                let (slot, role) = slots(name)
                    .ok_or_else(|| TemplateError::UnknownPlaceholder { part, name: cut() })?;
                let is_secret = role.is_link() || role == Role::Secret;
                if part == MessagePart::Subject && is_secret {
                    return Err(TemplateError::SecretInSubject { name: cut() });
                }
                let former = at.checked_sub(1).and_then(|before| pieces.get(before));
                let sides = (beside(former, false), beside(next, true));
                if role.is_link() && !is_alone(sides) {
                    return Err(TemplateError::LinkNotAlone { part, name: cut() });
                }
                take(Found::Slot { slot, role })?;
            }
        }
    }
    Ok(())
}

/// Whether mail programs see where a link begins and ends (RFC 3986, appendix C).
const fn is_alone(sides: (Beside, Beside)) -> bool {
    const fn is_end(side: Beside) -> bool {
        matches!(side, Beside::End | Beside::Character(' ' | '\t' | '\n' | '\r'))
    }
    match sides {
        (Beside::Character('<'), Beside::Character('>')) => true,
        (before, behind) => is_end(before) && is_end(behind),
    }
}

/// Text, or the blank lines between two paragraphs with the ends of the lines around them.
#[derive(Clone, Copy)]
pub(super) enum Blank<'a> {
    Text(&'a str),
    Lines(&'a str),
}

impl<'a> Blank<'a> {
    /// `is_last` is whether the text ends with it: then its last line ends a paragraph as well.
    pub(super) fn split(text: &'a str, is_last: bool) -> impl Iterator<Item = Self> {
        let mut rest = text;
        core::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let (start, end) = blank_lines(rest, is_last);
            let at = if start == 0 { end } else { start };
            let (taken, behind) = rest.split_at_checked(at)?;
            rest = behind;
            Some(if start == 0 { Self::Lines(taken) } else { Self::Text(taken) })
        })
    }
}

/// Where the first blank lines begin and end; behind the text if it has none.
fn blank_lines(text: &str, is_last: bool) -> (usize, usize) {
    let whole = text.len();
    for (at, _) in text.match_indices('\n') {
        let behind = text.get(at..).unwrap_or_default();
        let ends = |character| matches!(character, '\n' | '\r' | ' ' | '\t');
        let space = behind.len().saturating_sub(behind.trim_start_matches(ends).len());
        let lines = behind.get(..space).unwrap_or_default();
        // The indentation of the next line belongs to that line.
        let lines = match lines.rfind('\n') {
            _ if is_last && space == behind.len() => lines,
            Some(last) => lines.get(..=last).unwrap_or_default(),
            None => lines,
        };
        let is_end = is_last && space == behind.len();
        if is_end || lines.matches('\n').count() > 1 {
            let before = text.get(..at).unwrap_or_default();
            let start = before.strip_suffix('\r').unwrap_or(before).len();
            return (start, at.saturating_add(lines.len()));
        }
    }
    (whole, whole)
}
