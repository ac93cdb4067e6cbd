use std::str::from_utf8;

use crate::PluginError;

/// Makes text of UTF-8 that comes in any slices: a letter may lie across two of them.
#[derive(Debug, Default)]
pub struct Utf8Decoder {
    text: String,
    /// The beginning of a letter whose rest has not come yet: at most three bytes.
    pending: Vec<u8>,
    /// Bytes that were read before `pending`, for messages.
    passed: u64,
}

impl Utf8Decoder {
    pub fn new() -> Self {
        Self::default()
    }

    /// All whole characters that have come since the last call.
    ///
    /// # Errors
    /// `BAD_INPUT`, with the position in bytes, when the input is not UTF-8.
    pub fn decode(&mut self, bytes: &[u8]) -> Result<&str, PluginError> {
        self.text.clear();
        let mut rest = bytes;
        while !self.pending.is_empty() && !rest.is_empty() {
            self.pending.push(rest[0]);
            rest = &rest[1..];
            let letter = std::mem::take(&mut self.pending);
            self.take(&letter)?;
        }
        self.take(rest)?;
        Ok(&self.text)
    }

    /// Call at the end of the input.
    ///
    /// # Errors
    /// `BAD_INPUT` when it ended inside a letter.
    pub fn finish(&self) -> Result<(), PluginError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        Err(PluginError::bad_input(
            "The text ends in the middle of a UTF-8 letter: it was cut off. Save it again and try once more.",
        ))
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), PluginError> {
        let good = match from_utf8(bytes) {
            Ok(_) => bytes.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(error) => {
                let at = self.passed + error.valid_up_to() as u64 + 1;
                let message = format!("The text is not UTF-8: byte {at} can't be read. Save it as UTF-8 and try again.");
                return Err(PluginError::bad_input(message));
            }
        };
        let (whole, begun) = bytes.split_at(good);
        self.text.push_str(from_utf8(whole).expect("checked above"));
        self.passed += whole.len() as u64;
        self.pending.extend_from_slice(begun);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_across_slices_stay_whole() {
        let text = "aß–漢🙂 z";
        for slice in 1..=text.len() {
            let mut decoder = Utf8Decoder::new();
            let mut got = String::new();
            for part in text.as_bytes().chunks(slice) {
                got.push_str(decoder.decode(part).unwrap());
            }
            decoder.finish().unwrap();
            assert_eq!(got, text);
        }
    }

    #[test]
    fn names_the_byte_that_is_wrong() {
        let mut decoder = Utf8Decoder::new();
        decoder.decode(b"ab\xc3").unwrap();
        let message = decoder.decode(b"(").unwrap_err().message().to_string();
        assert!(message.contains("byte 3 "), "{message}");
        let mut decoder = Utf8Decoder::new();
        decoder.decode("é".as_bytes()).unwrap();
        assert!(decoder
            .decode(b"a\xff")
            .unwrap_err()
            .message()
            .contains("byte 4 "));
    }

    #[test]
    fn half_a_letter_at_the_end_is_an_error() {
        let mut decoder = Utf8Decoder::new();
        decoder.decode(b"\xf0\x9f").unwrap();
        assert!(decoder.finish().is_err());
    }
}
