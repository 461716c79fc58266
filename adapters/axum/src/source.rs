//! Where a request comes from: the address of the peer, or what a proxy of the service says.

mod forwarded;
mod network;

use core::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::extract::connect_info::MockConnectInfo;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use repass::throttle::Source;

pub use self::network::{Network, NetworkError};
use crate::problem::Problem;

/// The proxies in front of the service, and the one header in which they name the client. A header of any
/// other peer is not looked at.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    networks: Vec<Network>,
    header: Header,
}

/// The header is chosen by the operator: a proxy overwrites one of them and passes the other on as the
/// client wrote it.
#[derive(Clone, Copy, Debug, Default)]
enum Header {
    #[default]
    XForwardedFor,
    Forwarded,
}

impl Proxies {
    /// Proxies that name the client in `X-Forwarded-For`.
    #[must_use]
    pub fn x_forwarded_for(networks: impl IntoIterator<Item = Network>) -> Self {
        Self { networks: networks.into_iter().collect(), header: Header::XForwardedFor }
    }

    /// Proxies that name the client in `Forwarded` (RFC 7239).
    #[must_use]
    pub fn forwarded(networks: impl IntoIterator<Item = Network>) -> Self {
        Self { networks: networks.into_iter().collect(), header: Header::Forwarded }
    }

    fn contains(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(address))
    }

    /// The address of a client whose connection comes from `peer`: the nearest address that is no proxy of
    /// ours. What is left of it in the header was written by a stranger. What cannot be read ends the
    /// search at the proxy that passed it on.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.contains(peer) {
            return peer;
        }
        match self.header {
            Header::XForwardedFor => self.nearest(peer, forwarded::x_forwarded_for(headers)),
            Header::Forwarded => self.nearest(peer, forwarded::forwarded(headers)),
        }
    }

    /// Goes from the last hop to the first, and no further than needed.
    fn nearest(&self, peer: IpAddr, hops: impl Iterator<Item = Option<IpAddr>>) -> IpAddr {
        let mut nearest = peer;
        for hop in hops {
            let Some(address) = hop else { break };
            nearest = address;
            if !self.contains(address) {
                break;
            }
        }
        nearest
    }
}

/// The source of a request. Without the address of the peer, which the host passes by
/// `into_make_service_with_connect_info`, all limits of sources would be void: nothing is answered then.
pub(crate) fn of(parts: &Parts, proxies: &Proxies) -> Result<Source, Problem> {
    let extensions = &parts.extensions;
    let served = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer);
    let mocked = || extensions.get::<MockConnectInfo<SocketAddr>>().map(|mock| mock.0);
    let peer = served.or_else(mocked).ok_or_else(Problem::source_unknown)?;
    Ok(Source::from_ip(proxies.client(peer.ip().to_canonical(), &parts.headers)))
}
