//! How a browser takes HTML apart: the states of the WHATWG tokenizer, so far as they matter for where a
//! text or a value ends. Shares no code with the crate.

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// A tag with its attributes, whose character references were read.
    Tag { name: String, closes: bool, attributes: Vec<(String, String)> },
    /// Text, whose character references were read.
    Text(String),
    /// Text in which there are none, and comments.
    Raw(String),
}

impl Token {
    /// The same with each text changed.
    pub(crate) fn map(self, change: impl Fn(String) -> String) -> Self {
        match self {
            Self::Text(text) => Self::Text(change(text)),
            Self::Tag { name, closes, attributes } => {
                let attributes =
                    attributes.into_iter().map(|(name, value)| (name, change(value))).collect();
                Self::Tag { name, closes, attributes }
            }
            Self::Raw(text) => Self::Raw(text),
        }
    }
}

pub(crate) fn tokens(html: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut text = String::new();
    let mut rest = html;
    while let Some(first) = rest.chars().next() {
        let second = rest.chars().nth(1);
        let letter_at = |at: usize| rest.as_bytes().get(at).is_some_and(u8::is_ascii_alphabetic);
        let closes = rest.starts_with("</");
        let taken = if first != '<' {
            text.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        } else if let Some(behind) = rest.strip_prefix("<!--") {
            let end = comment_end(behind) + 4;
            let comment = Token::Raw(rest[..end].into());
            (comment, end)
        } else if matches!(second, Some('!' | '?')) || closes && !letter_at(2) && rest.len() > 2 {
            let end = rest.find('>').map_or(rest.len(), |at| at + 1);
            (Token::Raw(rest[..end].into()), end)
        } else if letter_at(1) || closes && letter_at(2) {
            let (tag, end) = tag(rest, closes);
            // A tag that never ends is dropped, with all behind it.
            let Some(tag) = tag else { break };
            (tag, end)
        } else {
            text.push('<');
            rest = &rest[1..];
            continue;
        };
        flush(&mut text, &mut tokens);
        let (token, end) = taken;
        rest = &rest[end..];
        let opened = match &token {
            Token::Tag { name, closes: false, .. } => name.clone(),
            _ => String::new(),
        };
        tokens.push(token);
        let raw = matches!(
            opened.as_str(),
            "style" | "script" | "xmp" | "iframe" | "noembed" | "noframes" | "noscript"
        );
        if raw || matches!(opened.as_str(), "title" | "textarea") {
            let end = element_end(rest, &opened);
            let contents = &rest[..end];
            if !contents.is_empty() {
                tokens.push(match raw {
                    true => Token::Raw(contents.into()),
                    false => Token::Text(read_references(contents)),
                });
            }
            rest = &rest[end..];
        } else if opened == "plaintext" {
            tokens.push(Token::Raw(rest.into()));
            rest = "";
        }
    }
    flush(&mut text, &mut tokens);
    tokens
}

fn flush(text: &mut String, tokens: &mut Vec<Token>) {
    if !text.is_empty() {
        tokens.push(Token::Text(read_references(&core::mem::take(text))));
    }
}

/// Where a comment ends, from behind its `<!--` on.
fn comment_end(behind: &str) -> usize {
    for (short, length) in [(">", 1), ("->", 2)] {
        if behind.starts_with(short) {
            return length;
        }
    }
    let ends = [("-->", 3), ("--!>", 4)];
    let ends = ends.iter().filter_map(|(end, length)| Some(behind.find(end)? + length));
    ends.min().unwrap_or(behind.len())
}

/// Where the contents of an element without markup end.
fn element_end(rest: &str, name: &str) -> usize {
    let is_end = |at: &usize| {
        let behind = &rest.as_bytes()[at + 2..];
        behind.len() > name.len()
            && behind[..name.len()].eq_ignore_ascii_case(name.as_bytes())
            && matches!(behind[name.len()], b'>' | b'/' | b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
    };
    rest.match_indices("</").map(|(at, _)| at).find(is_end).unwrap_or(rest.len())
}

/// A tag, and how long it is; none where the text ends before it does.
fn tag(rest: &str, closes: bool) -> (Option<Token>, usize) {
    let is_space = |character: char| matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{c}');
    let start = if closes { 2 } else { 1 };
    let until = |from: usize, stop: &dyn Fn(char) -> bool| {
        rest[from..].find(stop).map_or(rest.len(), |at| from + at)
    };
    let name_end = until(start, &|one| is_space(one) || matches!(one, '/' | '>'));
    let name = rest[start..name_end].to_ascii_lowercase();
    let mut at = name_end;
    let mut attributes: Vec<(String, String)> = Vec::new();
    loop {
        at = until(at, &|one| !is_space(one) && one != '/');
        match rest[at..].chars().next() {
            None => return (None, rest.len()),
            Some('>') => return (Some(Token::Tag { name, closes, attributes }), at + 1),
            Some(_) => {}
        }
        let first = rest[at..].chars().next().map_or(0, char::len_utf8);
        let end = until(at + first, &|one| is_space(one) || matches!(one, '/' | '>' | '='));
        let attribute = rest[at..end].to_ascii_lowercase();
        at = until(end, &|one| !is_space(one));
        let mut value = "";
        if rest[at..].starts_with('=') {
            at = until(at + 1, &|one| !is_space(one));
            match rest[at..].chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    let end = until(at + 1, &|one| one == quote);
                    value = &rest[at + 1..end];
                    at = (end + 1).min(rest.len());
                }
                Some('>') | None => {}
                Some(_) => {
                    let end = until(at, &|one| is_space(one) || one == '>');
                    value = &rest[at..end];
                    at = end;
                }
            }
        }
        // The first of a name counts.
        if !attributes.iter().any(|(known, _)| *known == attribute) {
            attributes.push((attribute, read_references(value)));
        }
    }
}

fn read_references(text: &str) -> String {
    let mut read = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        read.push_str(&rest[..at]);
        rest = &rest[at..];
        let references = [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&#34;", "\"")];
        let found = references.iter().find(|(reference, _)| rest.starts_with(reference));
        let (reference, character) = found.unwrap_or(&("&", "&"));
        read.push_str(character);
        rest = &rest[reference.len()..];
    }
    read + rest
}
