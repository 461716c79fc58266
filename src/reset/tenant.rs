use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::flow::Settings;
use super::mail::MailDraft;
use super::{Author, Flow, FlowError, Limits};
use crate::language::Language;
use crate::message::{Messages, ResetLink};
use crate::scope::Scope;

/// The flow of a tenant in the making; see [`Flow::for_tenant`].
#[derive(Debug)]
#[must_use]
pub struct TenantBuilder {
    flow: Flow,
    scope: Scope,
    mail: MailDraft,
    limits: Limits,
    callers: Vec<String>,
    authors: Vec<Author>,
}

impl TenantBuilder {
    pub(super) fn new(flow: Flow, scope: Scope) -> Self {
        let mail = MailDraft {
            page: flow.mail.page.clone(),
            stop_page: flow.mail.stop_page.clone(),
            site: flow.mail.given_site.clone(),
            language: flow.mail.language,
            messages: Some(flow.mail.messages.clone()),
        };
        let limits = flow.limits();
        Self { flow, scope, mail, limits, callers: Vec::new(), authors: Vec::new() }
    }

    /// The page that links of the tenant lead to.
    pub fn page(mut self, page: ResetLink) -> Self {
        self.mail.page = page;
        self
    }

    /// The page of the tenant for people who did not do what a message tells: see
    /// [`FlowBuilder::stop_page`](super::FlowBuilder::stop_page).
    pub fn stop_page(mut self, page: ResetLink) -> Self {
        self.mail.stop_page = Some(page);
        self
    }

    /// What messages call the tenant's service, 1 to 80 characters; what the flow was given, or else the
    /// host of the page, by default.
    pub fn site(mut self, name: &str) -> Self {
        self.mail.site = Some(name.into());
        self
    }

    /// The texts of the tenant's messages.
    pub fn messages(mut self, messages: Messages) -> Self {
        self.mail.messages = Some(messages);
        self
    }

    /// The language of messages to accounts that have none, and of those that have no text in the
    /// language of the account.
    pub fn language(mut self, language: Language) -> Self {
        self.mail.language = language;
        self
    }

    /// How often people, strangers and callers of the tenant can ask and try; those of the flow by default.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Trusts the caller of this name with secrets of the tenant's accounts: see
    /// [`FlowBuilder::trusted_caller`](super::FlowBuilder::trusted_caller). Those whom the service trusts
    /// are not trusted by its tenants.
    pub fn trusted_caller(mut self, name: &str) -> Self {
        self.callers.push(name.into());
        self
    }

    /// Lets an author write the texts of the tenant's messages: see
    /// [`FlowBuilder::author`](super::FlowBuilder::author). Those of the service may not.
    pub fn author(mut self, author: Author) -> Self {
        self.authors.push(author);
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// [`FlowError`] names the setting that cannot be used.
    pub fn build(self) -> Result<Flow, FlowError> {
        let of_all = Settings::clone(&self.flow.settings);
        let Self { limits, callers, authors, .. } = self;
        let settings = Settings { limits, callers, authors, ..of_all }.checked()?;
        let mail = Arc::new(self.mail.complete(&settings)?);
        Ok(Flow::new(self.flow.keyring, self.scope, settings, mail))
    }
}
