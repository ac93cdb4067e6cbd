//! Contract plugins in Rust: methods over JSON-RPC, a line a message. `docs/contract-plugins.md` has the whole.
//!
//! A plugin is a [`Contract`] and one call of [`serve`]. Each call runs in a thread of its own; health is answered
//! while they run. Sound goes behind the line where the host can take it, as base64 inside it where not:
//! [`Run::bytes`] does either.

mod error;
mod params;
mod run;
mod serve;
mod wire;

pub use error::{codes, ContractError};
pub use params::{Bytes, Params};
pub use run::Run;
pub use serve::{serve, serve_streams};

use serde_json::Value;

/// The revision of the wire that this crate speaks.
pub const CONTRACT_REVISION: u64 = 1;
/// Bytes of a line, at most.
pub const MAX_LINE: usize = 32 * 1024 * 1024;
/// Bytes behind one line, one attachment or many, at most.
pub const MAX_ATTACHMENT: usize = 64 * 1024 * 1024;
/// Attachments behind one line, at most.
pub const MAX_ATTACHMENTS: usize = 256;

/// One method that a plugin has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    pub name: &'static str,
    pub params: &'static [&'static str],
    /// Whether it tells items before its result when the host wants them.
    pub streams: bool,
}

/// How a plugin is, as it says itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Health {
    /// READY, BUSY or ERROR.
    pub status: &'static str,
    pub message: String,
    pub details: Value,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            status: "READY",
            message: String::new(),
            details: Value::Null,
        }
    }
}

/// What the host says at the start.
#[derive(Debug, Clone)]
pub struct Setup {
    pub name: String,
    pub contract: String,
    /// Checked against the manifest's `config_schema`, with its defaults.
    pub config: serde_json::Map<String, Value>,
    /// Where the plugin may write.
    pub data_folder: String,
}

/// What a plugin does. Methods are called from several threads at once.
pub trait Contract: Send + Sync + 'static {
    /// Makes it ready. An error ends the start with its words.
    fn initialize(&self, setup: &Setup) -> Result<(), ContractError>;

    fn methods(&self) -> &'static [Method];

    /// One of [`Contract::methods`]; others never come here. An error that [`Run::item`] gives is to be passed on.
    fn call(&self, method: &str, params: &Params, run: &mut Run) -> Result<Value, ContractError>;

    fn health(&self) -> Health {
        Health::default()
    }

    /// Whether it has a state that another of this plugin can take over.
    fn keeps_state(&self) -> bool {
        false
    }

    fn capture_state(&self) -> Result<Value, ContractError> {
        Ok(Value::Null)
    }

    fn restore_state(&self, _state: &Value) -> Result<(), ContractError> {
        Ok(())
    }

    fn shutdown(&self) {}
}
