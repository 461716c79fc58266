use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use time::UtcDateTime;

use super::text::Written;
use super::{AuthorError, AuthorText, TrustedAuthor};
use crate::account::{Channel, Lookup};
use crate::bytes::{Reader, put_short_text};
use crate::message::{AuthoredValues, Authorship, Message};
use crate::reset::step::{Step, operation};
use crate::reset::{Delivery, Flow, Handle, RequestError};
use crate::scope::ScopeTag;
use crate::secret::Seed;
use crate::token::{HexToken, Token};

/// The text of an author for a message with a secret, which [`Flow::request_by_author`] takes; the secret is
/// not in it. As each message with a secret, it has one recipient, and no copy is sent.
///
/// ```compile_fail
/// # fn f(request: repass::reset::AuthorRequest) {
/// let copied = request.copies(["archive@example.org"], []);
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct AuthorRequest {
    /// Only a flow of this scope sends it, if it has the author.
    scope: ScopeTag,
    author: String,
    text: Box<SecretText>,
}

impl fmt::Debug for AuthorRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthorRequest(..)")
    }
}

/// How the secret of a message is written.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::reset) struct SecretText {
    channel: Channel,
    hex: bool,
    written: Written,
}

impl SecretText {
    pub(in crate::reset) const fn channel(&self) -> &Channel {
        &self.channel
    }

    /// Channel, 1 for hexadecimal digits, text.
    pub(in crate::reset) fn put(&self, bytes: &mut Vec<u8>) {
        put_short_text(bytes, self.channel.name());
        bytes.push(u8::from(self.hex));
        self.written.put(bytes);
    }

    /// `Some(None)` at the end of the body.
    pub(in crate::reset) fn read(body: &mut Reader<'_>) -> Option<Option<Self>> {
        if body.clone().end().is_some() {
            return Some(None);
        }
        let channel = Channel::new(body.short_text()?).ok()?;
        let hex = match body.byte()? {
            0 => false,
            1 => true,
            _ => return None,
        };
        Some(Some(Self { channel, hex, written: Written::read(body)? }))
    }

    /// The message with this text in place of that of the service.
    pub(in crate::reset) fn put_into(
        &self,
        message: Message,
        names: [&str; 2],
        token: &Token,
    ) -> Option<Message> {
        let hex = self.hex.then(|| token.to_hex());
        let secret = hex.as_ref().map_or_else(|| token.expose_secret(), HexToken::expose_secret);
        let [first_name, last_name] = names;
        let values = AuthoredValues { first_name, last_name, secret: Some(secret) };
        let rendered = self.written.render(&self.channel, &values)?;
        let authorship = Authorship { sender: self.written.sender.clone(), copies: None };
        Some(message.with_text(rendered, authorship))
    }
}

impl<'a> TrustedAuthor<'a> {
    /// A text for a message with a secret: it must have `[%resetpasswd_checkcode%]`, and its subject must
    /// not. [`Flow::request_by_author`] sends it.
    ///
    /// # Errors
    ///
    /// [`AuthorError`] says what cannot be sent.
    pub fn request(&self, text: AuthorText<'_>) -> Result<AuthorRequest, AuthorError> {
        let longest = [b'x'; HexToken::CHARACTERS];
        let length = if self.author.hex { HexToken::CHARACTERS } else { Token::CHARACTERS };
        let longest = longest.get(..length).and_then(|text| core::str::from_utf8(text).ok());
        let channel = text.channel().clone();
        let written = self.written(text, Some(longest.unwrap_or_default()))?;
        Ok(AuthorRequest {
            scope: self.flow.scope_tag,
            author: self.author.name.clone(),
            text: Box::new(SecretText { channel, hex: self.author.hex, written }),
        })
    }
}

impl Flow {
    /// Takes a request of an author, like [`request`](Self::request): the owner of the account gets the text
    /// of the author with the token of a link, by the channel of the text, and nobody else gets it. The request
    /// counts as one of the author, like those of a caller ([`Limits::requests_of_caller`]).
    ///
    /// The token is to be typed where the author asks for it. It resets the password as the link does
    /// ([`Proof::Link`](crate::reset::Proof::Link)). All other messages have the texts of the service: notices, such as that an
    /// account has no password; the link to choose a first password; messages that are
    /// [sent again](Self::resend); and the last two within the period of [`Limits::messages`], which leave the
    /// owner a link that works whatever others make the author ask for.
    ///
    /// [`Limits::messages`]: crate::reset::Limits::messages
    /// [`Limits::requests_of_caller`]: crate::reset::Limits::requests_of_caller
    ///
    #[cfg_attr(feature = "memory", doc = "```")]
    #[cfg_attr(not(feature = "memory"), doc = "```ignore")]
    /// # pollster::block_on(async {
    /// # use repass::account::Lookup;
    /// # use repass::key::{Key, KeyId, Keyring};
    /// # use repass::message::{LinkForm, ResetLink};
    /// # use repass::recovery::Recovery;
    /// # use repass::secret::Seed;
    /// use repass::reset::{Author, AuthorText, Flow};
    ///
    /// # let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut repass::SysRng)?);
    /// # let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
    /// # let now = repass::time::UtcDateTime::from_unix_timestamp(1_700_000_000)?;
    /// let flow = Flow::builder(keyring, page).author(Author::new("mapi").hex()).build()?;
    /// let recovery = Recovery::new(flow, repass::memory::MemoryPorts::new([]));
    ///
    /// // The host has authenticated the caller as "mapi".
    /// let author = recovery.flow().author("mapi").ok_or("no author")?;
    /// let request = author.request(AuthorText::mail("Your code: [%resetpasswd_checkcode%]"))?;
    /// let lookup = Lookup::email("ada@example.org")?;
    /// let seed = Seed::generate(&mut repass::SysRng)?;
    /// let _handle = recovery.request_by_author(request, lookup, seed, now).await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// As [`request`](Self::request), and [`RequestError::OtherScope`] if the flow has no such author, or the
    /// author is one of another purpose or tenant.
    pub fn request_by_author(
        &self,
        request: AuthorRequest,
        lookup: Lookup,
        seed: Seed,
        now: UtcDateTime,
    ) -> Step<'_, Result<Handle, RequestError>> {
        let AuthorRequest { scope, author, text } = request;
        let source = self.source_of(&author).filter(|_| scope == self.scope_tag);
        let made = self.new_request(lookup, Delivery::LINK, seed, now);
        operation(move |ports| async move {
            let source = source.ok_or(RequestError::OtherScope)?;
            let (request, handle) = made.map_err(RequestError::Clock)?;
            self.asked(&ports, request.with_text(text), Some(&source), now).await?;
            Ok(handle)
        })
    }
}
