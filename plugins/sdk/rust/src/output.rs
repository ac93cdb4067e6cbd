use std::io::{self, IoSlice, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use serde_json::json;

use crate::{PluginError, CONTROL};

/// Small writes are gathered up to this many bytes, then sent as one frame.
const GATHER: usize = 64 * 1024;
/// A write from here on is sent as it lies, without a copy.
const DIRECT: usize = 16 * 1024;
/// Content of a frame, at most: the next program can begin before a long write is through.
const MAX_FRAME: usize = 256 * 1024;

/// Where the result goes. A writer: small writes are gathered, so flush when you are about to wait.
/// [`run`](crate::run) flushes at the end.
pub struct Output {
    sink: Box<dyn Write + Send>,
    gathered: Vec<u8>,
    given_up: Arc<AtomicBool>,
    /// A frame went out in part: after that nothing can be told any more.
    broken: bool,
}

impl Output {
    pub(crate) fn new(sink: Box<dyn Write + Send>, given_up: Arc<AtomicBool>) -> Self {
        Self {
            sink,
            gathered: Vec::with_capacity(GATHER),
            given_up,
            broken: false,
        }
    }

    /// Reports something that the user should know, and goes on. The host shows the first 100 of a run.
    /// `code` and `message` as in [`PluginError::new`].
    pub fn warn(&mut self, code: impl Into<String>, message: impl Into<String>) -> io::Result<()> {
        self.report(&PluginError::new(code, message), false)
    }

    pub(crate) fn report(&mut self, error: &PluginError, fatal: bool) -> io::Result<()> {
        let (code, message) = (error.code(), error.message());
        let content = json!({ "type": "error", "code": code, "message": message, "fatal": fatal });
        self.send_gathered()?;
        self.send(content.to_string().as_bytes(), CONTROL)?;
        self.sink.flush()
    }

    fn send_gathered(&mut self) -> io::Result<()> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let gathered = std::mem::take(&mut self.gathered);
        let sent = self.send(&gathered, 0);
        self.gathered = gathered;
        self.gathered.clear();
        sent
    }

    /// One frame, header and content in one call of the system where it takes them.
    fn send(&mut self, content: &[u8], kind: u32) -> io::Result<()> {
        if self.broken || self.given_up.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let header = (content.len() as u32 | kind).to_le_bytes();
        let mut done = 0;
        self.broken = true;
        while done < 4 + content.len() {
            let parts = [
                IoSlice::new(&header[done.min(4)..]),
                IoSlice::new(&content[done.saturating_sub(4)..]),
            ];
            match self.sink.write_vectored(&parts) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.broken = false;
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.gathered.len() + bytes.len() > GATHER || bytes.len() >= DIRECT {
            self.send_gathered()?;
        }
        if bytes.len() < DIRECT {
            self.gathered.extend_from_slice(bytes);
            return Ok(bytes.len());
        }
        for frame in bytes.chunks(MAX_FRAME) {
            self.send(frame, 0)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send_gathered()?;
        self.sink.flush()
    }
}
