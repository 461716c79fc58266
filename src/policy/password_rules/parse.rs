use super::{PasswordRules, PasswordRulesError, RuleClasses};

pub(super) fn parse(text: &str) -> Result<PasswordRules, PasswordRulesError> {
    if text.len() > PasswordRules::MAX_BYTES {
        return Err(PasswordRulesError::TooLong { max_bytes: PasswordRules::MAX_BYTES });
    }
    let mut rules = PasswordRules::default();
    let mut cursor = Cursor { all: text.len(), rest: text };
    loop {
        cursor.skip_blanks();
        if cursor.rest.is_empty() {
            return Ok(rules);
        }
        if cursor.take(';') {
            continue;
        }
        property(&mut cursor, &mut rules)?;
        cursor.skip_blanks();
        if !cursor.rest.is_empty() && !cursor.rest.starts_with(';') {
            return Err(cursor.unexpected());
        }
    }
}

fn property(cursor: &mut Cursor<'_>, rules: &mut PasswordRules) -> Result<(), PasswordRulesError> {
    let position = cursor.position();
    let name = cursor.identifier();
    if name.is_empty() {
        return Err(cursor.unexpected());
    }
    let is = |own: &str| own.eq_ignore_ascii_case(name);
    let smaller = |before: Option<usize>, now: usize| Some(before.map_or(now, |it| it.min(now)));
    if is("minlength") {
        rules.min_length = rules.min_length.max(Some(cursor.number()?));
    } else if is("maxlength") {
        rules.max_length = smaller(rules.max_length, cursor.number()?);
    } else if is("max-consecutive") {
        rules.max_consecutive = smaller(rules.max_consecutive, cursor.number()?);
    } else if is("required") {
        let classes = cursor.classes()?;
        if !rules.required.contains(&classes) {
            rules.required.push(classes);
        }
    } else if is("allowed") {
        let classes = cursor.classes()?;
        rules.allowed = Some(rules.allowed.map_or(classes, |before| before.or(classes)));
    } else {
        return Err(PasswordRulesError::UnknownProperty { position });
    }
    Ok(())
}

/// What is left of the text.
struct Cursor<'a> {
    all: usize,
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    fn position(&self) -> usize {
        self.all.saturating_sub(self.rest.len())
    }

    fn unexpected(&self) -> PasswordRulesError {
        PasswordRulesError::UnexpectedCharacter { position: self.position() }
    }

    fn take(&mut self, character: char) -> bool {
        let rest = self.rest.strip_prefix(character);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|character| !fits(character)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or_default();
        self.rest = rest;
        taken
    }

    fn skip_blanks(&mut self) {
        self.take_while(|character| character.is_ascii_whitespace());
    }

    fn identifier(&mut self) -> &'a str {
        self.take_while(|character| character.is_ascii_alphabetic() || character == '-')
    }

    /// The colon after a name, and that something follows.
    fn value(&mut self) -> Result<(), PasswordRulesError> {
        if !self.take(':') {
            return Err(self.unexpected());
        }
        self.something()
    }

    fn something(&mut self) -> Result<(), PasswordRulesError> {
        self.skip_blanks();
        if self.rest.is_empty() || self.rest.starts_with(';') {
            return Err(PasswordRulesError::MissingValue { position: self.position() });
        }
        Ok(())
    }

    fn number(&mut self) -> Result<usize, PasswordRulesError> {
        self.value()?;
        let position = self.position();
        let digits = self.take_while(|character| character.is_ascii_digit());
        if digits.is_empty() {
            return Err(PasswordRulesError::NotANumber { position });
        }
        let number = digits.parse().ok().filter(|number| *number > 0);
        number.ok_or(PasswordRulesError::NumberOutOfRange { position })
    }

    fn classes(&mut self) -> Result<RuleClasses, PasswordRulesError> {
        self.value()?;
        let mut classes = self.class()?;
        loop {
            self.skip_blanks();
            if !self.take(',') {
                return Ok(classes);
            }
            self.something()?;
            classes = classes.or(self.class()?);
        }
    }

    fn class(&mut self) -> Result<RuleClasses, PasswordRulesError> {
        let position = self.position();
        if self.take('[') {
            return self.custom_class(position);
        }
        let name = self.identifier();
        if name.is_empty() {
            return Err(self.unexpected());
        }
        RuleClasses::named(name).ok_or(PasswordRulesError::UnknownClass { position })
    }

    /// What follows a bracket at `position`.
    fn custom_class(&mut self, position: usize) -> Result<RuleClasses, PasswordRulesError> {
        let start = self.position();
        let characters = self.take_while(|character| character != ']');
        if !self.take(']') {
            return Err(PasswordRulesError::ClassNotClosed { position });
        }
        let dash = characters.char_indices().skip(1).find(|(_, character)| *character == '-');
        if let Some((offset, _)) = dash {
            return Err(PasswordRulesError::DashNotFirst {
                position: start.saturating_add(offset),
            });
        }
        // Two brackets: the first is a character, the second the end.
        let bracket = self.take(']').then_some(']');
        let class = RuleClasses::of(characters.chars().chain(bracket));
        if class.is_empty() {
            return Err(PasswordRulesError::ClassEmpty { position });
        }
        Ok(class)
    }
}
