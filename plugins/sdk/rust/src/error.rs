use std::{error, fmt, io};

/// Characters of an error message; the host cuts longer ones.
const MAX_MESSAGE: usize = 4096;
const MAX_CODE: usize = 64;

/// Why a plugin failed: becomes the one fatal error frame of its run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginError {
    code: String,
    message: String,
    given_up: bool,
}

impl PluginError {
    /// `code`: at most 64 of `A–Z 0–9 _`, and none of the host's names; anything else becomes `PLUGIN_ERROR`.
    /// `message`: sentences for whoever runs the pipeline, saying what is wrong and what can be done.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        let code = code.into();
        let valid = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let usable = !code.is_empty() && code.len() <= MAX_CODE && code.chars().all(valid);
        Self {
            code: if usable { code } else { "PLUGIN_ERROR".into() },
            message: message.into().chars().take(MAX_MESSAGE).collect(),
            given_up: false,
        }
    }

    /// The input can't be worked on: code `BAD_INPUT`.
    pub fn bad_input(message: impl Into<String>) -> Self {
        Self::new("BAD_INPUT", message)
    }

    /// An option can't be used, beyond what the manifest can say: code `BAD_OPTION`.
    pub fn bad_option(message: impl Into<String>) -> Self {
        Self::new("BAD_OPTION", message)
    }

    /// The host ended the input inside a frame: nothing more may be written.
    pub(crate) fn given_up() -> Self {
        let message = "The input ended inside a frame: the host gave up this run.";
        Self {
            given_up: true,
            ..Self::new("INPUT_CUT", message)
        }
    }

    pub fn code(&self) -> &str {
        &self.code
    }

    pub fn message(&self) -> &str {
        &self.message
    }

    /// True when the host gave up in the middle of a frame. No error frame is written then.
    pub fn is_given_up(&self) -> bool {
        self.given_up
    }
}

impl fmt::Display for PluginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl error::Error for PluginError {}

impl From<io::Error> for PluginError {
    /// An error of this crate that went through `std::io` is unwrapped; any other has the code `IO_ERROR`.
    fn from(error: io::Error) -> Self {
        match error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<Self>())
        {
            Some(own) => own.clone(),
            None => Self::new("IO_ERROR", format!("Reading or writing failed: {error}.")),
        }
    }
}

impl From<PluginError> for io::Error {
    fn from(error: PluginError) -> Self {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_the_protocol_refuses_is_replaced() {
        assert_eq!(PluginError::new("BAD_INPUT", "").code(), "BAD_INPUT");
        assert_eq!(PluginError::new("bad input", "").code(), "PLUGIN_ERROR");
        assert_eq!(PluginError::new("", "").code(), "PLUGIN_ERROR");
        assert_eq!(PluginError::new("A".repeat(64), "").code().len(), 64);
        assert_eq!(PluginError::new("A".repeat(65), "").code(), "PLUGIN_ERROR");
    }

    #[test]
    fn a_long_message_is_cut_at_a_character() {
        assert_eq!(
            PluginError::bad_input("ß".repeat(4096)).message().len(),
            8192
        );
        assert_eq!(
            PluginError::bad_input("ß".repeat(4097)).message().len(),
            8192
        );
    }

    #[test]
    fn survives_the_way_through_std_io() {
        let error = PluginError::bad_input("Line 3 is bad.");
        assert_eq!(PluginError::from(io::Error::from(error.clone())), error);
        assert_eq!(PluginError::from(io::Error::other("x")).code(), "IO_ERROR");
    }
}
