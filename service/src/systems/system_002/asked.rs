use repass::account::{FieldError, FieldKind, Fields, Lookup};
use repass::reset::Delivery;
use serde::Deserialize;

use crate::users::{EMAIL_FIELD, PHONE_FIELD};

/// The body of "forgot". A member that is there twice is an error.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    email_address: Option<String>,
    search_key_data: Option<SearchKey>,
    recipient_field: Option<RecipientField>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SearchKey {
    schema_name: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RecipientField {
    schema_name: String,
}

/// The fields that a body can name.
pub(super) fn fields() -> Result<Fields, FieldError> {
    Fields::new([(EMAIL_FIELD, FieldKind::Email), (PHONE_FIELD, FieldKind::Phone)])
}

/// Who is looked for, and where the link goes; none if the body does not say that, or says two things.
///
/// By an address the link goes to that address, by another field to the address of the account, unless the body
/// names the field that it goes to.
pub(super) fn read(fields: &Fields, bytes: &[u8]) -> Option<(Lookup, Delivery)> {
    let body: Body = serde_json::from_slice(bytes).ok()?;
    match (body.email_address, body.search_key_data, body.recipient_field) {
        (Some(address), None, None) => Some((Lookup::email(&address).ok()?, Delivery::LINK)),
        (None, Some(key), recipient) => {
            let lookup = fields.lookup(&key.schema_name, &key.value).ok()?;
            let to = recipient.as_ref().map_or(EMAIL_FIELD, |recipient| &recipient.schema_name);
            Some((lookup, Delivery::LINK.to(fields.recipient(to).ok()?)))
        }
        _ => None,
    }
}
