//! Hums a text, a tone a word.

use std::f32::consts::TAU;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::OnceLock;

use voxloom_plugin::contract::{codes, serve, Contract, ContractError, Method, Params, Run, Setup};
use voxloom_plugin::serde_json::{json, Value};

const RATE: u32 = 24_000;
const MIME: &str = "audio/pcm;rate=24000;channels=1;format=s16le";
/// Characters of one call.
const LONGEST_TEXT: usize = 20_000;
/// Semitones of a major scale.
const SCALE: [u32; 8] = [0, 2, 4, 5, 7, 9, 11, 12];

#[derive(Default)]
struct Tone {
    pitch: OnceLock<f32>,
    /// Where the scale stands.
    step: AtomicU32,
}

impl Contract for Tone {
    fn initialize(&self, setup: &Setup) -> Result<(), ContractError> {
        let pitch = setup.config.get("pitch").and_then(Value::as_f64);
        let _ = self.pitch.set(pitch.unwrap_or(220.0) as f32);
        Ok(())
    }

    fn methods(&self) -> &'static [Method] {
        &[
            Method {
                name: "synthesize",
                params: &["text", "voice_id"],
                streams: true,
            },
            Method {
                name: "get_voices",
                params: &[],
                streams: false,
            },
            Method {
                name: "get_voice_info",
                params: &["voice_id"],
                streams: false,
            },
        ]
    }

    fn call(&self, method: &str, params: &Params, run: &mut Run) -> Result<Value, ContractError> {
        match method {
            "synthesize" => self.synthesize(params, run),
            "get_voice_info" => voice(params.text("voice_id")?).map(|(info, _)| info),
            _ => Ok(json!([info("low", "Low"), info("high", "High")])),
        }
    }

    fn keeps_state(&self) -> bool {
        true
    }

    fn capture_state(&self) -> Result<Value, ContractError> {
        Ok(json!({ "step": self.step.load(Ordering::Relaxed) }))
    }

    fn restore_state(&self, state: &Value) -> Result<(), ContractError> {
        let step = state.get("step").and_then(Value::as_u64);
        let step = step.and_then(|step| u32::try_from(step).ok());
        self.step.store(
            step.ok_or_else(|| ContractError::invalid_params("The state has no “step”."))?,
            Ordering::Relaxed,
        );
        Ok(())
    }
}

impl Tone {
    fn synthesize(&self, params: &Params, run: &mut Run) -> Result<Value, ContractError> {
        let text = params.text("text")?;
        let (_, octave) = voice(params.optional_text("voice_id")?.unwrap_or("low"))?;
        let letters = text.chars().count();
        if letters > LONGEST_TEXT {
            let why = format!("The text has {letters} characters; {LONGEST_TEXT} are the most.");
            return Err(ContractError::new(codes::TTS_TEXT_TOO_LONG, why));
        }
        let mut whole = Vec::new();
        for word in text.split_whitespace() {
            let step = self.step.fetch_add(1, Ordering::Relaxed) as usize % SCALE.len();
            let pitch = self.pitch.get().copied().unwrap_or(220.0) * octave;
            let pitch = pitch * 2f32.powf(SCALE[step] as f32 / 12.0);
            let sound = tone(pitch, word.chars().count());
            if run.streams() {
                let item = run.bytes(MIME, sound);
                run.item(item)?;
            } else {
                whole.extend(sound);
            }
        }
        if run.streams() {
            return Ok(Value::Null);
        }
        Ok(run.bytes(MIME, whole))
    }
}

/// What is told of a voice, and its octave.
fn voice(id: &str) -> Result<(Value, f32), ContractError> {
    match id {
        "low" => Ok((info("low", "Low"), 1.0)),
        "high" => Ok((info("high", "High"), 2.0)),
        _ => Err(ContractError::new(
            codes::TTS_VOICE_NOT_FOUND,
            format!("There is no voice “{id}”. Voices: low, high."),
        )),
    }
}

fn info(id: &str, name: &str) -> Value {
    json!({ "id": id, "name": name, "language": "en-US" })
}

/// 16-bit samples, little-endian: 60 ms and 20 ms a letter, with soft ends.
fn tone(pitch: f32, letters: usize) -> Vec<u8> {
    let count = RATE as usize * (60 + 20 * letters.min(40)) / 1000;
    let fade = (RATE / 100) as f32;
    (0..count)
        .flat_map(|at| {
            let edge = (at.min(count - at) as f32 / fade).min(1.0);
            let wave = (TAU * pitch * at as f32 / RATE as f32).sin();
            ((0.3 * edge * wave * f32::from(i16::MAX)) as i16).to_le_bytes()
        })
        .collect()
}

fn main() {
    serve(Tone::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_lasts_as_long_as_its_word_and_begins_and_ends_softly() {
        let sound = tone(440.0, 5);
        assert_eq!(sound.len(), 24 * 160 * 2);
        assert_eq!(&sound[..2], [0, 0]);
        let loudest = sound
            .chunks_exact(2)
            .map(|pair| i16::from_le_bytes([pair[0], pair[1]]).unsigned_abs())
            .max();
        assert!(loudest.is_some_and(|peak| (9000..10_000).contains(&peak)));
    }
}
