//! Copies its input: what is left to measure is the way of the frames.

use std::io::Write;

use voxloom_plugin::{Plugin, PluginError};

fn main() {
    voxloom_plugin::run(pass_through)
}

fn pass_through(plugin: &mut Plugin) -> Result<(), PluginError> {
    // A large piece goes from the reader's buffer to the system without a copy; small ones are gathered.
    plugin.transform(|bytes, output| Ok(output.write_all(bytes)?))
}

#[cfg(test)]
mod tests {
    use super::pass_through;
    use voxloom_plugin::serde_json::json;
    use voxloom_plugin::testing::Trial;

    #[test]
    fn every_byte_comes_out_once_and_in_order() {
        let payload: Vec<u8> = (0..1_000_003_u32).map(|n| (n * 31 % 253) as u8).collect();
        for (frame, slice) in [(1_000_003, 65_536), (65_536, 65_536), (7, 4096), (1000, 1)] {
            let trial = Trial {
                frame,
                slice,
                ..Trial::new("application/octet-stream", json!({}))
            };
            let outcome = trial.run(&payload, pass_through);
            assert_eq!(outcome.exit_code, 0);
            assert!(
                outcome.payload == payload,
                "frames of {frame}, reads of {slice}"
            );
        }
    }

    #[test]
    fn nothing_becomes_nothing() {
        let outcome = Trial::new("text/plain", json!({})).run(b"", pass_through);
        assert_eq!((outcome.exit_code, outcome.frames), (0, 0));
    }
}
