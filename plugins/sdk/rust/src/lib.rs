//! What a Voxloom plugin needs: frames on standard input and output, the handshake, errors, text and PCM.
//!
//! A plugin is one call of [`run`]. Inside it, [`Plugin`] has the handshake, the input and the output:
//!
//! ```no_run
//! use std::io::Write;
//!
//! fn main() {
//!     voxloom_plugin::run(|plugin| plugin.transform(|bytes, output| Ok(output.write_all(bytes)?)))
//! }
//! ```
//!
//! While it runs, descriptor 1 points at standard error, so that `println!` is a log line and can't break the stream.

mod config;
#[cfg(feature = "contract")]
pub mod contract;
mod error;
mod handshake;
mod input;
mod media_type;
mod output;
mod pcm;
mod plugin;
mod run;
mod stdio;
pub mod testing;
mod text;

pub use config::Config;
pub use error::PluginError;
pub use handshake::Handshake;
pub use input::Input;
pub use media_type::MediaType;
pub use output::Output;
pub use pcm::{encode_pcm, Pcm, PcmDecoder, SampleFormat};
pub use plugin::Plugin;
pub use run::run;
pub use serde_json;
pub use text::Utf8Decoder;

/// The revision of the protocol that this crate speaks.
pub const PROTOCOL: &str = "0.1";
/// Bytes of a payload frame, at most.
pub const MAX_PAYLOAD: usize = 8_388_608;
/// Bytes of a control frame, at most.
pub const MAX_CONTROL: usize = 65_536;
/// Bytes of a handshake, at most.
pub const MAX_HANDSHAKE: usize = 1_048_576;

/// Bit 31 of a frame's header.
const CONTROL: u32 = 0x8000_0000;

/// Keeps the example of the README compiling.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
