//! Reads HTML with placeholders. Only what browsers and mail programs read in one way is taken, so that
//! it is certain where a value is.

use alloc::string::String;
use alloc::vec::Vec;

use super::body::{Body, Builder};
use super::parse::{Blank, Found, Slots, each_piece};
use super::slot::Role;
use super::{MessagePart, TemplateError};
use crate::template::{Piece, Pieces};

/// Elements whose contents are read in another way, or not at all by some programs.
const REFUSED: [&str; 11] = [
    "iframe",
    "listing",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "plaintext",
    "svg",
    "template",
    "textarea",
    "xmp",
];

/// Elements without an end tag.
const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];

const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

pub(super) fn parse(html: &str, slots: Slots<'_>) -> Result<Body, TemplateError> {
    let mut reader = Reader {
        rest: html,
        line: 1,
        slots,
        builder: Builder::new(true),
        open: Vec::new(),
        is_nested: true,
        left_out: None,
        in_title: false,
    };
    while !reader.rest.is_empty() {
        reader.step()?;
    }
    if reader.in_title {
        return Err(reader.problem("an element is not closed"));
    }
    reader.end_paragraph()?;
    Ok(reader.builder.finish())
}

struct Reader<'a> {
    rest: &'a str,
    /// The line that is read, from 1.
    line: usize,
    slots: Slots<'a>,
    builder: Builder,
    /// The elements that the paragraph has opened and not closed.
    open: Vec<String>,
    /// Whether the paragraph has closed only such elements.
    is_nested: bool,
    /// The line with a placeholder without which the paragraph is left out.
    left_out: Option<usize>,
    in_title: bool,
}

impl<'a> Reader<'a> {
    fn step(&mut self) -> Result<(), TemplateError> {
        if self.in_title && self.rest.starts_with('<') && !begins(self.rest, "</title") {
            return Err(self.problem("write &lt; for < in a title"));
        }
        if self.rest.starts_with("<!--") {
            self.comment()
        } else if begins(self.rest, "<!doctype") {
            let end = self.rest.find('>').ok_or_else(|| self.problem("a tag is not closed"))?;
            self.raw(end.saturating_add(1))
        } else if self.rest.starts_with("</") {
            self.end_tag()
        } else if self.rest.starts_with('<') {
            self.start_tag()
        } else {
            self.text()
        }
    }

    fn text(&mut self) -> Result<(), TemplateError> {
        let end = self.rest.find('<').unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at_checked(end).unwrap_or_default();
        self.rest = rest;
        let is_end = rest.is_empty();
        each_piece(MessagePart::Html, text, self.slots, &mut |found| {
            match found {
                Found::Text { text, is_last } => {
                    for piece in Blank::split(text, is_last && is_end) {
                        match piece {
                            Blank::Text(text) => self.builder.text(text),
                            Blank::Lines(lines) => {
                                self.end_paragraph()?;
                                self.builder.blank(lines);
                            }
                        }
                    }
                    self.line = self.line.saturating_add(text.matches('\n').count());
                }
                Found::Slot { slot, role } => self.slot(slot, role),
            }
            Ok(())
        })
    }

    /// A comment, which ends at the same place for every program.
    fn comment(&mut self) -> Result<(), TemplateError> {
        let behind = self.rest.strip_prefix("<!--").unwrap_or_default();
        let starts_closed = behind.starts_with('>') || behind.starts_with("->");
        let end = behind.find("-->").filter(|_| !starts_closed);
        let (comment, _) = behind.split_at_checked(end.unwrap_or(0)).unwrap_or_default();
        if starts_closed || comment.contains("<!--") || comment.contains("--!>") {
            return Err(self.problem("programs do not agree where the comment ends"));
        }
        let end = end.ok_or_else(|| self.problem("a comment is not closed"))?;
        self.raw(end.saturating_add("<!---->".len()))
    }

    fn end_tag(&mut self) -> Result<(), TemplateError> {
        let behind = self.rest.strip_prefix("</").unwrap_or_default();
        let name = self.name(behind)?.to_ascii_lowercase();
        let rest = behind.get(name.len()..).unwrap_or_default().trim_start_matches(SPACE);
        let Some(rest) = rest.strip_prefix('>') else {
            return Err(self.problem("an end tag has only a name"));
        };
        self.in_title &= name != "title";
        self.is_nested &= self.open.pop().is_some_and(|open| open == name);
        let length = self.rest.len().saturating_sub(rest.len());
        let tag = self.take(length);
        self.builder.markup(tag);
        Ok(())
    }

    fn start_tag(&mut self) -> Result<(), TemplateError> {
        let behind = self.rest.strip_prefix('<').unwrap_or_default();
        let name = self.name(behind)?.to_ascii_lowercase();
        if REFUSED.contains(&name.as_str()) {
            return Err(self.problem("a message cannot have this element"));
        }
        let tag = self.take(name.len().saturating_add(1));
        self.builder.markup(tag);
        while self.attribute(&name)? {}
        self.in_title |= name == "title";
        if matches!(name.as_str(), "style" | "script") {
            self.raw_element(&name)?;
        }
        if !VOID.contains(&name.as_str()) {
            self.open.push(name);
        }
        Ok(())
    }

    /// Reads one attribute, or the end of the tag.
    fn attribute(&mut self, tag: &str) -> Result<bool, TemplateError> {
        let inner = self.rest.trim_start_matches(SPACE);
        let spaced = inner.len() < self.rest.len();
        for end in ["/>", ">"] {
            if let Some(rest) = inner.strip_prefix(end) {
                let end = self.take(self.rest.len().saturating_sub(rest.len()));
                self.builder.markup(end);
                return Ok(false);
            }
        }
        let ends = |character: char| {
            SPACE.contains(&character)
                || matches!(character, '=' | '"' | '\'' | '<' | '>' | '/' | '`' | '{' | '}')
        };
        let (name, behind) =
            inner.split_at_checked(inner.find(ends).unwrap_or(inner.len())).unwrap_or_default();
        if !spaced || name.is_empty() || behind.is_empty() {
            return Err(self.problem("a tag is not written as it must be"));
        }
        let Some(value) = behind.trim_start_matches(SPACE).strip_prefix('=') else {
            let attribute = self.take(self.rest.len().saturating_sub(behind.len()));
            self.builder.markup(attribute);
            return Ok(true);
        };
        let value = value.trim_start_matches(SPACE);
        let until_value = self.rest.len().saturating_sub(value.len());
        if let Some(value) = value.strip_prefix('"') {
            let end = value.find('"').ok_or_else(|| self.problem("a value is not closed"))?;
            let (value, _) = value.split_at_checked(end).unwrap_or_default();
            let before = self.take(until_value.saturating_add(1));
            self.builder.markup(before);
            self.value(tag, name, value)?;
            self.take(value.len());
            let quote = self.take(1);
            self.builder.markup(quote);
            return Ok(true);
        }
        let end = match value.strip_prefix('\'') {
            Some(value) => value.find('\'').map(|end| end.saturating_add(2)),
            None => value.find(|end| SPACE.contains(&end) || end == '>').filter(|end| *end > 0),
        };
        let end = end.ok_or_else(|| self.problem("a value is not closed"))?;
        let (value, _) = value.split_at_checked(end).unwrap_or_default();
        let is_quoted = value.starts_with('\'');
        if value.contains(['{', '}']) || !is_quoted && value.contains(['"', '\'', '<', '=', '`']) {
            return Err(self.problem("write the value in double quotes"));
        }
        let attribute = self.take(until_value.saturating_add(end));
        self.builder.markup(attribute);
        Ok(true)
    }

    /// A value in double quotes, the one place in a tag that can have placeholders.
    fn value(&mut self, tag: &str, name: &str, value: &'a str) -> Result<(), TemplateError> {
        let is_text =
            ["alt", "title", "summary"].iter().any(|text| name.eq_ignore_ascii_case(text))
                || begins(name, "aria-");
        let is_link = matches!(tag, "a" | "area") && name.eq_ignore_ascii_case("href");
        let is_alone = |name: &str| value.len() == name.len().saturating_add(2);
        for piece in Pieces::of(value) {
            match piece {
                Piece::Text(text) => self.builder.text(text),
                Piece::Unbalanced => {
                    return Err(TemplateError::Unbalanced { part: MessagePart::Html });
                }
                Piece::Placeholder(name) => {
                    let (part, cut) = (MessagePart::Html, || name.chars().take(32).collect());
                    let (slot, role) = (self.slots)(name)
                        .ok_or_else(|| TemplateError::UnknownPlaceholder { part, name: cut() })?;
                    let fits = match role {
                        Role::Text | Role::Optional => is_text,
                        Role::Link | Role::OptionalLink => is_link && is_alone(name),
                        Role::Secret => false,
                    };
                    if !fits {
                        return Err(TemplateError::Misplaced { name: cut(), line: self.line });
                    }
                    self.slot(slot, role);
                }
            }
        }
        Ok(())
    }

    fn slot(&mut self, slot: usize, role: Role) {
        if role.is_optional() {
            self.left_out = Some(self.line);
        }
        self.builder.slot(slot, role);
    }

    /// The contents of `<style>` and `<script>`, in which braces are no placeholders.
    fn raw_element(&mut self, name: &str) -> Result<(), TemplateError> {
        let is_end = |at: usize| {
            let behind = self.rest.get(at.saturating_add(2)..).unwrap_or_default();
            let rest = behind.get(name.len()..).unwrap_or_default();
            begins(behind, name) && rest.starts_with(['>', '/', ' ', '\t', '\n', '\r'])
        };
        let end = self.rest.match_indices("</").map(|(at, _)| at).find(|at| is_end(*at));
        let end = end.ok_or_else(|| self.problem("an element is not closed"))?;
        if self.rest.split_at_checked(end).is_some_and(|(raw, _)| raw.contains("<!--")) {
            return Err(self.problem("there can be no comment here"));
        }
        self.raw(end)
    }

    /// Takes so much as it is. What looks like a placeholder in it was meant as one.
    fn raw(&mut self, length: usize) -> Result<(), TemplateError> {
        let (raw, _) = self.rest.split_at_checked(length).unwrap_or_default();
        let names = raw.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
        for name in names {
            if (self.slots)(name).is_some() {
                return Err(TemplateError::Misplaced { name: name.into(), line: self.line });
            }
        }
        let raw = self.take(length);
        self.builder.markup(raw);
        Ok(())
    }

    /// The name of an element at the beginning of a text.
    fn name<'b>(&self, text: &'b str) -> Result<&'b str, TemplateError> {
        let ends = |character: char| {
            !character.is_ascii_alphanumeric() && !matches!(character, ':' | '-' | '_' | '.')
        };
        let (name, behind) =
            text.split_at_checked(text.find(ends).unwrap_or(text.len())).unwrap_or_default();
        let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic());
        if is_name && behind.starts_with(['>', '/', ' ', '\t', '\n', '\r']) {
            Ok(name)
        } else {
            Err(self.problem("write &lt; for < where no tag begins"))
        }
    }

    /// A paragraph that may be left out takes no half of an element with it.
    fn end_paragraph(&mut self) -> Result<(), TemplateError> {
        if let Some(line) = self.left_out.take()
            && !(self.is_nested && self.open.is_empty())
        {
            let problem = "what blank lines separate can be left out, and must close what it opens";
            return Err(TemplateError::Html { line, problem });
        }
        self.open.clear();
        self.is_nested = true;
        Ok(())
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.line = self.line.saturating_add(taken.matches('\n').count());
        taken
    }

    fn problem(&self, problem: &'static str) -> TemplateError {
        TemplateError::Html { line: self.line, problem }
    }
}

/// Whether a text begins with another one, in whichever letter case.
fn begins(text: &str, with: &str) -> bool {
    text.get(..with.len()).is_some_and(|first| first.eq_ignore_ascii_case(with))
}
