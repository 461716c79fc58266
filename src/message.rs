//! Messages: templates, the links in them, and what comes out.

mod link;
mod rendered;
mod template;

pub use self::link::{LinkError, LinkForm, ResetLink};
pub use self::rendered::Message;
pub use self::template::{Template, TemplateError};

pub(crate) use self::template::{Values, plain};
