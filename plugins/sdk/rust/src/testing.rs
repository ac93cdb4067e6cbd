//! Runs a plugin in memory, frames and all, for unit tests of plugins.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex};

use serde_json::{json, Value};

use crate::run::serve;
use crate::{Plugin, PluginError, CONTROL};

/// One conversation. Change the fields to see what the slices of a stream do to a plugin.
#[derive(Debug, Clone)]
pub struct Trial {
    pub input_type: String,
    pub output_type: String,
    /// A JSON object.
    pub config: Value,
    /// Bytes of a payload frame.
    pub frame: usize,
    /// Bytes that one read gives, at most.
    pub slice: usize,
    /// Bytes that are missing at the end, as when the host gives up.
    pub cut: usize,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// All payload that was written.
    pub payload: Vec<u8>,
    /// All control frames, in order.
    pub control: Vec<Value>,
    /// Payload frames that were written.
    pub frames: usize,
    pub exit_code: i32,
}

impl Trial {
    /// The same type in and out, frames of 4 KiB, reads of 64 KiB.
    pub fn new(media_type: &str, config: Value) -> Self {
        Self {
            input_type: media_type.into(),
            output_type: media_type.into(),
            config,
            frame: 4096,
            slice: 65_536,
            cut: 0,
        }
    }

    pub fn run<F>(&self, payload: &[u8], plugin: F) -> Outcome
    where
        F: FnOnce(&mut Plugin) -> Result<(), PluginError>,
    {
        let mut bytes = frame(&self.handshake().to_string().into_bytes());
        payload
            .chunks(self.frame)
            .for_each(|part| bytes.extend(frame(part)));
        bytes.truncate(bytes.len() - self.cut);
        run_bytes(bytes, self.slice, plugin)
    }

    fn handshake(&self) -> Value {
        json!({
            "protocol": crate::PROTOCOL,
            "input_type": self.input_type,
            "output_type": self.output_type,
            "config": self.config,
        })
    }
}

/// Runs a plugin on bytes as they would come over a pipe, `slice` at a time.
///
/// # Panics
/// When what the plugin wrote is not whole frames, because that is a fault of this crate.
pub fn run_bytes<F>(bytes: Vec<u8>, slice: usize, plugin: F) -> Outcome
where
    F: FnOnce(&mut Plugin) -> Result<(), PluginError>,
{
    let written = Written::default();
    let source = Sliced {
        bytes: io::Cursor::new(bytes),
        slice,
    };
    let exit_code = serve(Box::new(source), Box::new(written.clone()), plugin);
    let written = written.0.lock().expect("not poisoned").clone();
    read_frames(&written, exit_code)
}

/// A payload frame.
pub fn frame(content: &[u8]) -> Vec<u8> {
    let mut bytes = (content.len() as u32).to_le_bytes().to_vec();
    bytes.extend_from_slice(content);
    bytes
}

fn read_frames(mut bytes: &[u8], exit_code: i32) -> Outcome {
    let mut outcome = Outcome {
        payload: Vec::new(),
        control: Vec::new(),
        frames: 0,
        exit_code,
    };
    while !bytes.is_empty() {
        let header = u32::from_le_bytes(bytes[..4].try_into().expect("a header"));
        let (content, rest) = bytes[4..].split_at((header & !CONTROL) as usize);
        if header & CONTROL != 0 {
            outcome
                .control
                .push(serde_json::from_slice(content).expect("JSON"));
        } else {
            outcome.frames += 1;
            outcome.payload.extend_from_slice(content);
        }
        bytes = rest;
    }
    outcome
}

struct Sliced {
    bytes: io::Cursor<Vec<u8>>,
    slice: usize,
}

impl Read for Sliced {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = into.len().min(self.slice);
        self.bytes.read(&mut into[..most])
    }
}

#[derive(Default, Clone)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("not poisoned").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
