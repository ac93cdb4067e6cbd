use std::fmt;

use crate::{Pcm, PluginError, SampleFormat};

/// A media type as in a handshake: `audio/pcm;rate=24000;channels=1;format=s16le`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaType {
    name: String,
    parameters: Vec<(String, String)>,
}

impl MediaType {
    /// # Errors
    /// `BAD_HANDSHAKE` when it is not `type/subtype` and `;key=value` after that.
    pub fn parse(text: &str) -> Result<Self, PluginError> {
        let bad = || PluginError::new("BAD_HANDSHAKE", format!("“{text}” is not a media type."));
        let mut parts = text.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        match name.split_once('/') {
            Some((kind, rest)) if !kind.is_empty() && !rest.is_empty() && !rest.contains('/') => {}
            _ => return Err(bad()),
        }
        let mut parameters = Vec::new();
        for part in parts.filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').ok_or_else(bad)?;
            let value = value.trim().trim_matches('"');
            parameters.push((key.trim().to_ascii_lowercase(), value.to_string()));
        }
        Ok(Self { name, parameters })
    }

    /// `audio/pcm`: in small letters, without parameters.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value of a parameter, named in small letters.
    pub fn parameter(&self, key: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_str())
    }

    /// Rate, channels and format of `audio/pcm`.
    ///
    /// # Errors
    /// `UNSUPPORTED_TYPE` when it is another type, or a parameter is absent or can't be used.
    pub fn pcm(&self) -> Result<Pcm, PluginError> {
        let unsupported =
            |what: &str| PluginError::new("UNSUPPORTED_TYPE", format!("“{self}” {what}."));
        if self.name != "audio/pcm" {
            return Err(unsupported("is not audio/pcm"));
        }
        let number = |key, most: u32| {
            let value = self
                .parameter(key)
                .and_then(|value| value.parse::<u32>().ok());
            value.filter(|value| (1..=most).contains(value))
        };
        let format = match self.parameter("format") {
            None | Some("s16le") => SampleFormat::S16le,
            Some("f32le") => SampleFormat::F32le,
            Some(_) => return Err(unsupported("has a format other than s16le and f32le")),
        };
        Ok(Pcm {
            rate: number("rate", Pcm::MAX_RATE).ok_or_else(|| unsupported("has no usable rate"))?,
            channels: number("channels", Pcm::MAX_CHANNELS)
                .ok_or_else(|| unsupported("has no usable channels"))?
                as usize,
            format,
        })
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.parameters
            .iter()
            .try_for_each(|(key, value)| write!(f, ";{key}={value}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_pcm() {
        let pcm = MediaType::parse("Audio/PCM; Rate=24000;channels=2;format=f32le")
            .unwrap()
            .pcm()
            .unwrap();
        assert_eq!(
            (pcm.rate, pcm.channels, pcm.format),
            (24000, 2, SampleFormat::F32le)
        );
        let pcm = MediaType::parse("audio/pcm;rate=8000;channels=1")
            .unwrap()
            .pcm()
            .unwrap();
        assert_eq!(pcm.format, SampleFormat::S16le);
    }

    #[test]
    fn refuses_pcm_that_it_cannot_read() {
        let code = |text: &str| {
            MediaType::parse(text)
                .unwrap()
                .pcm()
                .unwrap_err()
                .code()
                .to_string()
        };
        for text in [
            "audio/wav",
            "audio/pcm;channels=1",
            "audio/pcm;rate=0;channels=1",
            "audio/pcm;rate=8000;channels=65",
            "audio/pcm;rate=768001;channels=1",
            "audio/pcm;rate=8000;channels=1;format=s24le",
        ] {
            assert_eq!(code(text), "UNSUPPORTED_TYPE", "{text}");
        }
        assert!(MediaType::parse("audio/pcm;rate=768000;channels=64")
            .unwrap()
            .pcm()
            .is_ok());
    }

    #[test]
    fn refuses_what_is_no_type() {
        for text in ["", "text", "/plain", "text/", "a/b/c", "text/plain;charset"] {
            assert!(MediaType::parse(text).is_err(), "{text}");
        }
    }
}
