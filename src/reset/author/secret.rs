use alloc::boxed::Box;
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
use crate::throttle::Source;
use crate::token::{HexToken, Token};

/// The text of an author for a message with a secret. It has one recipient, as each message with a secret:
/// there are no copies of it.
///
/// ```compile_fail
/// # fn f(secret: repass::reset::AuthorSecret) {
/// let copied = secret.copies(["archive@example.org"], []);
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct AuthorSecret {
    /// Only a flow of this scope sends it.
    scope: ScopeTag,
    source: Source,
    text: Box<SecretText>,
}

impl fmt::Debug for AuthorSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthorSecret(..)")
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
    /// not.
    ///
    /// # Errors
    ///
    /// [`AuthorError`] says what cannot be sent.
    pub fn secret(&self, text: AuthorText<'_>) -> Result<AuthorSecret, AuthorError> {
        let longest = [b'x'; HexToken::CHARACTERS];
        let length = if self.author.hex { HexToken::CHARACTERS } else { Token::CHARACTERS };
        let longest = longest.get(..length).and_then(|text| core::str::from_utf8(text).ok());
        let channel = text.channel().clone();
        let written = self.written(text, Some(longest.unwrap_or_default()))?;
        Ok(AuthorSecret {
            scope: self.flow.scope_tag,
            source: self.source.clone(),
            text: Box::new(SecretText { channel, hex: self.author.hex, written }),
        })
    }
}

impl Flow {
    /// Takes a request of an author, like [`request`](Self::request): the owner of the account gets the text
    /// of the author with the token of a link, by the channel of the text, and nobody else gets it.
    ///
    /// The token is to be typed or sent on to where the password is set: it resets the password like the
    /// link that it is ([`Proof::Link`](crate::reset::Proof::Link)). All other messages, such as the notice that an account
    /// has no password, or one that is [sent again](Self::resend), have the texts of the service.
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
    /// let secret = author.secret(AuthorText::mail("Your code: [%resetpasswd_checkcode%]"))?;
    /// let lookup = Lookup::email("ada@example.org")?;
    /// let seed = Seed::generate(&mut repass::SysRng)?;
    /// let _handle = recovery.request_by_author(secret, lookup, seed, now).await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// As [`request`](Self::request), and [`RequestError::OtherScope`] if the author is one of another
    /// purpose or tenant.
    pub fn request_by_author(
        &self,
        secret: AuthorSecret,
        lookup: Lookup,
        seed: Seed,
        now: UtcDateTime,
    ) -> Step<'_, Result<Handle, RequestError>> {
        let AuthorSecret { scope, source, text } = secret;
        let made = self.new_request(lookup, Delivery::LINK, seed, now);
        operation(move |ports| async move {
            if scope != self.scope_tag {
                return Err(RequestError::OtherScope);
            }
            let (request, handle) = made.map_err(RequestError::Clock)?;
            self.asked(&ports, request.with_text(text), Some(&source), now).await?;
            Ok(handle)
        })
    }
}
