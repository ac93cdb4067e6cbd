//! Frames in and out, in memory.

use std::io::{BufRead, Read, Write};

use voxloom_plugin::serde_json::json;
use voxloom_plugin::testing::{frame, run_bytes, Outcome, Trial};
use voxloom_plugin::{Plugin, PluginError};

const HANDSHAKE: &str =
    r#"{"protocol":"0.1","input_type":"text/plain","output_type":"text/plain","config":{}}"#;

fn copy(plugin: &mut Plugin) -> Result<(), PluginError> {
    plugin.transform(|bytes, output| Ok(output.write_all(bytes)?))
}

fn after_handshake(bytes: &[u8]) -> Outcome {
    run_bytes([&frame(HANDSHAKE.as_bytes()), bytes].concat(), 1000, copy)
}

fn code(outcome: &Outcome) -> &str {
    outcome.control[0]["code"].as_str().unwrap()
}

#[test]
fn payload_is_the_same_in_any_frames_and_slices() {
    let payload: Vec<u8> = (0..70_000_u32).map(|n| (n * 7 % 251) as u8).collect();
    for (size, slice) in [
        (1, 1),
        (1, 65_536),
        (3, 2),
        (4096, 1),
        (5, 7),
        (300_000, 65_536),
        (70_000, 999),
    ] {
        let trial = Trial {
            frame: size,
            slice,
            ..Trial::new("text/plain", json!({}))
        };
        let outcome = trial.run(&payload, copy);
        assert_eq!(
            (outcome.exit_code, outcome.payload == payload),
            (0, true),
            "{size} {slice}"
        );
        assert!(outcome.control.is_empty());
    }
}

#[test]
fn empty_input_and_empty_frames_are_input() {
    assert_eq!(
        Trial::new("text/plain", json!({})).run(b"", copy).exit_code,
        0
    );
    let outcome =
        after_handshake(&[frame(b""), frame(b"a"), frame(b""), frame(b"b"), frame(b"")].concat());
    assert_eq!(
        (outcome.exit_code, outcome.payload.as_slice()),
        (0, b"ab".as_slice())
    );
}

#[test]
fn control_frames_in_the_input_are_passed_over() {
    let control = b"\x02\0\0\x80{}".to_vec();
    let outcome =
        after_handshake(&[frame(b"a"), control.clone(), frame(b"b"), control.clone()].concat());
    assert_eq!(
        (outcome.exit_code, outcome.payload.as_slice()),
        (0, b"ab".as_slice())
    );
    let first = run_bytes(
        [control, frame(HANDSHAKE.as_bytes()), frame(b"a")].concat(),
        1,
        copy,
    );
    assert_eq!(
        (first.exit_code, first.payload.as_slice()),
        (0, b"a".as_slice())
    );
}

#[test]
fn the_end_inside_a_frame_ends_the_plugin_without_a_word() {
    for cut in 1..=8 {
        let trial = Trial {
            cut,
            frame: 5,
            ..Trial::new("text/plain", json!({}))
        };
        // Five bytes of content and four of header: each cut lies inside the last frame.
        let outcome = trial.run(b"helloworld", |plugin| {
            let read = copy(plugin);
            assert!(read.unwrap_err().is_given_up());
            // Even a plugin that doesn't look at the error can write no more.
            assert!(plugin.output.write_all(&[0; 100_000]).is_err());
            Ok(())
        });
        assert_eq!(
            (outcome.exit_code, outcome.control.len()),
            (1, 0),
            "cut {cut}"
        );
        assert!(outcome.payload.len() < 10);
    }
    let none = run_bytes(Vec::new(), 10, copy);
    assert_eq!((none.exit_code, none.frames, none.control.len()), (1, 0, 0));
}

#[test]
fn an_error_or_a_panic_is_one_fatal_frame_after_what_was_written() {
    let trial = Trial::new("text/plain", json!({}));
    let failed = trial.run(b"", |plugin| {
        plugin.output.write_all(b"so far")?;
        Err(PluginError::bad_input("Line 3."))
    });
    assert_eq!(failed.exit_code, 1);
    assert_eq!(failed.payload, b"so far");
    let expected =
        json!({ "type": "error", "code": "BAD_INPUT", "message": "Line 3.", "fatal": true });
    assert_eq!(failed.control, [expected]);
    let panicked = trial.run(b"", |_| panic!("no floor"));
    assert_eq!(
        (panicked.exit_code, panicked.control.len(), code(&panicked)),
        (1, 1, "PANIC")
    );
    assert!(panicked.control[0]["message"]
        .as_str()
        .unwrap()
        .contains("no floor"));
}

#[test]
fn a_warning_keeps_its_place_and_the_stream_goes_on() {
    let outcome = Trial::new("text/plain", json!({})).run(b"x", |plugin| {
        plugin.output.write_all(b"before ")?;
        plugin.output.warn("ODD", "This is odd.")?;
        copy(plugin)
    });
    assert_eq!(
        (outcome.exit_code, outcome.payload.as_slice()),
        (0, b"before x".as_slice())
    );
    assert_eq!(
        (&outcome.control[0]["fatal"], outcome.frames),
        (&json!(false), 2)
    );
}

#[test]
fn long_writes_become_frames_of_256_kib_and_short_ones_are_gathered() {
    let trial = Trial::new("text/plain", json!({}));
    let long = trial.run(b"", |plugin| {
        Ok(plugin.output.write_all(&vec![7; 1_000_000])?)
    });
    assert_eq!((long.frames, long.payload.len()), (4, 1_000_000));
    let short = trial.run(b"", |plugin| {
        for _ in 0..1000 {
            plugin.output.write_all(b"12345678")?;
        }
        Ok(())
    });
    assert_eq!((short.frames, short.payload.len()), (1, 8000));
}

#[test]
fn input_is_a_reader_of_bytes_and_of_lines() {
    let trial = Trial {
        frame: 3,
        ..Trial::new("text/plain", json!({}))
    };
    trial.run("eins\nzwei\ndreißig".as_bytes(), |plugin| {
        let mut line = String::new();
        plugin.input.read_line(&mut line)?;
        assert_eq!(line, "eins\n");
        let mut rest = String::new();
        plugin.input.read_to_string(&mut rest)?;
        assert_eq!(rest, "zwei\ndreißig");
        assert_eq!(plugin.input.read(&mut [0; 4])?, 0);
        Ok(())
    });
}
