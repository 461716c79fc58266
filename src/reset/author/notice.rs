use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use time::UtcDateTime;

use super::text::{Written, is_same};
use super::{AuthorError, AuthorText, TrustedAuthor};
use crate::account::{AccountId, Channel, Contact};
use crate::attempt::AttemptId;
use crate::bytes::{Reader, put_long_text};
use crate::event::Event;
use crate::message::{AuthoredValues, Authorship, Copies, Message};
use crate::port::{Port, PortFailure};
use crate::reset::notice::Notice;
use crate::reset::step::{Asker, Step, operation};
use crate::reset::{AfterReset, Flow, WrongAnswer, counting, pushing};
use crate::scope::ScopeTag;
use crate::throttle::{Once, Source, ThrottleKey};

/// The text of an author for a notice that a password was set, and who gets copies of it. It carries no
/// secret.
#[derive(Clone)]
#[must_use]
pub struct AuthorNotice {
    /// Only a flow of this scope sends it.
    scope: ScopeTag,
    source: Source,
    channel: Channel,
    written: Written,
    /// The addresses to which its author may send copies.
    known: Vec<String>,
    cc: Vec<Contact>,
    bcc: Vec<Contact>,
}

impl AuthorNotice {
    /// The most copies, `Cc` and `Bcc` together.
    pub const MAX_COPIES: usize = 5;

    /// Sends copies to those whom the header names (`cc`), and to others (`bcc`). The
    /// [configuration](super::Author) must name all of them.
    ///
    /// # Errors
    ///
    /// [`AuthorError`] says which recipient is not allowed, or that there are too many.
    pub fn copies<'a>(
        self,
        cc: impl IntoIterator<Item = &'a str>,
        bcc: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, AuthorError> {
        let mut number = 0_usize;
        let mut recipient = |given: &str| {
            number = number.saturating_add(1);
            if number > Self::MAX_COPIES {
                return Err(AuthorError::TooManyCopies);
            }
            let known = self.known.iter().find(|known| is_same(known, given, true));
            known.and_then(|known| Contact::email(known).ok()).ok_or(AuthorError::Copy { number })
        };
        let cc = cc.into_iter().map(&mut recipient).collect::<Result<Vec<_>, _>>()?;
        let bcc = bcc.into_iter().map(&mut recipient).collect::<Result<Vec<_>, _>>()?;
        if number > 0 && self.channel != Channel::EMAIL {
            return Err(AuthorError::CopiesOfSms);
        }
        Ok(Self { cc, bcc, ..self })
    }
}

impl fmt::Debug for AuthorNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthorNotice(..)")
    }
}

/// What became of the notice of an author.
#[derive(Debug)]
#[must_use]
pub struct NoticeSent {
    account: AccountId,
    attempt: AttemptId,
    sent: usize,
    left_out: usize,
}

impl NoticeSent {
    /// To how many recipients it is on its way: the owner of the account, and those who get copies.
    #[must_use]
    pub const fn sent(&self) -> usize {
        self.sent
    }

    /// To how many recipients it was not sent, because the author has written as many notices as it may, or
    /// because a cap of text messages was reached.
    #[must_use]
    pub const fn left_out(&self) -> usize {
        self.left_out
    }

    /// The event for the log, with account and attempt: `author_notice_sent`, `author_notice_left_out` if
    /// somebody does not get it, or `author_notice_no_recipient` if the account has no contact for it.
    pub fn event(&self) -> Event {
        let code = match (self.sent, self.left_out) {
            (0, 0) => "author_notice_no_recipient",
            (_, 0) => "author_notice_sent",
            _ => "author_notice_left_out",
        };
        Event::new(code).with_account(self.account.clone()).with_attempt(self.attempt)
    }
}

impl TrustedAuthor<'_> {
    /// A text for a notice, which [`Flow::send_notice`] sends.
    ///
    /// ```
    /// # use repass::key::{Key, KeyId, Keyring};
    /// # use repass::message::{LinkForm, ResetLink};
    /// use repass::reset::{Author, AuthorText, Flow};
    ///
    /// # let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut repass::SysRng)?);
    /// # let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
    /// let mapi = Author::new("mapi").sender("support@example.org").copies_to("log@example.org");
    /// let flow = Flow::builder(keyring, page).author(mapi).build()?;
    ///
    /// // The host has authenticated the caller as "mapi".
    /// let author = flow.author("mapi").ok_or("no author")?;
    /// let text = AuthorText::mail("Dear [%first_name%], it is done.").from("support@example.org");
    /// let notice = author.notice(text)?.copies(["log@example.org"], [])?;
    /// # let _ = notice;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`AuthorError`] says what cannot be sent. A notice cannot have the placeholder of a secret.
    pub fn notice(&self, text: AuthorText<'_>) -> Result<AuthorNotice, AuthorError> {
        let channel = text.channel().clone();
        Ok(AuthorNotice {
            scope: self.flow.scope_tag,
            source: self.source.clone(),
            channel,
            written: self.written(text, None)?,
            known: self.author.copies_to.clone(),
            cc: Vec::new(),
            bcc: Vec::new(),
        })
    }
}

impl Flow {
    /// Sends the notice of an author after a password was set: to the first verified contact of the account
    /// that the channel reaches, and then a copy to everybody else.
    ///
    /// It comes in addition to the notices of the service, which [`settle`](Self::settle) sends in any
    /// case: no author can keep a change from the owner of an account. Each recipient counts for the
    /// author ([`Limits::notices_of_author`](crate::reset::Limits::notices_of_author)); beyond that, a recipient is left out.
    /// If it is sent again for the same change, nobody gets it twice while it waits. A process
    /// that crashes before this step loses it, unlike a notice of the service.
    ///
    /// # Errors
    ///
    /// The step ends with a [`PortFailure`] if a port failed, and if the notice or the change is one of
    /// another purpose or tenant.
    pub fn send_notice<'a>(
        &'a self,
        after: &'a AfterReset,
        notice: &'a AuthorNotice,
        now: UtcDateTime,
    ) -> Step<'a, Result<NoticeSent, PortFailure>> {
        operation(move |ports| async move { self.noticed(&ports, after, notice, now).await })
    }

    async fn noticed(
        &self,
        ports: &Asker,
        after: &AfterReset,
        notice: &AuthorNotice,
        now: UtcDateTime,
    ) -> Result<NoticeSent, PortFailure> {
        let attempt = after.attempt().row();
        if attempt.scope != self.scope_tag || notice.scope != self.scope_tag {
            return Err(PortFailure::new(Port::Attempts, WrongAnswer.into()));
        }
        let (account, owner, id) = (after.account().clone(), after.owner(), attempt.id);
        let mut told = NoticeSent { account, attempt: id, sent: 0, left_out: 0 };
        let reached = |to: &&Contact| to.channel() == notice.channel && self.sends_to(to);
        let Some(to) = owner.verified().find(reached) else { return Ok(told) };
        for recipient in [to].into_iter().chain(&notice.cc).chain(&notice.bcc) {
            if !self.counted_author(ports, notice, recipient, after, now).await? {
                told.left_out = told.left_out.saturating_add(1);
                continue;
            }
            let copies = Copies { addressed_to: to.clone(), cc: notice.cc.clone() };
            let written = WrittenNotice { copies, written: notice.written.clone() };
            let own = Notice::new(after.notice_kind(), id, recipient, Some(owner));
            if let Some(entry) = self.queue_notice(&own.written(written)) {
                pushing(ports, entry).await?;
                told.sent = told.sent.saturating_add(1);
            }
        }
        Ok(told)
    }

    /// Counts one recipient of the author, and of a text message in its caps.
    async fn counted_author(
        &self,
        ports: &Asker,
        notice: &AuthorNotice,
        recipient: &Contact,
        after: &AfterReset,
        now: UtcDateTime,
    ) -> Result<bool, PortFailure> {
        let kind = "notices of an author";
        let key = ThrottleKey::source(&self.keyring, &self.scope, kind, &notice.source);
        let quota = self.settings.limits.notices_of_author.quota();
        if counting(ports, key, quota, None, now).await?.left().is_none() {
            return Ok(false);
        }
        // The notices of the service have the first numbers.
        let once = Once::new(&after.attempt().row().id, u32::MAX);
        let by_sms = !recipient.is_mailbox();
        Ok(!by_sms || self.counted_notice(ports, after.account(), once, now).await?)
    }
}

/// What the entry of a notice has in addition that an author wrote.
#[derive(Clone)]
pub(in crate::reset) struct WrittenNotice {
    copies: Copies,
    written: Written,
}

impl WrittenNotice {
    /// The person whom it is for, the number of those whom the header names, they themselves, and the text.
    pub(in crate::reset) fn put(&self, bytes: &mut Vec<u8>) {
        put_long_text(bytes, self.copies.addressed_to.as_str());
        bytes.push(u8::try_from(self.copies.cc.len()).unwrap_or(u8::MAX));
        for cc in &self.copies.cc {
            put_long_text(bytes, cc.as_str());
        }
        self.written.put(bytes);
    }

    /// `Some(None)` at the end of the body.
    pub(in crate::reset) fn read(channel: &Channel, body: &mut Reader<'_>) -> Option<Option<Self>> {
        if body.clone().end().is_some() {
            return Some(None);
        }
        let addressed_to = Contact::read(channel.name(), body.long_text()?)?;
        let mut cc = Vec::new();
        for _ in 0..body.byte()? {
            cc.push(Contact::read(Channel::EMAIL.name(), body.long_text()?)?);
        }
        let copies = Copies { addressed_to, cc };
        Some(Some(Self { copies, written: Written::read(body)? }))
    }

    /// The message with this text in place of that of the service.
    pub(in crate::reset) fn put_into(&self, message: Message, names: [&str; 2]) -> Option<Message> {
        let [first_name, last_name] = names;
        let values = AuthoredValues { first_name, last_name, secret: None };
        let rendered = self.written.render(&message.channel(), &values)?;
        let (sender, copies) = (self.written.sender.clone(), Some(self.copies.clone()));
        Some(message.with_text(rendered, Authorship { sender, copies }))
    }
}
