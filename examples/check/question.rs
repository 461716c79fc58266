//! A line of the input.

use repass::policy::Personal;
use repass::secret::Password;
use serde_json::{Map, Value};

pub(crate) struct Question<'a> {
    pub(crate) text: &'a str,
    /// As it was typed, so that verdicts can be compared with those of systems that do not normalise; `None`
    /// if it is longer than any password that is hashed.
    pub(crate) password: Option<Password>,
    pub(crate) about: Personal<'a>,
    pub(crate) old: Option<Password>,
    pub(crate) earlier: Vec<&'a str>,
    /// How often it was seen in breaches.
    pub(crate) breaches: u64,
}

pub(crate) fn parse(line: &[u8]) -> Result<Value, String> {
    let line = core::str::from_utf8(line)
        .map_err(|error| format!("not UTF-8 from byte {}", error.valid_up_to()))?;
    serde_json::from_str(line).map_err(|error| format!("not JSON at column {}", error.column()))
}

impl<'a> Question<'a> {
    pub(crate) fn of(value: &'a Value) -> Result<Self, String> {
        let object = value.as_object().ok_or("not an object")?;
        let typed = text(object, "password")?.ok_or("password is missing")?;
        let password = Password::verbatim(typed).ok();
        let about = match object.get("user") {
            None | Some(Value::Null) => Personal::none(),
            Some(Value::Object(user)) => Personal::none()
                .username(text(user, "username")?)
                .first_name(text(user, "first_name")?)
                .last_name(text(user, "last_name")?)
                .email(text(user, "email")?),
            Some(_) => return Err("user is neither an object nor null".into()),
        };
        let earlier = match object.get("earlier") {
            None | Some(Value::Null) => Vec::new(),
            Some(earlier) => texts(earlier).ok_or("earlier is not a list of strings")?,
        };
        let breaches = match object.get("breaches") {
            None | Some(Value::Null) => 0,
            Some(count) => count.as_u64().ok_or("breaches is not a count")?,
        };
        let old = text(object, "old")?.map(Password::verbatim).transpose();
        let old = old.map_err(|error| error.to_string())?;
        Ok(Self { text: typed, password, about, old, earlier, breaches })
    }
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, String> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("{name} is not a string")),
    }
}

fn texts(list: &Value) -> Option<Vec<&str>> {
    list.as_array()?.iter().map(Value::as_str).collect()
}
