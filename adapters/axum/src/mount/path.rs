use super::MountError;

/// A path that routes are below: nothing that a router, a browser or a proxy reads in another way.
pub(super) fn base_path(text: &str) -> Result<String, MountError> {
    let Some(rest) = text.strip_prefix('/') else {
        return if text.is_empty() { Ok(String::new()) } else { Err(MountError::Path) };
    };
    if rest.split('/').all(is_segment) { Ok(text.to_owned()) } else { Err(MountError::Path) }
}

/// A path that a form leads to on this origin: `//` would name another host.
pub(super) fn local_path(text: &str) -> Result<String, MountError> {
    let path = text.strip_suffix('/').unwrap_or(text);
    base_path(path)?;
    if text.starts_with('/') { Ok(text.to_owned()) } else { Err(MountError::Path) }
}

pub(super) fn parameter_name(text: &str) -> Result<String, MountError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=32).contains(&text.len()) && text.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err(MountError::Name)
    }
}

fn is_segment(text: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    !text.is_empty() && text != "." && text != ".." && text.bytes().all(plain)
}
