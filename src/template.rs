//! The one syntax of templates: text with placeholders in braces.

/// A text between placeholders, or the name of a placeholder.
pub(crate) enum Piece<'a> {
    Text(&'a str),
    Placeholder(&'a str),
    /// A brace without a partner, which ends the text.
    Unbalanced,
}

/// Takes a text apart; `{{` and `}}` are braces.
pub(crate) struct Pieces<'a> {
    rest: &'a str,
}

impl<'a> Pieces<'a> {
    pub(crate) const fn of(text: &'a str) -> Self {
        Self { rest: text }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.find(['{', '}']).unwrap_or(self.rest.len());
        if end > 0 {
            let (text, rest) = self.rest.split_at_checked(end)?;
            self.rest = rest;
            return Some(Piece::Text(text));
        }
        for (doubled, brace) in [("{{", "{"), ("}}", "}")] {
            if let Some(rest) = self.rest.strip_prefix(doubled) {
                self.rest = rest;
                return Some(Piece::Text(brace));
            }
        }
        let placeholder = self.rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        match placeholder.filter(|(name, _)| !name.contains('{')) {
            Some((name, rest)) => {
                self.rest = rest;
                Some(Piece::Placeholder(name))
            }
            None => {
                self.rest = "";
                Some(Piece::Unbalanced)
            }
        }
    }
}
