//! What the fuzz targets share: bytes that steer a run, what a flow writes, and ports that fail on
//! demand.

pub mod genuine;
pub mod input;
pub mod ports;
pub mod world;
