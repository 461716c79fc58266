//! A part of a message as it was parsed, and how it is filled.

use alloc::string::String;
use alloc::vec::Vec;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use zeroize::Zeroizing;

use super::slot::Role;

/// Text with placeholders, by paragraphs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    paragraphs: Vec<Paragraph>,
    /// What is behind the last paragraph.
    end: String,
    is_html: bool,
}

/// Text between blank lines, and what separates it from the one before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Paragraph {
    before: String,
    segments: Vec<Segment>,
    /// Whether it can be left out.
    is_optional: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Text(String),
    /// White space that goes with the placeholder behind it.
    Space {
        text: String,
        of: usize,
        is_link: bool,
    },
    Slot(usize),
}

impl Body {
    /// Fills into a buffer that is measured first: one that grows would leave copies of a secret.
    pub(super) fn fill(&self, values: &[Option<&str>]) -> Zeroizing<String> {
        let mut length = 0_usize;
        self.each(values, &mut |text| length = length.saturating_add(text.len()));
        let mut filled = Zeroizing::new(String::with_capacity(length));
        self.each(values, &mut |text| filled.push_str(text));
        filled
    }

    /// Whether a placeholder is anywhere in it.
    pub(super) fn has(&self, slot: usize) -> bool {
        let mut segments = self.paragraphs.iter().flat_map(|paragraph| &paragraph.segments);
        segments.any(|segment| *segment == Segment::Slot(slot))
    }

    /// Whether a placeholder is in it, whatever values the others have.
    pub(super) fn always_has(&self, slot: usize) -> bool {
        let stay = self.paragraphs.iter().filter(|paragraph| !paragraph.is_optional);
        stay.flat_map(|stay| &stay.segments).any(|segment| *segment == Segment::Slot(slot))
    }

    fn each(&self, values: &[Option<&str>], emit: &mut dyn FnMut(&str)) {
        let value = |slot: usize| values.get(slot).copied().flatten();
        let is_complete = |paragraph: &Paragraph| {
            let lacks = |segment: &Segment| matches!(segment, Segment::Slot(slot) if value(*slot).is_none());
            !paragraph.is_optional || !paragraph.segments.iter().any(lacks)
        };
        let mut is_begun = false;
        for (number, paragraph) in self.paragraphs.iter().enumerate() {
            if !is_complete(paragraph) {
                continue;
            }
            // Where the first ones are left out, nothing is to be separated.
            if is_begun || number == 0 {
                emit(&paragraph.before);
            }
            is_begun = true;
            paragraph.each(self.is_html, &value, emit);
        }
        emit(&self.end);
    }
}

impl Paragraph {
    fn each<'a>(
        &self,
        is_html: bool,
        value: &dyn Fn(usize) -> Option<&'a str>,
        emit: &mut dyn FnMut(&str),
    ) {
        let value = |slot| value(slot).unwrap_or_default();
        let mut last: Option<char> = None;
        let mut emit = |text: &str, last: &mut Option<char>| {
            *last = text.chars().next_back().or(*last);
            emit(text);
        };
        // What an empty placeholder leaves at the beginning of a line is not indented.
        let mut strips = false;
        let mut after_empty = false;
        for segment in &self.segments {
            match segment {
                Segment::Text(text) => {
                    let rest = text.trim_start_matches(is_space);
                    let ends = after_empty && (rest.is_empty() || rest.starts_with(['\n', '\r']));
                    emit(if strips || ends { rest } else { text }, &mut last);
                    if !(strips && rest.is_empty()) {
                        (strips, after_empty) = (false, false);
                    }
                }
                Segment::Space { text, of, is_link } => {
                    let begins = matches!(last, None | Some('\n'));
                    let stays = !strips || *is_link && !begins;
                    if stays && !value(*of).is_empty() {
                        emit(text, &mut last);
                    }
                }
                Segment::Slot(slot) => {
                    let value = value(*slot);
                    if value.is_empty() {
                        strips |= last.is_none_or(opens);
                        after_empty = true;
                    } else {
                        (strips, after_empty) = (false, false);
                        if is_html {
                            escape(value, &mut |text| emit(text, &mut last));
                        } else {
                            emit(value, &mut last);
                        }
                    }
                }
            }
        }
    }
}

/// Characters behind which a space would be a stray one.
fn opens(character: char) -> bool {
    character == '\n'
        || matches!(
            character.general_category(),
            GeneralCategory::OpenPunctuation | GeneralCategory::InitialPunctuation
        )
}

const fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\u{a0}' | '\u{202f}')
}

/// A value as the text of an element or a value in double quotes has it.
fn escape(value: &str, emit: &mut dyn FnMut(&str)) {
    for run in value.split_inclusive(['&', '<', '>', '"']) {
        let plain = run.trim_end_matches(['&', '<', '>', '"']);
        emit(plain);
        for special in run.bytes().skip(plain.len()) {
            emit(match special {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                _ => "&#34;",
            });
        }
    }
}

/// Puts a body together, piece by piece.
#[derive(Debug, Default)]
pub(super) struct Builder {
    body: Body,
    paragraph: Paragraph,
    /// Text that is not yet a segment.
    text: String,
    /// The last white space in it that only tags follow.
    space: Option<(usize, usize)>,
    after_link: bool,
}

impl Builder {
    pub(super) fn new(is_html: bool) -> Self {
        Self { body: Body { is_html, ..Body::default() }, ..Self::default() }
    }

    /// Text that people read.
    pub(super) fn text(&mut self, text: &str) {
        let is_html = self.body.is_html;
        let line_end = |character| is_html && matches!(character, '\n' | '\r');
        let visible = text.trim_end_matches(|last: char| is_space(last) || line_end(last));
        if text.is_empty() {
            return;
        }
        let start = self.text.len().saturating_add(visible.len());
        // What follows a link stays, or the link would be joined with what comes then.
        let follows_link = self.after_link && visible.is_empty();
        let is_empty = visible.len() == text.len() || follows_link;
        self.text.push_str(text);
        self.space = (!is_empty).then_some((start, self.text.len()));
        self.after_link = follows_link;
    }

    /// A tag, or something else that people do not read.
    pub(super) fn markup(&mut self, markup: &str) {
        self.text.push_str(markup);
        self.after_link = false;
    }

    /// A placeholder.
    pub(super) fn slot(&mut self, slot: usize, role: Role) {
        let text = core::mem::take(&mut self.text);
        if let Some((start, end)) = self.space.take()
            && let Some((before, rest)) = text.split_at_checked(start)
            && let Some((space, behind)) = rest.split_at_checked(end.saturating_sub(start))
        {
            self.push_text(before);
            let is_link = role.is_link();
            self.paragraph.segments.push(Segment::Space { text: space.into(), of: slot, is_link });
            self.push_text(behind);
        } else {
            self.push_text(&text);
        }
        self.paragraph.segments.push(Segment::Slot(slot));
        self.paragraph.is_optional |= role.is_optional();
        self.after_link = role.is_link();
    }

    /// Blank lines, which end a paragraph.
    pub(super) fn blank(&mut self, lines: &str) {
        self.end_paragraph();
        self.paragraph.before.push_str(lines);
    }

    pub(super) fn finish(mut self) -> Body {
        self.end_paragraph();
        self.body.end = self.paragraph.before;
        self.body
    }

    fn end_paragraph(&mut self) {
        let text = core::mem::take(&mut self.text);
        self.push_text(&text);
        (self.space, self.after_link) = (None, false);
        if !self.paragraph.segments.is_empty() {
            self.body.paragraphs.push(core::mem::take(&mut self.paragraph));
        }
    }

    fn push_text(&mut self, text: &str) {
        if !text.is_empty() {
            self.paragraph.segments.push(Segment::Text(text.into()));
        }
    }
}
