use core::fmt;
use core::net::IpAddr;
use core::str::FromStr;

/// A network of addresses, such as `10.0.0.0/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    pub(crate) fn has(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = mask(self.bits, 32);
                u128::from(network.to_bits()) & mask == u128::from(address.to_bits()) & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = mask(self.bits, 128);
                network.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}

/// So many ones from the left of a number of this width.
fn mask(bits: u8, width: u8) -> u128 {
    let all = if width == 128 { u128::MAX } else { (1_u128 << width).wrapping_sub(1) };
    let rest = u32::from(width.saturating_sub(bits));
    all & u128::MAX.checked_shl(rest).unwrap_or(0)
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NetworkError)?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.parse().ok().filter(|bits| *bits <= widest).ok_or(NetworkError)?,
            None => widest,
        };
        Ok(Self { address, bits })
    }
}

/// The text is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NetworkError;

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be addresses or networks, such as 10.0.0.0/8")
    }
}

impl core::error::Error for NetworkError {}
