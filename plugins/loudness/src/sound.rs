//! Sound for the tests, and the plugin run on it in memory.

use voxloom_plugin::serde_json::Value;
use voxloom_plugin::testing::Trial;
use voxloom_plugin::{encode_pcm, Pcm, PcmDecoder, SampleFormat};

use crate::meter::{Meter, ABSOLUTE_GATE};

/// Hz.
pub const RATE: u32 = 16_000;

pub fn run(samples: &[f32], pcm: Pcm, config: Value, frame: usize) -> Vec<f32> {
    let Pcm {
        rate,
        channels,
        format,
    } = pcm;
    let name = if format == SampleFormat::S16le {
        "s16le"
    } else {
        "f32le"
    };
    let trial = Trial {
        frame,
        ..Trial::new(
            &format!("audio/pcm;rate={rate};channels={channels};format={name}"),
            config,
        )
    };
    let mut bytes = Vec::new();
    encode_pcm(format, samples, &mut bytes);
    let outcome = trial.run(&bytes, crate::level);
    assert_eq!(outcome.exit_code, 0, "{:?}", outcome.control);
    assert_eq!(outcome.payload.len(), bytes.len());
    let mut out = Vec::new();
    PcmDecoder::new(pcm).decode(&outcome.payload, &mut out);
    out
}

pub fn mono(format: SampleFormat) -> Pcm {
    Pcm {
        rate: RATE,
        channels: 1,
        format,
    }
}

pub fn lufs(samples: &[f32]) -> f64 {
    let mut meter = Meter::new(RATE, 1, 1000.0, ABSOLUTE_GATE);
    samples.iter().for_each(|sample| meter.push(&[*sample]));
    meter.finish();
    meter.loudness().unwrap_or(f64::NEG_INFINITY)
}

/// Noise in syllables, four a second, with a pause of a second in every five: at a loudness.
pub fn speech(seconds: usize, loudness: f64) -> Vec<f32> {
    let mut state = 1_u32;
    let mut low = 0.0;
    let mut samples: Vec<f32> = (0..seconds * RATE as usize)
        .map(|at| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (state >> 8) as f32 / 8_388_608.0 - 1.0;
            low += (noise - low) * 0.3;
            let time = at as f32 / RATE as f32;
            let syllable = (time * 4.0 * std::f32::consts::PI).sin().powi(2);
            if time % 5.0 > 4.0 {
                0.0
            } else {
                low * syllable
            }
        })
        .collect();
    let gain = 10_f64.powf((loudness - lufs(&samples)) / 20.0) as f32;
    samples.iter_mut().for_each(|sample| *sample *= gain);
    samples
}

pub fn decibels(out: &[f32], samples: &[f32]) -> f64 {
    let energy = |samples: &[f32]| {
        samples
            .iter()
            .map(|sample| f64::from(*sample).powi(2))
            .sum::<f64>()
    };
    10.0 * (energy(out) / energy(samples)).log10()
}
