use core::time::Duration;

use repass::reset::Limits;

use super::{ConfigurationError, Section};

type Read<T> = Result<T, ConfigurationError>;
type Setter = fn(Limits, u32, Duration) -> Limits;
type NumberSetter = fn(Limits, u32) -> Limits;

/// Whether they are safe is asked when the flow is built.
pub(super) fn limits(section: Option<Section>) -> Read<Limits> {
    let mut limits = Limits::default();
    let Some(mut section) = section else { return Ok(limits) };
    let within: [(&'static str, Setter); 6] = [
        ("requests_of_identifier", Limits::requests_of_identifier),
        ("requests_of_source", Limits::requests_of_source),
        ("requests_of_caller", Limits::requests_of_caller),
        ("messages", Limits::messages),
        ("sign_ins_of_identifier", Limits::sign_ins_of_identifier),
        ("sign_ins_of_source", Limits::sign_ins_of_source),
    ];
    for (key, set) in within {
        if let Some((max, period)) = limit(&mut section, key)? {
            limits = set(limits, max, period);
        }
    }
    let numbers: [(&'static str, NumberSetter); 3] = [
        ("present_passwords_an_hour", Limits::present_passwords),
        ("sign_ins_of_account_a_day", Limits::sign_ins_of_account),
        ("administered_an_hour", Limits::administered),
    ];
    for (key, set) in numbers {
        if let Some(number) = section.number(key, 1..=u32::MAX)? {
            limits = set(limits, number);
        }
    }
    let per_handle = section.number("tries_of_handle", 1..=100)?;
    let per_day = section.number("tries_a_day", 1..=100)?;
    if per_handle.is_some() || per_day.is_some() {
        limits = limits.tries(per_handle.unwrap_or(5), per_day.unwrap_or(15));
    }
    section.end()?;
    Ok(limits)
}

fn limit(section: &mut Section, key: &'static str) -> Read<Option<(u32, Duration)>> {
    let example = format!("{key} = {{ max = 10, seconds = 300 }}");
    let Some(mut table) = section.section(key)? else { return Ok(None) };
    let max = table.number("max", 1..=u32::MAX)?;
    let period = table.seconds("seconds", 1..=24 * 60 * 60)?;
    table.end()?;
    match (max, period) {
        (Some(max), Some(period)) => Ok(Some((max, period))),
        _ => Err(section.error(key, "must have max and seconds", &example)),
    }
}
