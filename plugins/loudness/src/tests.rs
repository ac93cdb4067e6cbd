//! The whole plugin, in memory.

use voxloom_plugin::serde_json::json;
use voxloom_plugin::testing::Trial;
use voxloom_plugin::{Pcm, SampleFormat};

use crate::sound::{decibels, lufs, mono, run, speech, RATE};

#[test]
fn quiet_and_loud_speech_come_to_the_target_from_the_first_word() {
    for format in [SampleFormat::S16le, SampleFormat::F32le] {
        for (from, target) in [
            (-30.0, -18.0),
            (-26.0, -18.0),
            (-12.0, -23.0),
            (-18.0, -18.0),
        ] {
            let samples = speech(20, from);
            let out = run(
                &samples,
                mono(format),
                json!({ "target": target, "range": 13 }),
                4096,
            );
            for part in [
                &out[..],
                &out[RATE as usize * 10..],
                &out[..RATE as usize * 4],
            ] {
                assert!(
                    (lufs(part) - target).abs() < 1.0,
                    "{from} to {target}: {}",
                    lufs(part)
                );
            }
        }
    }
}

#[test]
fn a_sine_comes_to_the_target() {
    let samples: Vec<f32> = (0..RATE * 8)
        .map(|at| 0.06 * (at as f32 * 0.2).sin())
        .collect();
    let out = run(&samples, mono(SampleFormat::F32le), json!({}), 4096);
    assert!((lufs(&out) + 18.0).abs() < 0.2, "{}", lufs(&out));
}

#[test]
fn follows_a_change_and_stays_in_range() {
    let samples = [speech(20, -30.0), speech(20, -14.0), speech(20, -45.0)].concat();
    let out = run(&samples, mono(SampleFormat::F32le), json!({}), 4096);
    let second = |n: usize| n * RATE as usize;
    assert!((lufs(&out[second(32)..second(40)]) + 18.0).abs() < 1.0);
    // 12 dB is the range.
    assert!(
        (lufs(&out[second(52)..]) + 33.0).abs() < 1.0,
        "{}",
        lufs(&out[second(52)..])
    );
}

#[test]
fn no_sample_is_over_the_ceiling() {
    for format in [SampleFormat::S16le, SampleFormat::F32le] {
        let mut samples = speech(10, -32.0);
        for at in (5000..samples.len()).step_by(7919) {
            samples[at] = if at % 2 == 0 { 1.0 } else { -1.0 };
        }
        let loud: Vec<f32> = speech(5, -10.0)
            .iter()
            .map(|sample| (sample * 3.0).clamp(-1.0, 1.0))
            .collect();
        samples.extend(loud);
        for ceiling in [-1.0, -9.3, 0.0] {
            let config = json!({ "ceiling": ceiling, "target": -8, "range": 40 });
            let out = run(&samples, mono(format), config, 4096);
            let most = 10_f64.powf(ceiling / 20.0) as f32;
            assert!(out.iter().all(|sample| sample.abs() <= most), "{ceiling}");
        }
    }
}

#[test]
fn silence_is_not_raised() {
    let zeros = vec![0.0; 40_000];
    assert_eq!(
        run(&zeros, mono(SampleFormat::S16le), json!({}), 4096),
        zeros
    );
    let hiss: Vec<f32> = speech(8, -62.0);
    let out = run(&hiss, mono(SampleFormat::F32le), json!({}), 4096);
    assert!(decibels(&out, &hiss).abs() < 0.01);
    // Twenty seconds of hiss after speech are not raised further than the speech was.
    let samples = [speech(10, -24.0), speech(20, -62.0)].concat();
    let out = run(&samples, mono(SampleFormat::F32le), json!({}), 4096);
    let hiss = RATE as usize * 12..samples.len();
    let raised = decibels(&out[hiss.clone()], &samples[hiss]);
    assert!((raised - 6.0).abs() < 1.0, "{raised}");
}

#[test]
fn the_length_stays_exactly_and_slices_make_no_difference() {
    for channels in [1, 2, 6] {
        for (rate, frames) in [
            (RATE, 0),
            (RATE, 1),
            (RATE, 79),
            (RATE, 1600),
            (RATE, 33_333),
            (8, 100),
            (44_100, 9999),
        ] {
            let samples: Vec<f32> = (0..frames * channels)
                .map(|at| ((at * 37) % 101) as f32 / 200.0)
                .collect();
            let pcm = Pcm {
                rate,
                channels,
                format: SampleFormat::S16le,
            };
            let whole = run(&samples, pcm, json!({}), 1_000_000);
            assert_eq!(whole.len(), samples.len());
            assert!(run(&samples, pcm, json!({}), 997) == whole);
        }
    }
    let samples = speech(2, -30.0);
    let whole = run(&samples, mono(SampleFormat::F32le), json!({}), 1_000_000);
    assert!(run(&samples, mono(SampleFormat::F32le), json!({}), 1) == whole);
}

#[test]
fn a_single_short_word_is_levelled() {
    let word: Vec<f32> = speech(1, -30.0)[..4000].to_vec();
    let out = run(&word, mono(SampleFormat::F32le), json!({}), 4096);
    assert!((lufs(&out) + 18.0).abs() < 1.0, "{}", lufs(&out));
}

#[test]
fn another_type_is_an_error() {
    let outcome = Trial::new("audio/wav", json!({})).run(b"", crate::level);
    assert_eq!(
        (outcome.exit_code, &outcome.control[0]["code"]),
        (1, &json!("UNSUPPORTED_TYPE"))
    );
}
