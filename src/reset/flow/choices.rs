//! What a service decides about resending, disclosure, trusted callers and authors.

use super::{Flow, FlowBuilder};
use crate::code::ResendPolicy;
use crate::reset::Author;

impl FlowBuilder {
    /// Which code a message has that is [sent again](Flow::resend); the same one by default.
    ///
    /// Where the last code stays good for a while, a guess is compared with two codes, which doubles the
    /// chance of each guess: [`build`](Self::build) refuses it where that is too much.
    pub fn resend(mut self, policy: ResendPolicy) -> Self {
        self.settings.resend = policy;
        self
    }

    /// Trusts the caller of this name (1 to 255 bytes without control characters) with secrets: read
    /// [`Flow::request_for_caller`] first. Each caller has a name of its own. A flow
    /// [for a tenant](Flow::for_tenant) trusts only the callers that it is given.
    pub fn trusted_caller(mut self, name: &str) -> Self {
        self.settings.callers.push(name.into());
        self
    }

    /// Lets an author write the texts of messages: read [`Author`] first. A flow
    /// [for a tenant](Flow::for_tenant) has only the authors that it is given.
    pub fn author(mut self, author: Author) -> Self {
        self.settings.authors.push(author);
        self
    }

    /// Tells strangers whether an account exists: read [`Flow::disclose`] first. A flow
    /// [for a tenant](Flow::for_tenant) does so too.
    pub fn disclose_accounts(mut self) -> Self {
        self.settings.discloses = true;
        self
    }
}

impl Flow {
    /// Which code a message has that is sent again.
    #[must_use]
    pub fn resend_policy(&self) -> ResendPolicy {
        self.settings.resend
    }
}
