use std::{fmt, io};

use serde_json::{json, Value};

/// Codes of errors: those of JSON-RPC, and those of the contracts.
pub mod codes {
    pub const PARSE: i64 = -32700;
    pub const INVALID_REQUEST: i64 = -32600;
    pub const METHOD_NOT_FOUND: i64 = -32601;
    pub const INVALID_PARAMS: i64 = -32602;
    pub const INTERNAL: i64 = -32603;
    pub const NOT_INITIALIZED: i64 = -32002;
    pub const CANCELLED: i64 = -32800;
    pub const TTS_SYNTHESIS_FAILED: i64 = 1000;
    pub const TTS_VOICE_NOT_FOUND: i64 = 1001;
    pub const TTS_TEXT_TOO_LONG: i64 = 1002;
    pub const STT_TRANSCRIPTION_FAILED: i64 = 1100;
    pub const STT_AUDIO_INVALID: i64 = 1101;
    pub const LLM_COMPLETION_FAILED: i64 = 1200;
    pub const LLM_MODEL_NOT_AVAILABLE: i64 = 1201;
}

/// Why a call failed: becomes the error of its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct ContractError {
    pub code: i64,
    /// Sentences for whoever called, saying what is wrong and what can be done.
    pub message: String,
    pub data: Option<Value>,
}

impl ContractError {
    pub fn new(code: i64, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            data: None,
        }
    }

    pub fn invalid_params(message: impl Into<String>) -> Self {
        Self::new(codes::INVALID_PARAMS, message)
    }

    pub(crate) fn cancelled() -> Self {
        Self::new(codes::CANCELLED, "Cancelled.")
    }

    pub(crate) fn to_json(&self) -> Value {
        match &self.data {
            None => json!({ "code": self.code, "message": self.message }),
            Some(data) => json!({ "code": self.code, "message": self.message, "data": data }),
        }
    }
}

impl fmt::Display for ContractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code)
    }
}

impl std::error::Error for ContractError {}

impl From<io::Error> for ContractError {
    fn from(error: io::Error) -> Self {
        Self::new(
            codes::INTERNAL,
            format!("Reading or writing failed: {error}."),
        )
    }
}
