//! Levels loudness by ITU-R BS.1770. See README.md.

mod leveller;
mod limiter;
mod meter;
#[cfg(test)]
mod sound;
#[cfg(test)]
mod tests;
mod weighting;

use std::io::Write;

use voxloom_plugin::{encode_pcm, PcmDecoder, Plugin, PluginError, SampleFormat};

use leveller::{Leveller, Options};
use limiter::Limiter;

fn main() {
    voxloom_plugin::run(level)
}

fn level(plugin: &mut Plugin) -> Result<(), PluginError> {
    let pcm = plugin.handshake.input_type.pcm()?;
    let format = plugin.handshake.output_type.pcm()?.format;
    let config = &plugin.handshake.config;
    let options = Options {
        target: config.f64_or("target", -18.0)?,
        range: config.f64_or("range", 12.0)?.max(0.0),
        speed: config.f64_or("speed", 3.0)?.clamp(0.1, 60.0),
    };
    let ceiling = ceiling(config.f64_or("ceiling", -1.0)?.min(0.0), format);
    let mut leveller = Leveller::new(pcm.rate, pcm.channels, options);
    let mut limiter = Limiter::new(pcm.rate, pcm.channels, ceiling);
    let mut decoder = PcmDecoder::new(pcm);
    let (mut samples, mut levelled, mut limited, mut bytes) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    plugin.transform(|input, output| {
        samples.clear();
        levelled.clear();
        limited.clear();
        bytes.clear();
        decoder.decode(input, &mut samples);
        leveller.push(&samples, &mut levelled);
        limiter.push(&levelled, &mut limited);
        encode_pcm(format, &limited, &mut bytes);
        Ok(output.write_all(&bytes)?)
    })?;
    decoder.finish()?;
    levelled.clear();
    limited.clear();
    bytes.clear();
    leveller.finish(&mut levelled);
    limiter.push(&levelled, &mut limited);
    limiter.finish(&mut limited);
    encode_pcm(format, &limited, &mut bytes);
    Ok(plugin.output.write_all(&bytes)?)
}

/// As an amplitude; in 16 bits one that rounding can't exceed.
fn ceiling(decibels: f64, format: SampleFormat) -> f32 {
    let amplitude = 10_f64.powf(decibels / 20.0);
    match format {
        SampleFormat::S16le => ((amplitude * 32768.0).floor() / 32768.0) as f32,
        SampleFormat::F32le => amplitude as f32,
    }
}
