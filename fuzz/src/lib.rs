//! What the fuzz targets share: bytes that steer a run, and ports that fail on demand.

pub mod input;
pub mod ports;
pub mod world;
