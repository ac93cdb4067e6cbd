use serde_json::{Map, Value};

use crate::{Config, MediaType, PluginError, PROTOCOL};

/// What the host asks for: the first frame of a run.
#[derive(Debug, Clone)]
pub struct Handshake {
    /// The revision that is spoken: always [`PROTOCOL`], because any other is refused.
    pub protocol: String,
    /// The type of all payload that comes.
    pub input_type: MediaType,
    /// The type of all payload that must be written.
    pub output_type: MediaType,
    /// The options that were set or have a default.
    pub config: Config,
}

impl Handshake {
    /// Keys that are not known are ignored: later revisions may add some.
    pub(crate) fn parse(content: &[u8]) -> Result<Self, PluginError> {
        let value: Value = serde_json::from_slice(content)
            .map_err(|error| bad(format!("The handshake is not JSON: {error}.")))?;
        let Value::Object(mut keys) = value else {
            return Err(bad("The handshake is not a JSON object.".into()));
        };
        let protocol = text(&keys, "protocol")?;
        if protocol != PROTOCOL {
            let message = format!("The host speaks revision {protocol} of the protocol; this plugin speaks {PROTOCOL}.");
            return Err(PluginError::new("UNSUPPORTED_PROTOCOL", message));
        }
        let input_type = MediaType::parse(&text(&keys, "input_type")?)?;
        let output_type = MediaType::parse(&text(&keys, "output_type")?)?;
        let config = match keys.remove("config") {
            Some(Value::Object(config)) => Config::new(config),
            None => Config::default(),
            Some(_) => return Err(bad("“config” of the handshake is not an object.".into())),
        };
        Ok(Self {
            protocol,
            input_type,
            output_type,
            config,
        })
    }
}

fn text(keys: &Map<String, Value>, key: &str) -> Result<String, PluginError> {
    match keys.get(key) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(bad(format!("“{key}” of the handshake is not text."))),
        None => Err(bad(format!("The handshake has no “{key}”."))),
    }
}

fn bad(message: String) -> PluginError {
    PluginError::new("BAD_HANDSHAKE", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(content: &str) -> String {
        Handshake::parse(content.as_bytes())
            .unwrap_err()
            .code()
            .to_string()
    }

    #[test]
    fn reads_types_and_options_and_ignores_the_rest() {
        let content = br#"{"protocol":"0.1","input_type":"text/plain","output_type":"audio/pcm;rate=8000","config":{"a":1},"new":[{}]}"#;
        let handshake = Handshake::parse(content).unwrap();
        assert_eq!(handshake.input_type.name(), "text/plain");
        assert_eq!(handshake.output_type.parameter("rate"), Some("8000"));
        assert_eq!(handshake.config.i64("a").unwrap(), 1);
    }

    #[test]
    fn refuses_what_it_cannot_use() {
        assert_eq!(code("{"), "BAD_HANDSHAKE");
        assert_eq!(code("[]"), "BAD_HANDSHAKE");
        assert_eq!(code(r#"{"protocol":1}"#), "BAD_HANDSHAKE");
        assert_eq!(code(r#"{"protocol":"0.2"}"#), "UNSUPPORTED_PROTOCOL");
        assert_eq!(
            code(r#"{"protocol":"0.1","input_type":"text/plain"}"#),
            "BAD_HANDSHAKE"
        );
        let listed = r#"{"protocol":"0.1","input_type":"text/plain","output_type":"text/plain","config":[]}"#;
        assert_eq!(code(listed), "BAD_HANDSHAKE");
    }
}
