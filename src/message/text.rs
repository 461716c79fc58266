/// The texts of one message, before they are checked: a subject, a plain text, and optionally the
/// same text in HTML. They have placeholders in braces.
///
/// `{{` and `}}` are literal braces. Spaces before a placeholder that is empty are removed with it,
/// so `Hello {name},` becomes `Hello,`. A *paragraph* is text between blank lines. It is left out
/// as a whole if one of its placeholders has no value. [`Messages`](super::Messages) says for which
/// placeholders this can happen. A link must have white space or an end of the text on both sides,
/// or be written as `<{link}>`: otherwise mail programs treat the text after it as a part of it
/// (RFC 3986, appendix C).
///
/// In HTML a placeholder can be in the text of elements and in the attributes `alt`, `title`,
/// `summary` and `aria-…`; a link can also be the whole value of `href` in `<a>` and `<area>`.
/// Attributes with placeholders must be in double quotes. Values are escaped. Braces in comments,
/// `<style>` and `<script>` are left as they are.
///
/// ```
/// use repass::message::MessageText;
///
/// let text = MessageText::new("Reset your password", "Hello {name},\n\n{link}\n")
///     .with_html("<p>Hello {name},</p>\n<p><a href=\"{link}\">Choose a new password</a></p>\n");
/// # let _ = text;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageText<'a> {
    pub(super) subject: &'a str,
    pub(super) text: &'a str,
    pub(super) html: Option<&'a str>,
}

impl<'a> MessageText<'a> {
    /// The longest subject, in bytes.
    pub const MAX_SUBJECT_BYTES: usize = 200;
    /// The longest text, in bytes; the same for HTML.
    pub const MAX_TEXT_BYTES: usize = 64 * 1024;
    /// The longest line, in octets of UTF-8 without its end (RFC 5322, section 2.1.1). No
    /// value can make a line longer.
    pub const MAX_LINE_BYTES: usize = 998;

    /// A subject and a plain text.
    #[must_use]
    pub const fn new(subject: &'a str, text: &'a str) -> Self {
        Self { subject, text, html: None }
    }

    /// The same in HTML, for mail programs that show it.
    #[must_use]
    pub const fn with_html(self, html: &'a str) -> Self {
        Self { html: Some(html), ..self }
    }
}
