//! Where a request comes from decides whose limit it counts on, so no stranger may choose it.

use axum::Router;
use repass_axum::{Network, Proxies};
use serde_json::json;

use crate::client::Client;
use crate::world::World;

/// Uses up the requests of one identifier at this source; whether a client elsewhere is let through.
struct Spent {
    router: Router,
}

impl Spent {
    /// Asks until the source is refused, each time for somebody else: a source has 50 requests.
    async fn by(world: World, peer: &str, headers: &[(&'static str, &str)]) -> Self {
        let mut client = Client::new(&world.router).with(headers);
        client.peer = peer.parse().unwrap();
        for number in 0..50 {
            let asked = client.json("/v1/forgot", &json!({ "who": format!("user{number}") })).await;
            assert_eq!(asked.status, 202, "{number}");
        }
        let asked = client.json("/v1/forgot", &json!({ "who": "ada" })).await;
        assert_eq!(asked.status, 429);
        Self { router: world.router }
    }

    async fn refuses(&self, peer: &str, headers: &[(&'static str, &str)]) -> bool {
        let mut client = Client::new(&self.router).with(headers);
        client.peer = peer.parse().unwrap();
        let asked = client.json("/v1/forgot", &json!({ "who": "ada" })).await;
        assert!(asked.status == 202 || asked.status == 429, "{}", asked.body);
        asked.status == 429
    }
}

fn networks() -> [Network; 2] {
    ["10.0.0.0/8", "2001:db8:ffff::/48"].map(|text| text.parse().unwrap())
}

#[tokio::test]
async fn without_proxies_the_peer_is_the_source_and_headers_are_not_looked_at() {
    let lie = [("x-forwarded-for", "203.0.113.9"), ("forwarded", "for=203.0.113.9")];
    let spent = Spent::by(World::new(), "192.0.2.7:1", &[]).await;
    assert!(spent.refuses("192.0.2.7:2", &lie).await);
    assert!(!spent.refuses("192.0.2.8:1", &[]).await);
}

#[tokio::test]
async fn the_last_address_that_is_no_proxy_is_the_source() {
    let world = World::mounted(|mount| mount.proxies(Proxies::x_forwarded_for(networks())));
    let proxy = "10.1.2.3:80";
    let spent = Spent::by(world, proxy, &[("x-forwarded-for", "203.0.113.9")]).await;
    for (header, refused) in [
        ("203.0.113.9", true),
        // What a client wrote itself is further left.
        ("198.51.100.1, 203.0.113.9", true),
        ("garbage, 203.0.113.9", true),
        ("203.0.113.9, 10.9.9.9", true),
        ("203.0.113.9:5555", true),
        ("::ffff:203.0.113.9", true),
        ("[::ffff:203.0.113.9]:443, 10.9.9.9,10.9.9.8", true),
        // Nor does a byte of it hide what the proxy has added to the same line.
        ("\u{e9}, 203.0.113.9", true),
        ("\u{e9},203.0.113.9,10.9.9.9", true),
        ("198.51.100.1", false),
        ("203.0.113.9, 198.51.100.1", false),
        // What cannot be read stops at the proxy that passed it on.
        ("203.0.113.9, unknown", false),
        ("203.0.113.9, \u{e9}", false),
        ("\u{2000}203.0.113.9", false),
        ("203.0.113.9, ", false),
    ] {
        assert_eq!(spent.refuses(proxy, &[("x-forwarded-for", header)]).await, refused, "{header}");
    }
    // Several lines are one list.
    let lines = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "10.9.9.9")];
    assert!(spent.refuses(proxy, &lines).await);
    // The other header, and a peer that is no proxy, change nothing.
    let other = [("forwarded", "for=198.51.100.1"), ("x-forwarded-for", "203.0.113.9")];
    assert!(spent.refuses(proxy, &other).await);
    assert!(!spent.refuses("192.0.2.7:1", &[("x-forwarded-for", "203.0.113.9")]).await);
    assert!(spent.refuses("[::ffff:10.1.2.3]:80", &[("x-forwarded-for", "203.0.113.9")]).await);
}

#[tokio::test]
async fn the_header_of_rfc_7239_is_read_where_it_is_the_one_that_is_configured() {
    let world = World::mounted(|mount| mount.proxies(Proxies::forwarded(networks())));
    let proxy = "[2001:db8:ffff::1]:80";
    let spent = Spent::by(world, proxy, &[("forwarded", "for=203.0.113.9")]).await;
    for (header, refused) in [
        ("for=203.0.113.9;proto=https;by=10.0.0.1", true),
        ("For=\"203.0.113.9:4711\"", true),
        ("for=198.51.100.1, proto=https ; for=203.0.113.9", true),
        ("for=203.0.113.9, for=\"[2001:db8:ffff::2]:80\"", true),
        ("for=\u{e9}, for=203.0.113.9", true),
        ("for=198.51.100.1", false),
        ("for=203.0.113.9, for=_hidden", false),
        ("for=203.0.113.9, proto=https", false),
        ("for=203.0.113.9;for=203.0.113.9", false),
    ] {
        assert_eq!(spent.refuses(proxy, &[("forwarded", header)]).await, refused, "{header}");
    }
    assert!(!spent.refuses(proxy, &[("x-forwarded-for", "203.0.113.9")]).await);
}

#[tokio::test]
async fn ipv6_is_counted_by_its_first_64_bits() {
    let spent = Spent::by(World::new(), "[2001:db8:1:2::1]:1", &[]).await;
    assert!(spent.refuses("[2001:db8:1:2:ffff::9]:1", &[]).await);
    assert!(!spent.refuses("[2001:db8:1:3::1]:1", &[]).await);
}

#[test]
fn networks_are_read_strictly() {
    for text in ["10.0.0.0/8", "10.0.0.1", "::1", "2001:db8::/32", "0.0.0.0/0", "::/0"] {
        assert!(text.parse::<Network>().is_ok(), "{text}");
    }
    for text in [
        "",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/+8",
        "10.0.0/8",
        "::/129",
        "host",
        "::ffff:10.0.0.0/104",
        "10.0.0.0/8/8",
    ] {
        assert!(text.parse::<Network>().is_err(), "{text}");
    }
    let all: Network = "0.0.0.0/0".parse().unwrap();
    assert!(all.contains("255.1.2.3".parse().unwrap()) && !all.contains("::1".parse().unwrap()));
    let one: Network = "10.0.0.1".parse().unwrap();
    assert!(one.contains("::ffff:10.0.0.1".parse().unwrap()));
    assert!(!one.contains("10.0.0.2".parse().unwrap()));
    let odd: Network = "10.0.0.0/9".parse().unwrap();
    assert!(odd.contains("10.127.255.255".parse().unwrap()));
    assert!(!odd.contains("10.128.0.0".parse().unwrap()));
}
