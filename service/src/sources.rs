//! Where a request comes from.

use alloc::sync::Arc;
use core::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use repass::throttle::Source;

use crate::configuration::Network;

/// Tells the address of a client, also behind the proxies of the configuration. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    proxies: Arc<[Network]>,
}

impl Sources {
    pub(crate) fn new(proxies: &[Network]) -> Self {
        Self { proxies: proxies.into() }
    }

    /// The source whose requests are counted together; an IPv6 network of 64 bits is one.
    pub(crate) fn of(&self, headers: &HeaderMap, more: &Extensions) -> Option<Source> {
        let ConnectInfo(peer) = more.get::<ConnectInfo<SocketAddr>>()?;
        Some(Source::from_ip(self.client(headers, peer.ip())))
    }

    /// The last address in `X-Forwarded-For` that is no proxy of ours: a client can write what is before it.
    fn client(&self, headers: &HeaderMap, peer: IpAddr) -> IpAddr {
        let mut client = peer;
        let forwarded = headers.get_all("x-forwarded-for").iter();
        let forwarded = forwarded.filter_map(|value| value.to_str().ok());
        let addresses: Vec<_> = forwarded.flat_map(|value| value.split(',')).collect();
        for address in addresses.into_iter().rev() {
            if !self.proxies.iter().any(|proxy| proxy.has(client)) {
                break;
            }
            let Ok(before) = address.trim().parse() else { break };
            client = before;
        }
        client
    }
}
