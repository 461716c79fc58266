//! Reads the named texts of a body: multipart, urlencoded or JSON.

mod json;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Multipart};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Request};
use percent_encoding::percent_decode;
use zeroize::Zeroizing;

use crate::configuration::Http;
use crate::headers::one;

/// The parameters of a request. Values are wiped on drop.
#[derive(Default)]
pub(crate) struct Parameters(Vec<(String, Zeroizing<String>)>);

/// The most parameters of a request. The systems have at most 14.
const MOST: usize = 32;

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Multipart,
    Urlencoded,
}

/// Why a body cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// It is longer than a body may be.
    TooLong,
    /// It has not arrived in time.
    TooLate,
    /// It has another media type than those that are read.
    MediaType,
    /// It is not what its media type says, or a name or value is no text.
    Malformed,
    /// A name is there twice.
    Twice,
    /// There are more parameters than any system has.
    TooMany,
}

impl BodyError {
    /// The status of an answer, where a document does not say another.
    pub(crate) const fn status(self) -> u16 {
        match self {
            Self::TooLate => 408,
            Self::TooLong => 413,
            Self::MediaType => 415,
            Self::Malformed | Self::Twice | Self::TooMany => 400,
        }
    }

    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::TooLate => "The request did not arrive in time.",
            Self::TooLong => "The request is too long.",
            Self::MediaType => "The media type of the request is not supported.",
            Self::Malformed => "The request cannot be read.",
            Self::Twice => "A parameter is repeated.",
            Self::TooMany => "There are too many parameters.",
        }
    }
}

impl Parameters {
    /// The value of a name; none if it is missing or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.iter().find(|(own, _)| own == name);
        value.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Reads a body in one of these formats.
    pub(crate) async fn read(
        parts: &Parts,
        body: Body,
        http: &Http,
        formats: &[Format],
    ) -> Result<Self, BodyError> {
        let (format, bytes) = Self::bytes(parts, body, http, formats).await?;
        match format {
            Format::Json => json::read(&bytes),
            Format::Multipart => multipart(&parts.headers, bytes).await,
            Format::Urlencoded => Self::urlencoded(&bytes),
        }
    }

    /// The bytes of a body in one of these formats.
    pub(crate) async fn bytes(
        parts: &Parts,
        body: Body,
        http: &Http,
        formats: &[Format],
    ) -> Result<(Format, Bytes), BodyError> {
        let format = Format::of(&parts.headers).filter(|format| formats.contains(format));
        let format = format.ok_or(BodyError::MediaType)?;
        let bytes = tokio::time::timeout(http.body_time(), to_bytes(body, http.body_limit)).await;
        let bytes = bytes.map_err(|_| BodyError::TooLate)?.map_err(|_| BodyError::TooLong)?;
        Ok((format, bytes))
    }

    /// These and others, in which no name is there twice.
    pub(crate) fn and(mut self, others: Self) -> Result<Self, BodyError> {
        for (name, value) in others.0 {
            self.add(name, value)?;
        }
        Ok(self)
    }

    /// Adds one, and refuses the first that is too much: callers without credentials are read as well.
    fn add(&mut self, name: String, value: Zeroizing<String>) -> Result<(), BodyError> {
        if self.0.len() >= MOST {
            return Err(BodyError::TooMany);
        }
        if self.0.iter().any(|(other, _)| *other == name) {
            return Err(BodyError::Twice);
        }
        self.0.push((name, value));
        Ok(())
    }

    /// Reads a query or a body in its form, as browsers write it: `+` is a space, and what is no escape is
    /// taken as it is.
    pub(crate) fn urlencoded(bytes: &[u8]) -> Result<Self, BodyError> {
        let pairs = bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
        let mut parameters = Self::default();
        for pair in pairs {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decoded(halves.next().unwrap_or_default())?;
            parameters.add(name.to_string(), decoded(halves.next().unwrap_or_default())?)?;
        }
        Ok(parameters)
    }
}

fn decoded(text: &[u8]) -> Result<Zeroizing<String>, BodyError> {
    let spaced = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte });
    let spaced = Zeroizing::new(spaced.collect::<Vec<_>>());
    let decoded = percent_decode(&spaced).decode_utf8().map_err(|_| BodyError::Malformed)?;
    Ok(Zeroizing::new(decoded.into_owned()))
}

impl Format {
    /// By the media type; its parameters and its letter case do not matter.
    fn of(headers: &HeaderMap) -> Option<Self> {
        let value = one(headers, CONTENT_TYPE).ok()??;
        let media_type = value.split(';').next().unwrap_or_default().trim();
        [
            ("application/json", Self::Json),
            ("multipart/form-data", Self::Multipart),
            ("application/x-www-form-urlencoded", Self::Urlencoded),
        ]
        .into_iter()
        .find_map(|(name, format)| media_type.eq_ignore_ascii_case(name).then_some(format))
    }
}

/// The parts of a form. A file, and a body without its last boundary, are no such form.
async fn multipart(headers: &HeaderMap, bytes: Bytes) -> Result<Parameters, BodyError> {
    let malformed = |_| BodyError::Malformed;
    let mut request = Request::new(Body::from(bytes));
    if let Some(value) = headers.get(CONTENT_TYPE) {
        request.headers_mut().insert(CONTENT_TYPE, value.clone());
    }
    let mut multipart =
        Multipart::from_request(request, &()).await.map_err(|_| BodyError::Malformed)?;
    let mut parameters = Parameters::default();
    while let Some(field) = multipart.next_field().await.map_err(malformed)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name.is_empty() || field.file_name().is_some() {
            return Err(BodyError::Malformed);
        }
        let value = field.bytes().await.map_err(malformed)?;
        let value = core::str::from_utf8(&value).map_err(|_| BodyError::Malformed)?;
        parameters.add(name, Zeroizing::new(value.to_owned()))?;
    }
    Ok(parameters)
}
