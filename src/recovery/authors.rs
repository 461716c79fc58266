//! Messages whose texts an author writes.

use time::UtcDateTime;

use super::Recovery;
use super::drive::drive;
use crate::account::Lookup;
use crate::port::{PortFailure, Ports};
use crate::reset::{AfterReset, AuthorNotice, AuthorRequest, Handle, NoticeSent, RequestError};
use crate::secret::Seed;

impl<P: Ports> Recovery<P> {
    /// Takes a request of an author: see [`Flow::request_by_author`](crate::reset::Flow::request_by_author).
    ///
    /// # Errors
    ///
    /// [`RequestError`] says why not.
    pub async fn request_by_author(
        &self,
        request: AuthorRequest,
        lookup: Lookup,
        seed: Seed,
        now: UtcDateTime,
    ) -> Result<Handle, RequestError> {
        drive(self.flow.request_by_author(request, lookup, seed, now), self.ports(), now).await
    }

    /// Sends the notice of an author after a password was set: see
    /// [`Flow::send_notice`](crate::reset::Flow::send_notice).
    ///
    /// # Errors
    ///
    /// [`PortFailure`] names the port that failed.
    pub async fn send_notice(
        &self,
        after: &AfterReset,
        notice: &AuthorNotice,
        now: UtcDateTime,
    ) -> Result<NoticeSent, PortFailure> {
        drive(self.flow.send_notice(after, notice, now), self.ports(), now).await
    }
}
