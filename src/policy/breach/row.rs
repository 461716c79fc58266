/// A row of `N` hexadecimal digits, a colon and a count.
pub(super) struct Row<const N: usize> {
    /// In upper case.
    pub(super) hash: [u8; N],
    pub(super) count: u64,
}

impl<const N: usize> Row<N> {
    /// Reads a row without the end of its line.
    pub(super) fn read(line: &[u8]) -> Option<Self> {
        let (digits, rest) = line.split_first_chunk::<N>()?;
        let count = read_count(rest.strip_prefix(b":")?)?;
        let hash = digits.map(|byte| byte.to_ascii_uppercase());
        hash.iter().all(u8::is_ascii_hexdigit).then_some(Self { hash, count })
    }
}

/// Whether a row may begin so: it was cut off before its count.
pub(super) fn is_cut_off<const N: usize>(line: &[u8]) -> bool {
    match line.split_first_chunk::<N>() {
        Some((digits, rest)) => {
            digits.iter().all(u8::is_ascii_hexdigit) && matches!(rest, b"" | b":")
        }
        None => !line.is_empty() && line.iter().all(u8::is_ascii_hexdigit),
    }
}

/// Digits, and commas between them; what is too large is the largest.
fn read_count(text: &[u8]) -> Option<u64> {
    let mut count = 0_u64;
    let (mut after_comma, text) = (true, text.trim_ascii());
    for byte in text {
        match byte {
            b'0'..=b'9' => {
                let digit = u64::from(byte.wrapping_sub(b'0'));
                count = count.saturating_mul(10).saturating_add(digit);
            }
            b',' if !after_comma => {}
            _ => return None,
        }
        after_comma = *byte == b',';
    }
    (!after_comma).then_some(count)
}
