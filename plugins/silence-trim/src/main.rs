//! Shortens silences in speech. See README.md.

mod joiner;
mod pause;
#[cfg(test)]
mod sound;
#[cfg(test)]
mod tests;
mod trimmer;

use std::io::Write;

use voxloom_plugin::{encode_pcm, PcmDecoder, Plugin, PluginError};

use trimmer::{Options, Trimmer};

fn main() {
    voxloom_plugin::run(trim)
}

fn trim(plugin: &mut Plugin) -> Result<(), PluginError> {
    let pcm = plugin.handshake.input_type.pcm()?;
    let format = plugin.handshake.output_type.pcm()?.format;
    let config = &plugin.handshake.config;
    let seconds = |name, other| {
        config
            .f64_or(name, other)
            .map(|value| pcm.frames(value.clamp(0.0, 60.0)))
    };
    let mut trimmer = Trimmer::new(Options {
        channels: pcm.channels,
        block: pcm.frames(0.01).max(1),
        threshold: 10_f64.powf(config.f64_or("threshold_db", -45.0)? / 20.0),
        keep: seconds("keep", 0.15)?,
        longest: seconds("longest", 0.8)?,
        fade: pcm.frames(config.f64_or("fade_ms", 5.0)?.clamp(0.0, 1000.0) / 1000.0),
    });
    let mut decoder = PcmDecoder::new(pcm);
    let (mut samples, mut trimmed, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
    plugin.transform(|input, output| {
        samples.clear();
        trimmed.clear();
        bytes.clear();
        decoder.decode(input, &mut samples);
        trimmer.push(&samples, &mut trimmed);
        encode_pcm(format, &trimmed, &mut bytes);
        Ok(output.write_all(&bytes)?)
    })?;
    decoder.finish()?;
    trimmed.clear();
    bytes.clear();
    trimmer.finish(&mut trimmed);
    encode_pcm(format, &trimmed, &mut bytes);
    Ok(plugin.output.write_all(&bytes)?)
}
