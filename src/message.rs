//! Messages: their texts in each language, the links in them, and the result that is delivered.

mod authored;
mod body;
mod catalogue;
mod durations;
mod english;
mod error;
mod html;
mod joining;
mod kind;
mod link;
mod parse;
mod plain;
mod rendered;
mod segments;
mod sender;
mod slot;
mod template;
mod text;

pub use self::catalogue::{Messages, MessagesBuilder};
pub use self::error::{MessagePart, MessagesError, TemplateError};
pub use self::kind::MessageKind;
pub use self::link::{Link, LinkError, LinkForm, ResetLink};
pub use self::rendered::{Message, Rendered};
pub use self::segments::{Encoding, Segments};
pub use self::sender::Sender;
pub use self::template::{Placeholder, RenderError, Template, Value};
pub use self::text::MessageText;

pub(crate) use self::authored::{Authored, AuthoredValues};
pub(crate) use self::catalogue::LongestSms;
pub(crate) use self::plain::{NAME_CHARACTERS, plain};
pub(crate) use self::sender::{Authorship, Copies, is_name, is_sms_name, is_subject};
pub(crate) use self::slot::Values;
