//! What `docs/http.md` says, over the public API: requests go through the router, and where time, sizes or
//! connections matter, through real sockets.

mod client;
mod cookies;
mod cross_site;
mod forms;
mod hang_up;
mod headers;
mod limits;
mod links;
mod malformed;
mod openapi;
mod policy;
mod problems;
mod recover;
mod same_answers;
mod sessions;
mod settings;
mod source;
mod tickets;
mod world;
