use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use serde_json::{Map, Value};

use super::ContractError;

/// Bytes of a call, with their media type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bytes {
    pub mime: String,
    pub data: Vec<u8>,
}

/// What a method was called with.
#[derive(Debug, Clone, Default)]
pub struct Params {
    values: Map<String, Value>,
    attachments: Vec<Vec<u8>>,
}

impl Params {
    pub(crate) fn new(
        params: Option<Value>,
        attachments: Vec<Vec<u8>>,
    ) -> Result<Self, ContractError> {
        match params {
            None | Some(Value::Null) => Ok(Self {
                values: Map::new(),
                attachments,
            }),
            Some(Value::Object(values)) => Ok(Self {
                values,
                attachments,
            }),
            Some(_) => Err(ContractError::invalid_params(
                "Parameters are given by name: params must be an object.",
            )),
        }
    }

    /// Whatever it is; `None` where it is missing or null.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name).filter(|value| !value.is_null())
    }

    /// Text that must be there.
    pub fn text(&self, name: &str) -> Result<&str, ContractError> {
        self.optional_text(name)?.ok_or_else(|| missing(name))
    }

    pub fn optional_text(&self, name: &str) -> Result<Option<&str>, ContractError> {
        self.get(name)
            .map(|value| value.as_str().ok_or_else(|| wrong(name, "text")))
            .transpose()
    }

    pub fn optional_number(&self, name: &str) -> Result<Option<f64>, ContractError> {
        self.get(name)
            .map(|value| value.as_f64().ok_or_else(|| wrong(name, "a number")))
            .transpose()
    }

    /// Bytes that must be there, wherever they travelled.
    pub fn bytes(&self, name: &str) -> Result<Bytes, ContractError> {
        let value = self.get(name).ok_or_else(|| missing(name))?;
        self.read_bytes(value).ok_or_else(|| wrong(name, "bytes"))
    }

    fn read_bytes(&self, value: &Value) -> Option<Bytes> {
        let mime = value.get("mime")?.as_str()?.to_string();
        let data = match value.get("encoding")?.as_str()? {
            "base64" => STANDARD.decode(value.get("data")?.as_str()?).ok()?,
            "attachment" => {
                let index = usize::try_from(value.get("attachment")?.as_u64()?).ok()?;
                self.attachments.get(index)?.clone()
            }
            _ => return None,
        };
        Some(Bytes { mime, data })
    }
}

fn missing(name: &str) -> ContractError {
    ContractError::invalid_params(format!("“{name}” is missing."))
}

fn wrong(name: &str, wanted: &str) -> ContractError {
    ContractError::invalid_params(format!("“{name}” must be {wanted}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn params(value: Value) -> Params {
        Params::new(Some(value), vec![b"behind".to_vec()]).expect("an object")
    }

    #[test]
    fn bytes_come_from_inside_and_from_behind_the_line() {
        let given = params(json!({
            "inside": { "encoding": "base64", "mime": "audio/wav", "data": "aW4=" },
            "behind": { "encoding": "attachment", "mime": "audio/wav", "attachment": 0 },
            "nowhere": { "encoding": "attachment", "mime": "audio/wav", "attachment": 1 },
            "broken": { "encoding": "base64", "mime": "audio/wav", "data": "%" },
        }));
        assert_eq!(given.bytes("inside").expect("bytes").data, b"in");
        assert_eq!(given.bytes("behind").expect("bytes").data, b"behind");
        for name in ["nowhere", "broken"] {
            assert_eq!(
                given.bytes(name).unwrap_err().message,
                format!("“{name}” must be bytes.")
            );
        }
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let given = params(json!({ "text": 7, "voice": null }));
        assert_eq!(
            given.text("text").unwrap_err().message,
            "“text” must be text."
        );
        assert_eq!(given.optional_text("voice").expect("none"), None);
        assert_eq!(
            given.text("voice").unwrap_err().message,
            "“voice” is missing."
        );
        assert_eq!(given.optional_number("text").expect("one"), Some(7.0));
        assert!(Params::new(Some(json!([1])), Vec::new()).is_err());
    }
}
