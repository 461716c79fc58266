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
use crate::reset::caps::AUTHORS_NOTICES;
use crate::reset::notice::Notice;
use crate::reset::step::{Asker, Step, operation};
use crate::reset::{AfterReset, Flow, WrongAnswer, counting, pushing};
use crate::scope::ScopeTag;
use crate::throttle::{Once, Source, ThrottleKey};

/// The text of an author for a notice that a password was set, and who gets copies of it. It carries no
/// secret, and belongs to no account: [`Flow::send_notice`] says whose password it is about.
#[derive(Clone)]
#[must_use]
pub struct AuthorNotice {
    /// Only a flow of this scope sends it, if it has the author.
    scope: ScopeTag,
    author: String,
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

    /// Sets who gets copies: those whom the header names (`cc`), and others (`bcc`), in place of those that were
    /// set before. The [configuration](super::Author) must name all of them. An address that is there twice
    /// gets one.
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
    /// Repeated, it counts those for whom it still waits.
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
    /// let text = AuthorText::mail("Dear [%first_name%], it is done.").sender("support@example.org");
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
            author: self.author.name.clone(),
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
    /// that the channel reaches, and a copy to each recipient of copies.
    ///
    /// It comes in addition to the notices of the service, which [`settle`](Self::settle) sends in any
    /// case: no author can keep a change from the owner of an account. Each recipient counts for the
    /// author ([`Limits::notices_of_author`]), and a text message counts for caps of the same size as those
    /// of the service; beyond that, a recipient is left out. An author can send one notice for a change: if the
    /// step is repeated, nobody gets it twice while it waits. A process that crashes before this step loses
    /// it, unlike a notice of the service.
    ///
    /// [`Limits::notices_of_author`]: crate::reset::Limits::notices_of_author
    ///
    /// # Errors
    ///
    /// The step ends with a [`PortFailure`] if a port failed, if the notice or the change is one of another
    /// purpose or tenant, and if the flow has no such author.
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
        let is_own = attempt.scope == self.scope_tag && notice.scope == self.scope_tag;
        let Some(source) = self.source_of(&notice.author).filter(|_| is_own) else {
            return Err(PortFailure::new(Port::Attempts, WrongAnswer.into()));
        };
        let (account, owner, id) = (after.account().clone(), after.owner(), attempt.id);
        let mut told = NoticeSent { account, attempt: id, sent: 0, left_out: 0 };
        let reached = |to: &&Contact| to.channel() == notice.channel && self.sends_to(to);
        let Some(to) = owner.verified().find(reached) else { return Ok(told) };
        let mut recipients: Vec<&Contact> = Vec::new();
        for recipient in [to].into_iter().chain(&notice.cc).chain(&notice.bcc) {
            if !recipients.iter().any(|known| known.same_mailbox(recipient)) {
                recipients.push(recipient);
            }
        }
        for recipient in recipients {
            if !self.counted_author(ports, &source, recipient, after, now).await? {
                told.left_out = told.left_out.saturating_add(1);
                continue;
            }
            let copies = Copies { addressed_to: to.clone(), cc: notice.cc.clone() };
            let (author, written) = (notice.author.clone(), notice.written.clone());
            let written = WrittenNotice { author, copies, written };
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
        source: &Source,
        recipient: &Contact,
        after: &AfterReset,
        now: UtcDateTime,
    ) -> Result<bool, PortFailure> {
        let kind = "notices of an author";
        let key = ThrottleKey::source(&self.keyring, &self.scope, kind, source);
        let quota = self.settings.limits.notices_of_author.quota();
        if counting(ports, key, quota, None, now).await?.left().is_none() {
            return Ok(false);
        }
        if recipient.is_mailbox() {
            return Ok(true);
        }
        let once = Once::new(&after.attempt().row().id, 0);
        self.counted_notice(ports, AUTHORS_NOTICES, after.account(), once, now).await
    }
}

/// What the entry of a notice has in addition that an author wrote.
#[derive(Clone)]
pub(in crate::reset) struct WrittenNotice {
    author: String,
    copies: Copies,
    written: Written,
}

impl WrittenNotice {
    pub(in crate::reset) fn author(&self) -> &str {
        &self.author
    }

    /// The author, the person whom it is for, the number of those whom the header names, they themselves, and
    /// the text.
    pub(in crate::reset) fn put(&self, bytes: &mut Vec<u8>) {
        put_long_text(bytes, &self.author);
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
        let author = body.long_text()?.into();
        let addressed_to = Contact::read(channel.name(), body.long_text()?)?;
        let mut cc = Vec::new();
        for _ in 0..body.byte()? {
            cc.push(Contact::read(Channel::EMAIL.name(), body.long_text()?)?);
        }
        let copies = Copies { addressed_to, cc };
        Some(Some(Self { author, copies, written: Written::read(body)? }))
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
