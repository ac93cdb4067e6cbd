use std::io::{Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use crate::{Handshake, Input, Output, PluginError};

/// One run of a plugin: what the host asked for, what comes in and what goes out.
/// The fields can be borrowed side by side, so that input is read while output is written.
pub struct Plugin {
    pub handshake: Handshake,
    pub input: Input,
    pub output: Output,
}

/// Both streams before the handshake was read.
pub(crate) struct Streams {
    pub input: Input,
    pub output: Output,
    given_up: Arc<AtomicBool>,
}

impl Streams {
    pub fn new(source: Box<dyn Read + Send>, sink: Box<dyn Write + Send>) -> Self {
        let given_up = Arc::new(AtomicBool::new(false));
        Self {
            input: Input::new(source, given_up.clone()),
            output: Output::new(sink, given_up.clone()),
            given_up,
        }
    }

    /// Stays readable after the streams were moved into a [`Plugin`].
    pub fn watch(&self) -> impl Fn() -> bool {
        let flag = self.given_up.clone();
        move || flag.load(Ordering::SeqCst)
    }
}

impl Plugin {
    /// Calls `step` with each piece of input, in whatever slices it comes, until the input ends. What `step` writes is
    /// flushed as soon as there is nothing more to read at once.
    ///
    /// # Errors
    /// Those of `step`, and those of reading and writing.
    pub fn transform<F>(&mut self, mut step: F) -> Result<(), PluginError>
    where
        F: FnMut(&[u8], &mut Output) -> Result<(), PluginError>,
    {
        while let Some(bytes) = self.input.chunk()? {
            step(bytes, &mut self.output)?;
            if !self.input.ready()? {
                self.output.flush()?;
            }
        }
        Ok(())
    }
}
