//! Cuts running text into chunks with a blank line after each. See README.md.

mod abbreviations;
mod boundary;
mod chunker;
mod cut;
mod gap;
mod letters;
#[cfg(test)]
mod tests;

use std::io::Write;

use voxloom_plugin::{Config, Plugin, PluginError, Utf8Decoder};

use chunker::{Chunker, Options};

fn main() {
    voxloom_plugin::run(chunk)
}

fn chunk(plugin: &mut Plugin) -> Result<(), PluginError> {
    let mut chunker = Chunker::new(options(&plugin.handshake.config)?);
    let mut decoder = Utf8Decoder::new();
    let mut chunks = String::new();
    plugin.transform(|bytes, output| {
        chunks.clear();
        chunker.push(decoder.decode(bytes)?, &mut chunks);
        Ok(output.write_all(chunks.as_bytes())?)
    })?;
    decoder.finish()?;
    chunks.clear();
    chunker.finish(&mut chunks);
    Ok(plugin.output.write_all(chunks.as_bytes())?)
}

fn options(config: &Config) -> Result<Options, PluginError> {
    // The manifest has the limits; these hold what the memory depends on where a host doesn't check.
    let max_chars = config.i64_or("max_chars", 400)?.clamp(1, 1_000_000) as usize;
    let min_chars = config.i64_or("min_chars", 40)?.clamp(0, 1_000_000) as usize;
    Ok(Options {
        max_chars,
        min_chars: min_chars.min(max_chars / 2),
        keep_paragraphs: config.bool_or("keep_paragraphs", true)?,
    })
}
