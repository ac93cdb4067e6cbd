//! Lines of JSON, and bytes behind them.

use std::io::{self, BufRead, Read, Write};
use std::sync::Mutex;

use serde_json::{json, Value};

use super::{codes, ContractError, MAX_ATTACHMENT, MAX_ATTACHMENTS, MAX_LINE};

/// One message as it came.
pub(crate) enum Incoming {
    Message {
        value: Value,
        attachments: Vec<Vec<u8>>,
    },
    /// A line that is not JSON: the sentence for the answer.
    Unreadable(String),
}

/// The next message; `None` at the end of the input. Empty lines are passed over. The end of a line is no part of it.
///
/// # Errors
/// When the stream can't be followed any more: a limit was passed, or it ended inside a message.
pub(crate) fn read_message(source: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    loop {
        let mut line = Vec::new();
        let read = source
            .by_ref()
            .take(MAX_LINE as u64 + 1)
            .read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        if line.last() != Some(&b'\n') {
            return Err(lost(if read > MAX_LINE {
                format!("A line has more than {MAX_LINE} bytes.")
            } else {
                "The input ended inside a line.".into()
            }));
        }
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        let value: Value = match serde_json::from_slice(line) {
            Ok(value) => value,
            Err(error) => {
                return Ok(Some(Incoming::Unreadable(format!(
                    "This line is no JSON: {error}."
                ))))
            }
        };
        let attachments = read_attachments(source, value.get("attachments"))?;
        return Ok(Some(Incoming::Message { value, attachments }));
    }
}

fn read_attachments(source: &mut impl Read, announced: Option<&Value>) -> io::Result<Vec<Vec<u8>>> {
    let count = announced.and_then(Value::as_u64).unwrap_or(0);
    if count > MAX_ATTACHMENTS as u64 {
        return Err(lost(format!(
            "{count} attachments are announced; {MAX_ATTACHMENTS} are allowed."
        )));
    }
    let mut left = MAX_ATTACHMENT;
    let mut found = Vec::new();
    for _ in 0..count {
        let mut head = [0; 4];
        source.read_exact(&mut head)?;
        let length = u32::from_le_bytes(head) as usize;
        left = left.checked_sub(length).ok_or_else(|| {
            lost(format!(
                "Attachments of more than {MAX_ATTACHMENT} bytes are announced."
            ))
        })?;
        let mut data = vec![0; length];
        source.read_exact(&mut data)?;
        found.push(data);
    }
    Ok(found)
}

fn lost(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

/// Where answers go: one message at a time, whoever writes.
pub(crate) struct Outlet(Mutex<Box<dyn Write + Send>>);

impl Outlet {
    pub fn new(sink: Box<dyn Write + Send>) -> Self {
        Self(Mutex::new(sink))
    }

    /// A host that is gone is seen at the end of the input.
    ///
    /// # Errors
    /// When it is more than a host takes, which would end the plugin for it: then nothing was written.
    pub fn send(&self, mut message: Value, attachments: &[Vec<u8>]) -> Result<(), ContractError> {
        if !attachments.is_empty() {
            message["attachments"] = json!(attachments.len());
        }
        let mut bytes = message.to_string().into_bytes();
        let behind: usize = attachments.iter().map(Vec::len).sum();
        if bytes.len() > MAX_LINE || behind > MAX_ATTACHMENT || attachments.len() > MAX_ATTACHMENTS
        {
            let why = format!(
                "The answer is too large: a line has at most {MAX_LINE} bytes, and {MAX_ATTACHMENT} may stand behind it in {MAX_ATTACHMENTS} parts. Answer in a stream."
            );
            return Err(ContractError::new(codes::INTERNAL, why));
        }
        bytes.push(b'\n');
        let mut sink = self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        let _ = (|| {
            sink.write_all(&bytes)?;
            for data in attachments {
                sink.write_all(&(data.len() as u32).to_le_bytes())?;
                sink.write_all(data)?;
            }
            sink.flush()
        })();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> io::Result<Option<Incoming>> {
        read_message(&mut io::BufReader::new(bytes))
    }

    fn announcing(count: usize, length: u32) -> Vec<u8> {
        let mut bytes = json!({ "attachments": count }).to_string().into_bytes();
        bytes.push(b'\n');
        bytes.extend(length.to_le_bytes());
        bytes
    }

    #[test]
    fn attachments_stand_behind_their_line() {
        let mut bytes = announcing(1, 2);
        bytes.extend(b"\n{");
        let Some(Incoming::Message { attachments, .. }) = read(&bytes).expect("a message") else {
            panic!("a message");
        };
        assert_eq!(attachments, [b"\n{".to_vec()]);
    }

    #[test]
    fn limits_are_judged_before_anything_is_kept() {
        let cap = MAX_ATTACHMENT as u32;
        // At the limit it goes on to read, and finds the end.
        assert_eq!(
            read(&announcing(1, cap)).err().map(|error| error.kind()),
            Some(io::ErrorKind::UnexpectedEof)
        );
        assert_eq!(
            read(&announcing(1, cap + 1))
                .err()
                .map(|error| error.kind()),
            Some(io::ErrorKind::InvalidData)
        );
        assert_eq!(
            read(&announcing(MAX_ATTACHMENTS + 1, 0))
                .err()
                .map(|error| error.kind()),
            Some(io::ErrorKind::InvalidData)
        );
    }

    #[test]
    fn a_line_at_the_limit_is_read_and_one_past_it_is_not() {
        let mut line = vec![b' '; MAX_LINE];
        line[0] = b'7';
        line.push(b'\n');
        assert!(matches!(read(&line), Ok(Some(Incoming::Message { .. }))));
        line.insert(1, b' ');
        assert!(read(&line).is_err());
    }

    #[test]
    fn what_is_no_json_is_told_and_the_next_line_is_read() {
        let mut source = io::BufReader::new(&b"{\n\r\n7\r\n"[..]);
        assert!(matches!(
            read_message(&mut source),
            Ok(Some(Incoming::Unreadable(_)))
        ));
        assert!(
            matches!(read_message(&mut source), Ok(Some(Incoming::Message { value, .. })) if value == 7)
        );
        assert!(matches!(read_message(&mut source), Ok(None)));
    }
}
