use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use serde_json::{json, Value};

use super::wire::Outlet;
use super::ContractError;

/// One call while it is worked on.
pub struct Run {
    outlet: Arc<Outlet>,
    cancelled: Arc<AtomicBool>,
    /// Where items go; none when the host wants the whole at once.
    token: Option<Value>,
    /// Whether bytes may go behind the line.
    attaches: bool,
    attachments: Vec<Vec<u8>>,
}

impl Run {
    pub(crate) fn new(
        outlet: Arc<Outlet>,
        cancelled: Arc<AtomicBool>,
        token: Option<Value>,
        attaches: bool,
    ) -> Self {
        Self {
            outlet,
            cancelled,
            token,
            attaches,
            attachments: Vec::new(),
        }
    }

    /// Whether the host wants items.
    pub fn streams(&self) -> bool {
        self.token.is_some()
    }

    /// Whether nobody waits for the result any more.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Bytes, as they may stand anywhere in the next item or the result.
    pub fn bytes(&mut self, mime: &str, data: Vec<u8>) -> Value {
        if !self.attaches {
            return json!({ "encoding": "base64", "mime": mime, "data": STANDARD.encode(data) });
        }
        self.attachments.push(data);
        json!({ "encoding": "attachment", "mime": mime, "attachment": self.attachments.len() - 1 })
    }

    /// Tells the next item; waits where the host is slow. Without [`Run::streams`] nothing is told.
    ///
    /// # Errors
    /// When the call was cancelled, or the item is more than a host takes: pass it on.
    pub fn item(&mut self, value: Value) -> Result<(), ContractError> {
        if self.is_cancelled() {
            return Err(ContractError::cancelled());
        }
        let attachments = std::mem::take(&mut self.attachments);
        if let Some(token) = &self.token {
            let params = json!({ "token": token, "value": value });
            self.outlet.send(
                json!({ "jsonrpc": "2.0", "method": "$/progress", "params": params }),
                &attachments,
            )?;
        }
        Ok(())
    }

    /// The bytes that the result speaks of.
    pub(crate) fn into_attachments(self) -> Vec<Vec<u8>> {
        self.attachments
    }
}
