//! Sound for the tests, and the plugin run on it in memory.

use voxloom_plugin::serde_json::Value;
use voxloom_plugin::testing::{Outcome, Trial};
use voxloom_plugin::{encode_pcm, Pcm, PcmDecoder, SampleFormat};

pub struct Sound {
    pub rate: u32,
    pub channels: usize,
    pub format: SampleFormat,
}

pub const PLAIN: Sound = Sound {
    rate: 8000,
    channels: 1,
    format: SampleFormat::S16le,
};

impl Sound {
    /// Silence (`false`) and a tone (`true`), each of so many seconds.
    pub fn samples(&self, parts: &[(bool, f64)]) -> Vec<f32> {
        let mut samples = Vec::new();
        for (sounds, seconds) in parts {
            for at in 0..(seconds * f64::from(self.rate)).round() as usize {
                let phase = at as f64 / f64::from(self.rate) * 440.0 * std::f64::consts::TAU;
                // Room noise at -60 dB, so that silence is not zero.
                let noise = if at % 2 == 0 { 0.001 } else { -0.001 };
                let value = if *sounds { 0.5 * phase.cos() } else { noise } as f32;
                samples.extend(std::iter::repeat_n(value, self.channels));
            }
        }
        samples
    }

    pub fn bytes(&self, samples: &[f32]) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode_pcm(self.format, samples, &mut bytes);
        bytes
    }

    pub fn run(&self, bytes: &[u8], config: Value, frame: usize) -> Outcome {
        let format = match self.format {
            SampleFormat::S16le => "s16le",
            SampleFormat::F32le => "f32le",
        };
        let (rate, channels) = (self.rate, self.channels);
        let trial = Trial {
            frame,
            ..Trial::new(
                &format!("audio/pcm;rate={rate};channels={channels};format={format}"),
                config,
            )
        };
        trial.run(bytes, crate::trim)
    }

    pub fn read(&self, bytes: &[u8]) -> Vec<f32> {
        let (rate, channels, format) = (self.rate, self.channels, self.format);
        let mut samples = Vec::new();
        PcmDecoder::new(Pcm {
            rate,
            channels,
            format,
        })
        .decode(bytes, &mut samples);
        samples
    }

    pub fn seconds(&self, outcome: &Outcome) -> f64 {
        assert_eq!(outcome.exit_code, 0, "{:?}", outcome.control);
        (outcome.payload.len() / self.format.bytes() / self.channels) as f64 / f64::from(self.rate)
    }
}
