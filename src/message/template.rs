use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::parse::Parsed;
use super::slot::Role;
use super::{Link, MessageText, Rendered, TemplateError, plain};

/// A message text of your own, such as an invitation, with placeholders that you declare. It is
/// written and checked like the texts of [`Messages`](super::Messages).
///
/// ```
/// use repass::message::{MessageText, Placeholder, Template, Value};
///
/// let invitation = Template::custom(
///     MessageText::new("{host} invites you", "Hello {name},\n\n{host} invites you to {team}.\n"),
///     &[Placeholder::Text("name"), Placeholder::Text("host"), Placeholder::Text("team")],
/// )?;
/// let values = [("host", Value::Text("Ada")), ("team", Value::Text("Engines")), ("name", Value::Text(""))];
/// let message = invitation.render(&values)?;
/// assert_eq!(message.expose_secret(), "Hello,\n\nAda invites you to Engines.\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parsed: Parsed,
    declared: Vec<(String, Role)>,
}

/// A placeholder of a [`Template`], by its name without the braces: 1 to 32 characters of `a-z`,
/// `0-9` and `_`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Placeholder<'a> {
    /// A text that can be empty.
    Text(&'a str),
    /// A text that can be missing. Its paragraph is then left out.
    Optional(&'a str),
    /// A link with a token. The plain text and the HTML must have it; the subject cannot.
    Link(&'a str),
    /// A code or another secret. The plain text and the HTML must have it; the subject cannot.
    Secret(&'a str),
}

/// The value of a placeholder of a [`Template`].
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Value<'a> {
    /// A text, for [`Placeholder::Text`] and [`Placeholder::Optional`]. Line breaks, other control
    /// characters and marks that change the direction of text are removed. The rest is cut to 80
    /// characters.
    Text(&'a str),
    /// No text, for [`Placeholder::Optional`].
    Nothing,
    /// A link, for [`Placeholder::Link`].
    Link(&'a Link),
    /// A secret, for [`Placeholder::Secret`]: 1 to 200 printable ASCII characters, without spaces.
    Secret(&'a str),
}

impl<'a> Placeholder<'a> {
    const fn parts(self) -> (&'a str, Role) {
        match self {
            Self::Text(name) => (name, Role::Text),
            Self::Optional(name) => (name, Role::Optional),
            Self::Link(name) => (name, Role::Link),
            Self::Secret(name) => (name, Role::Secret),
        }
    }
}

impl Template {
    /// Checks a text with these placeholders.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] says what is wrong, and with which placeholder.
    pub fn custom(
        text: MessageText<'_>,
        placeholders: &[Placeholder<'_>],
    ) -> Result<Self, TemplateError> {
        let declared: Vec<_> = placeholders.iter().map(|one| one.parts()).collect();
        let sound = |name: &str| {
            let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
            let once = declared.iter().filter(|(other, _)| *other == name).count() == 1;
            (1..=32).contains(&name.len()) && name.bytes().all(plain) && once
        };
        if let Some((name, _)) = declared.iter().find(|(name, _)| !sound(name)) {
            return Err(TemplateError::Declaration { name: name.chars().take(32).collect() });
        }
        let slot = |name: &str| {
            let number = declared.iter().position(|(known, _)| *known == name)?;
            declared.get(number).map(|(_, role)| (number, *role))
        };
        let is_secret = |role: &Role| matches!(role, Role::Link | Role::Secret);
        let secrets = declared.iter().filter(|(_, role)| is_secret(role));
        let required: Vec<&str> = secrets.map(|(name, _)| *name).collect();
        let parsed = Parsed::new(text, &slot, &required)?;
        let declared = declared.into_iter().map(|(name, role)| (name.into(), role)).collect();
        Ok(Self { parsed, declared })
    }

    /// Fills the text. Each placeholder that was declared needs its value, in any order.
    ///
    /// # Errors
    ///
    /// [`RenderError`] if a value is missing, given twice or of the wrong kind, or if a line would
    /// be too long.
    pub fn render(&self, values: &[(&str, Value<'_>)]) -> Result<Rendered, RenderError> {
        let declared = |name: &str| self.declared.iter().any(|(known, _)| known == name);
        if let Some((name, _)) = values.iter().find(|(name, _)| !declared(name)) {
            return Err(RenderError::Undeclared { name: name.chars().take(32).collect() });
        }
        let mut shown: Vec<Shown<'_>> = Vec::with_capacity(self.declared.len());
        for (name, role) in &self.declared {
            let mut given = values.iter().filter(|(known, _)| known == name);
            let (Some((_, value)), None) = (given.next(), given.next()) else {
                return Err(RenderError::Missing { name: name.clone() });
            };
            let value = Shown::of(*role, *value);
            shown.push(value.ok_or_else(|| RenderError::Value { name: name.clone() })?);
        }
        let values: Vec<Option<&str>> = shown.iter().map(Shown::as_str).collect();
        let rendered = self.parsed.fill(&values);
        rendered.check_lines().map_err(RenderError::Template)?;
        Ok(rendered)
    }
}

/// A value as it is put into the text.
enum Shown<'a> {
    Nothing,
    Text(String),
    Secret(&'a str),
}

impl<'a> Shown<'a> {
    fn of(role: Role, value: Value<'a>) -> Option<Self> {
        match (role, value) {
            (Role::Text | Role::Optional, Value::Text(text)) => Some(Self::Text(plain(text))),
            (Role::Optional, Value::Nothing) => Some(Self::Nothing),
            (Role::Link, Value::Link(link)) => Some(Self::Secret(link.expose_secret())),
            (Role::Secret, Value::Secret(secret)) => {
                let seen = secret.bytes().all(|byte| byte.is_ascii_graphic());
                (seen && (1..=200).contains(&secret.len())).then_some(Self::Secret(secret))
            }
            _ => None,
        }
    }

    fn as_str(&self) -> Option<&str> {
        match self {
            Self::Nothing => None,
            Self::Text(text) => Some(text),
            Self::Secret(secret) => Some(secret),
        }
    }
}

/// Shows what kind of value it is.
impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Nothing => "Nothing",
            Self::Link(_) => "Link(..)",
            Self::Secret(_) => "Secret(..)",
        })
    }
}

/// Why a text could not be filled.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RenderError {
    /// A placeholder has no value, or two.
    Missing {
        /// The placeholder.
        name: String,
    },
    /// A value is for a placeholder that was not declared.
    Undeclared {
        /// The placeholder, cut to 32 characters.
        name: String,
    },
    /// A value is not of the declared kind, or a secret is not 1 to 200 printable ASCII characters.
    Value {
        /// The placeholder.
        name: String,
    },
    /// The text cannot be sent with these values.
    Template(TemplateError),
}

impl RenderError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "render_missing",
            Self::Undeclared { .. } => "render_undeclared",
            Self::Value { .. } => "render_value",
            Self::Template(error) => error.code(),
        }
    }
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { name } => write!(f, "{{{name}}} needs one value"),
            Self::Undeclared { name } => write!(f, "{{{name}}} was not declared"),
            Self::Value { name } => write!(f, "{{{name}}} was declared for another kind of value"),
            Self::Template(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for RenderError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Template(error) => error.source(),
            _ => None,
        }
    }
}
