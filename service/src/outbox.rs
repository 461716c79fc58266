//! Keeps messages in memory and shows them: for a demonstration and for tests.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use std::sync::{Mutex, PoisonError};

use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Json, Router};
use repass::message::Message;
use repass::port::{Delivered, Notifier, PortError};
use repass::time::UtcDateTime;
use serde::Serialize;

use crate::html::escape;

/// How many messages are kept; the oldest ones go first.
const MOST: usize = 10_000;

/// Messages in place of their delivery. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outbox {
    messages: Arc<Mutex<VecDeque<Shown>>>,
}

/// A message, as scripts read it. The names are fixed.
#[derive(Clone, Debug, Serialize)]
struct Shown {
    to: String,
    channel: &'static str,
    subject: String,
    text: String,
    html: Option<String>,
    at: String,
}

impl Outbox {
    pub(crate) fn routes(self) -> Router {
        Router::new().route("/outbox", get(page)).route("/outbox.json", get(json)).with_state(self)
    }

    fn all(&self) -> Vec<Shown> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

impl Notifier for Outbox {
    async fn deliver(&self, message: &Message, now: UtcDateTime) -> Result<Delivered, PortError> {
        let channel = if message.channel().name() == "sms" { "sms" } else { "email" };
        let shown = Shown {
            to: message.to().as_str().to_owned(),
            channel,
            subject: message.subject().to_owned(),
            text: message.expose_secret().to_owned(),
            html: message.expose_html().map(str::to_owned),
            at: rfc3339(now),
        };
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        if messages.len() >= MOST {
            messages.pop_front();
        }
        messages.push_back(shown);
        Ok(Delivered::Taken)
    }
}

/// A moment as RFC 3339 has it, in UTC and whole seconds.
pub(crate) fn rfc3339(at: UtcDateTime) -> String {
    let (date, time) = (at.date(), at.time());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

async fn json(State(outbox): State<Outbox>) -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-store")], Json(outbox.all()))
}

async fn page(State(outbox): State<Outbox>) -> impl IntoResponse {
    let messages: String = outbox.all().iter().rev().map(Shown::article).collect();
    let policy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    let page = format!(
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<title>Outbox</title>\n<main>\n\
         <h1>Outbox</h1>\n<p>What this service would have sent, the newest first. Scripts read \
         <a href=/outbox.json>/outbox.json</a>.</p>\n{messages}</main>\n</html>\n"
    );
    (headers, Html(page))
}

impl Shown {
    fn article(&self) -> String {
        let subject = if self.subject.is_empty() { "Text message" } else { &self.subject };
        let text: Vec<_> = self.text.split('\n').map(line).collect();
        format!(
            "<article>\n<h2>{}</h2>\n<p>To {} by {}, at {}</p>\n<pre>{}</pre>\n</article>\n",
            escape(subject),
            escape(&self.to),
            self.channel,
            self.at,
            text.join("\n")
        )
    }
}

/// A line whose address, if it is nothing else, can be clicked.
fn line(text: &str) -> String {
    let escaped = escape(text);
    let address = text.starts_with("http://") || text.starts_with("https://");
    if address && !text.contains(' ') {
        format!("<a href=\"{escaped}\" rel=noreferrer>{escaped}</a>")
    } else {
        escaped
    }
}
