use repass::time::UtcDateTime;

/// The one place that reads a clock.
#[expect(clippy::disallowed_methods, reason = "services read clocks, the libraries do not")]
pub(crate) fn now() -> UtcDateTime {
    UtcDateTime::now()
}
