//! Every limit, and one past it.

use std::io::Write;

use voxloom_plugin::testing::{frame, run_bytes, Outcome};
use voxloom_plugin::{Plugin, PluginError, MAX_CONTROL, MAX_HANDSHAKE, MAX_PAYLOAD};

const HANDSHAKE: &str =
    r#"{"protocol":"0.1","input_type":"text/plain","output_type":"text/plain","config":{}}"#;

fn copy(plugin: &mut Plugin) -> Result<(), PluginError> {
    plugin.transform(|bytes, output| Ok(output.write_all(bytes)?))
}

fn after_handshake(bytes: &[u8]) -> Outcome {
    run_bytes([&frame(HANDSHAKE.as_bytes()), bytes].concat(), 1000, copy)
}

fn header(length: usize, control: bool) -> Vec<u8> {
    let bit = if control { 0x8000_0000 } else { 0 };
    (length as u32 | bit).to_le_bytes().to_vec()
}

fn code(outcome: &Outcome) -> &str {
    outcome.control[0]["code"].as_str().unwrap()
}

#[test]
fn frames_have_a_limit() {
    let full = after_handshake(&frame(&vec![b'x'; MAX_PAYLOAD]));
    assert_eq!((full.exit_code, full.payload.len()), (0, MAX_PAYLOAD));
    let over = after_handshake(&header(MAX_PAYLOAD + 1, false));
    assert_eq!((over.exit_code, code(&over)), (1, "BAD_FRAME"));
    let full = after_handshake(&[header(MAX_CONTROL, true), vec![b' '; MAX_CONTROL]].concat());
    assert_eq!(full.exit_code, 0);
    let over = after_handshake(&header(MAX_CONTROL + 1, true));
    assert_eq!((over.exit_code, code(&over)), (1, "BAD_FRAME"));
}

#[test]
fn the_handshake_has_a_limit() {
    let padded = |size: usize| [HANDSHAKE.as_bytes(), &vec![b' '; size - HANDSHAKE.len()]].concat();
    assert_eq!(
        run_bytes(frame(&padded(MAX_HANDSHAKE)), 65_536, copy).exit_code,
        0
    );
    let over = run_bytes(frame(&padded(MAX_HANDSHAKE + 1)), 65_536, copy);
    assert_eq!((over.exit_code, code(&over)), (1, "BAD_HANDSHAKE"));
}
