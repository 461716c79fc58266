use repass::account::{Lookup, LookupError};
use repass::port::Ports;
use repass::reset::{Delivery, Handle};
use repass::throttle::Source;

use crate::app::Call;
use crate::fields::Fields;
use crate::host::Host;
use crate::problem::Problem;

/// The one field that says who is meant: `who` for an address or a user name, or one that says which of
/// them it is.
pub(crate) fn lookup<P: Ports + 'static, H: Host>(
    call: &Call<'_, P, H>,
    fields: &mut Fields,
) -> Result<Lookup, Problem> {
    type Read = fn(&str) -> Result<Lookup, LookupError>;
    let kinds: [(&'static str, Read); 4] = [
        ("who", Lookup::email_or_login),
        ("email", Lookup::email),
        ("login", Lookup::login),
        ("phone", Lookup::phone),
    ];
    let mut found = None;
    for (name, read) in kinds {
        if let Some(text) = fields.take(name) {
            if found.is_some() {
                return Err(Problem::field("field_ambiguous", name));
            }
            found = Some((name, read, text));
        }
    }
    let (name, read, text) = found.ok_or(Problem::field("field_missing", "who"))?;
    read(&text).map_err(|error| call.refuse(&error).in_field(name))
}

/// What is asked for: `by` is `link`, which is the default, `code` or `link_and_code`.
pub(crate) fn delivery(fields: &mut Fields) -> Result<(Delivery, bool), Problem> {
    match fields.take("by").as_ref().map(|by| by.as_str()) {
        None | Some("link") => Ok((Delivery::LINK, false)),
        Some("code") => Ok((Delivery::CODE, true)),
        Some("link_and_code") => Ok((Delivery::LINK_AND_CODE, true)),
        Some(_) => Err(Problem::field("field_invalid", "by")),
    }
}

/// Takes a request. It is in the queue before anything is answered, and nobody has been looked up.
pub(crate) async fn request<P: Ports + 'static, H: Host>(
    call: &Call<'_, P, H>,
    lookup: Lookup,
    delivery: Delivery,
    source: Source,
) -> Result<Handle, Problem> {
    let seed = call.seed()?;
    let requested = call.recovery().request(lookup, delivery, Some(source), seed, call.now).await;
    match requested {
        Ok(handle) => {
            call.accepted("request_accepted");
            Ok(handle)
        }
        Err(error) => Err(call.refuse(&error)),
    }
}

/// Asks for the message once more: how many seconds it is until it can be asked for again.
pub(crate) async fn resend<P: Ports + 'static, H: Host>(
    call: &Call<'_, P, H>,
    handle: &str,
) -> Result<u64, Problem> {
    match call.recovery().resend(handle, call.now).await {
        Ok(next) => {
            call.accepted("resend_accepted");
            Ok(call.until(next))
        }
        Err(error) => Err(call.refuse(&error)),
    }
}
