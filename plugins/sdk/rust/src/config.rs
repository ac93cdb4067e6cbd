use serde_json::{Map, Value};

use crate::PluginError;

/// The options of a run, by name. The host has checked them against the manifest, so a getter fails only where the
/// manifest and the program disagree, and its message says how.
#[derive(Debug, Clone, Default)]
pub struct Config(Map<String, Value>);

impl Config {
    pub fn new(options: Map<String, Value>) -> Self {
        Self(options)
    }

    /// All of them, as they came.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    /// Whether the option was set or has a default.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// # Errors
    /// `BAD_OPTION` when the option is absent or not text.
    pub fn str(&self, name: &str) -> Result<&str, PluginError> {
        self.get(name, "text", Value::as_str)
    }

    /// # Errors
    /// `BAD_OPTION` when the option is absent or not a number.
    pub fn f64(&self, name: &str) -> Result<f64, PluginError> {
        self.get(name, "a number", Value::as_f64)
    }

    /// A number without a fraction, however it was written: `400` or `400.0`.
    ///
    /// # Errors
    /// `BAD_OPTION` when the option is absent, not a number, or not whole.
    pub fn i64(&self, name: &str) -> Result<i64, PluginError> {
        self.get(name, "a whole number", whole)
    }

    /// # Errors
    /// `BAD_OPTION` when the option is absent or not true or false.
    pub fn bool(&self, name: &str) -> Result<bool, PluginError> {
        self.get(name, "true or false", Value::as_bool)
    }

    /// For an option without a default: `other` when it was not set.
    ///
    /// # Errors
    /// As [`Config::str`], for one that is there.
    pub fn str_or<'a>(&'a self, name: &str, other: &'a str) -> Result<&'a str, PluginError> {
        if self.has(name) {
            self.str(name)
        } else {
            Ok(other)
        }
    }

    /// As [`Config::str_or`], for a number.
    pub fn f64_or(&self, name: &str, other: f64) -> Result<f64, PluginError> {
        if self.has(name) {
            self.f64(name)
        } else {
            Ok(other)
        }
    }

    /// As [`Config::str_or`], for a whole number.
    pub fn i64_or(&self, name: &str, other: i64) -> Result<i64, PluginError> {
        if self.has(name) {
            self.i64(name)
        } else {
            Ok(other)
        }
    }

    /// As [`Config::str_or`], for true or false.
    pub fn bool_or(&self, name: &str, other: bool) -> Result<bool, PluginError> {
        if self.has(name) {
            self.bool(name)
        } else {
            Ok(other)
        }
    }

    fn get<'a, T>(
        &'a self,
        name: &str,
        kind: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<T, PluginError> {
        let Some(value) = self.0.get(name) else {
            let message = format!(
                "The option “{name}” is not set and has no default. Set it for this plugin."
            );
            return Err(PluginError::bad_option(message));
        };
        read(value).ok_or_else(|| {
            let shown: String = value.to_string().chars().take(80).collect();
            PluginError::bad_option(format!(
                "The option “{name}” must be {kind}; it is {shown}."
            ))
        })
    }
}

fn whole(value: &Value) -> Option<i64> {
    // Beyond 2^53 a float no longer says which whole number was meant.
    let exact = |number: &f64| number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
    value
        .as_i64()
        .or_else(|| value.as_f64().filter(exact).map(|number| number as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn config(options: Value) -> Config {
        Config::new(options.as_object().unwrap().clone())
    }

    #[test]
    fn gives_each_type() {
        let config = config(json!({ "s": "x", "n": 1.5, "i": 400, "f": 400.0, "b": true }));
        assert_eq!(config.str("s").unwrap(), "x");
        assert_eq!(config.f64("n").unwrap(), 1.5);
        assert_eq!(config.f64("i").unwrap(), 400.0);
        assert_eq!(config.i64("i").unwrap(), 400);
        assert_eq!(config.i64("f").unwrap(), 400);
        assert!(config.bool("b").unwrap());
        assert_eq!(config.str_or("none", "other").unwrap(), "other");
        assert_eq!(config.i64_or("none", 7).unwrap(), 7);
    }

    #[test]
    fn says_what_is_wrong() {
        let config = config(json!({ "n": 1.5, "s": "x" }));
        let message = |result: Result<i64, PluginError>| result.unwrap_err().message().to_string();
        assert_eq!(
            message(config.i64("n")),
            "The option “n” must be a whole number; it is 1.5."
        );
        assert!(message(config.i64("none")).starts_with("The option “none” is not set"));
        assert_eq!(config.f64_or("s", 1.0).unwrap_err().code(), "BAD_OPTION");
    }
}
