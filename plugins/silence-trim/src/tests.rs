//! The whole plugin, in memory. Seconds at 8 kHz, mono, unless they say otherwise.

use voxloom_plugin::serde_json::json;
use voxloom_plugin::testing::Trial;
use voxloom_plugin::SampleFormat;

use crate::sound::{Sound, PLAIN};

fn near(got: f64, expected: f64) {
    // What sounds is judged in blocks of 10 ms.
    assert!((got - expected).abs() <= 0.0101, "{got}, not {expected}");
}

#[test]
fn trims_the_ends_and_shortens_the_middle_at_any_rate() {
    for rate in [8, 150, 8000, 22_050, 44_100] {
        for (channels, format) in [
            (1, SampleFormat::S16le),
            (2, SampleFormat::F32le),
            (3, SampleFormat::S16le),
        ] {
            let sound = Sound {
                rate,
                channels,
                format,
            };
            let bytes = sound.bytes(&sound.samples(&[
                (false, 2.0),
                (true, 1.0),
                (false, 3.0),
                (true, 1.0),
                (false, 2.0),
            ]));
            let outcome = sound.run(&bytes, json!({}), 1000);
            let slack = 2.0 / f64::from(rate) + 0.04;
            let got = sound.seconds(&outcome);
            assert!((got - 3.1).abs() < slack, "{rate} Hz: {got}");
        }
    }
}

#[test]
fn what_has_nothing_to_cut_is_unchanged_to_the_byte() {
    for format in [SampleFormat::S16le, SampleFormat::F32le] {
        let sound = Sound {
            format,
            channels: 2,
            ..PLAIN
        };
        let bytes = sound.bytes(&sound.samples(&[
            (false, 0.15),
            (true, 0.5),
            (false, 0.8),
            (true, 0.503),
            (false, 0.1),
        ]));
        for frame in [1, 7, 4096, 1_000_000] {
            assert!(sound.run(&bytes, json!({}), frame).payload == bytes);
        }
    }
}

#[test]
fn slices_make_no_difference() {
    let bytes = PLAIN.bytes(&PLAIN.samples(&[
        (false, 0.31),
        (true, 0.2),
        (false, 1.7),
        (true, 0.2),
        (false, 0.333),
    ]));
    let whole = PLAIN.run(&bytes, json!({}), 1_000_000).payload;
    for frame in [1, 3, 161, 4096] {
        assert!(
            PLAIN.run(&bytes, json!({}), frame).payload == whole,
            "{frame}"
        );
    }
}

#[test]
fn options_say_how_much_stays() {
    let bytes = PLAIN.bytes(&PLAIN.samples(&[
        (false, 1.0),
        (true, 0.5),
        (false, 2.0),
        (true, 0.5),
        (false, 1.0),
    ]));
    for (keep, longest, expected) in [
        (0.0, 0.5, 1.5),
        (0.3, 0.05, 1.9),
        (0.2, 1.0, 2.4),
        (2.0, 10.0, 5.0),
    ] {
        let outcome = PLAIN.run(&bytes, json!({ "keep": keep, "longest": longest }), 4096);
        near(PLAIN.seconds(&outcome), expected);
    }
    // A threshold under the noise leaves everything.
    near(
        PLAIN.seconds(&PLAIN.run(&bytes, json!({ "threshold_db": -70 }), 4096)),
        5.0,
    );
}

#[test]
fn cuts_make_no_clicks() {
    // A loud hum under the threshold that is set: a cut without a fade would jump.
    let mut samples = Vec::new();
    for at in 0..40_000 {
        let gain = if (at / 8000) % 2 == 1 { 0.8 } else { 0.1 };
        samples.push((gain * (f64::from(at) / 8000.0 * 97.3 * std::f64::consts::TAU).sin()) as f32);
    }
    let bytes = PLAIN.bytes(&samples);
    let step = |samples: &[f32]| {
        samples
            .windows(2)
            .map(|two| (two[1] - two[0]).abs())
            .fold(0.0, f32::max)
    };
    let outcome = PLAIN.run(
        &bytes,
        json!({ "threshold_db": -15, "longest": 0.4, "keep": 0.1 }),
        4096,
    );
    near(PLAIN.seconds(&outcome), 2.6);
    let out = PLAIN.read(&outcome.payload);
    assert!(
        step(&out) <= step(&samples) * 1.05,
        "{} {}",
        step(&out),
        step(&samples)
    );
    assert!(out[0].abs() < 0.001 && out[out.len() - 1].abs() < 0.001);
}

#[test]
fn silence_alone_keeps_a_little_and_nothing_stays_nothing() {
    let bytes = PLAIN.bytes(&PLAIN.samples(&[(false, 3.0)]));
    near(PLAIN.seconds(&PLAIN.run(&bytes, json!({}), 4096)), 0.15);
    near(
        PLAIN.seconds(&PLAIN.run(&bytes[..160], json!({}), 4096)),
        0.01,
    );
    assert_eq!(PLAIN.run(b"", json!({}), 4096).payload, b"");
}

#[test]
fn half_a_sample_and_another_type_are_errors() {
    assert_eq!(
        PLAIN.run(b"abc", json!({}), 4096).control[0]["code"],
        "BAD_INPUT"
    );
    let outcome = Trial::new("audio/wav", json!({})).run(b"", crate::trim);
    assert_eq!(
        (outcome.exit_code, &outcome.control[0]["code"]),
        (1, &json!("UNSUPPORTED_TYPE"))
    );
}
