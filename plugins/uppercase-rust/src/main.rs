//! Writes text in capitals, as it comes.

use std::io::Write;

use voxloom_plugin::{Plugin, PluginError, Utf8Decoder};

fn main() {
    voxloom_plugin::run(uppercase)
}

fn uppercase(plugin: &mut Plugin) -> Result<(), PluginError> {
    // A letter may lie across two pieces of input: the decoder keeps its beginning for the next piece.
    let mut decoder = Utf8Decoder::new();
    plugin.transform(|bytes, output| {
        let text = decoder.decode(bytes)?;
        Ok(output.write_all(text.to_uppercase().as_bytes())?)
    })?;
    decoder.finish()
}

#[cfg(test)]
mod tests {
    use super::uppercase;
    use voxloom_plugin::serde_json::json;
    use voxloom_plugin::testing::{Outcome, Trial};

    fn run(text: &[u8], frame: usize) -> Outcome {
        let trial = Trial {
            frame,
            ..Trial::new("text/plain", json!({}))
        };
        trial.run(text, uppercase)
    }

    #[test]
    fn letters_across_frames_and_letters_that_become_two() {
        let text = "straße, ça va, ﬁn, ǆ, жук, αβς, 漢字 🙂\n";
        for frame in 1..=text.len() {
            let outcome = run(text.as_bytes(), frame);
            assert_eq!(outcome.exit_code, 0);
            let expected = "STRASSE, ÇA VA, FIN, Ǆ, ЖУК, ΑΒΣ, 漢字 🙂\n";
            assert_eq!(String::from_utf8(outcome.payload).unwrap(), expected);
        }
    }

    #[test]
    fn what_is_not_utf_8_is_an_error() {
        for text in [b"ab\xff".as_slice(), b"ab\xc3"] {
            let outcome = run(text, 1);
            assert_eq!(
                (outcome.exit_code, outcome.payload.as_slice()),
                (1, b"AB".as_slice())
            );
            assert_eq!(outcome.control[0]["code"], "BAD_INPUT");
        }
        assert_eq!(run(b"", 1).exit_code, 0);
    }
}
