use std::io::{self, BufRead, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use crate::{PluginError, CONTROL, MAX_CONTROL, MAX_HANDSHAKE, MAX_PAYLOAD};

/// One read takes header and content together; several times a pipe's 64 KiB, and still inside a core's cache.
const BUFFER: usize = 256 * 1024;

/// The payload of a run, without its frames: a reader whose slices mean nothing, as on any stream.
///
/// Its errors turn into [`PluginError`] with `?`. End of file inside a frame is one of them: whatever the plugin does
/// then, nothing more is written and the process ends with exit code 1.
pub struct Input {
    source: Box<dyn Read + Send>,
    buffer: Box<[u8]>,
    /// What was read and not used yet: `buffer[start..end]`.
    start: usize,
    end: usize,
    /// Bytes that the frame under way still has.
    left: usize,
    control: bool,
    over: bool,
    given_up: Arc<AtomicBool>,
}

impl Input {
    pub(crate) fn new(source: Box<dyn Read + Send>, given_up: Arc<AtomicBool>) -> Self {
        Self {
            source,
            buffer: vec![0; BUFFER].into(),
            start: 0,
            end: 0,
            left: 0,
            control: false,
            over: false,
            given_up,
        }
    }

    /// The next bytes, as they arrived, without copying them; `None` at the end of the input.
    /// Waits only when nothing is there, so a long frame comes in pieces.
    ///
    /// # Errors
    /// `BAD_FRAME` for a frame over the limit, the end of the input inside a frame, and those of the system.
    pub fn chunk(&mut self) -> io::Result<Option<&[u8]>> {
        while !self.ready()? {
            if self.over {
                return Ok(None);
            }
            self.fill()?;
        }
        let from = self.start;
        let length = self.left.min(self.end - from);
        self.consume(length);
        Ok(Some(&self.buffer[from..from + length]))
    }

    /// Whether the next read returns without waiting. When not, flush what was written: the host may be waiting for it.
    pub fn ready(&mut self) -> io::Result<bool> {
        loop {
            let held = self.end - self.start;
            if self.left == 0 {
                if held < 4 {
                    return Ok(false);
                }
                self.read_header()?;
            } else if self.control {
                let skipped = held.min(self.left);
                self.consume(skipped);
                if self.left > 0 {
                    return Ok(false);
                }
            } else {
                return Ok(held > 0);
            }
        }
    }

    /// The content of the first frame.
    ///
    /// # Errors
    /// As [`Input::chunk`], and `BAD_HANDSHAKE` when it is over 1 MiB.
    pub(crate) fn handshake(&mut self) -> io::Result<Vec<u8>> {
        while !self.ready()? && (self.left == 0 || self.control) {
            if self.over {
                return Err(self.give_up());
            }
            self.fill()?;
        }
        if self.left > MAX_HANDSHAKE {
            let message = format!(
                "The handshake has {} bytes; {MAX_HANDSHAKE} are allowed.",
                self.left
            );
            return Err(PluginError::new("BAD_HANDSHAKE", message).into());
        }
        let mut content = vec![0; self.left];
        self.read_exact(&mut content)?;
        Ok(content)
    }

    fn read_header(&mut self) -> io::Result<()> {
        let bytes: [u8; 4] = self.buffer[self.start..self.start + 4]
            .try_into()
            .expect("four bytes");
        let header = u32::from_le_bytes(bytes);
        let length = (header & !CONTROL) as usize;
        self.control = header & CONTROL != 0;
        let most = if self.control {
            MAX_CONTROL
        } else {
            MAX_PAYLOAD
        };
        if length > most {
            let message = format!("The input has a frame of {length} bytes; {most} are allowed.");
            return Err(PluginError::new("BAD_FRAME", message).into());
        }
        self.start += 4;
        self.left = length;
        Ok(())
    }

    /// Reads once. At the end of the input, `over` is set.
    fn fill(&mut self) -> io::Result<()> {
        // At most three bytes of a header are moved: content is used up before more is read.
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let count = loop {
            match self.source.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => break other?,
            }
        };
        self.end += count;
        if count == 0 {
            if self.end > 0 || self.left > 0 {
                return Err(self.give_up());
            }
            self.over = true;
        }
        Ok(())
    }

    fn give_up(&self) -> io::Error {
        self.given_up.store(true, Ordering::SeqCst);
        PluginError::given_up().into()
    }
}

impl BufRead for Input {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while !self.ready()? && !self.over {
            self.fill()?;
        }
        Ok(&self.buffer[self.start..self.start + self.left.min(self.end - self.start)])
    }

    fn consume(&mut self, count: usize) {
        self.start += count;
        self.left -= count;
    }
}

impl Read for Input {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let held = self.fill_buf()?;
        let count = held.len().min(into.len());
        into[..count].copy_from_slice(&held[..count]);
        self.consume(count);
        Ok(count)
    }
}
