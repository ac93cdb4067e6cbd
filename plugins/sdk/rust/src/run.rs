use std::any::Any;
use std::io::{Read, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};

use crate::plugin::{Plugin, Streams};
use crate::{stdio, Handshake, PluginError};

/// Runs a plugin and ends the process: the whole of `main`.
///
/// Exit code 0 when `plugin` returns `Ok`, whether or not it read all of its input. An `Err` or a panic becomes one
/// fatal error frame and exit code 1. When the host gave up in the middle of a frame: exit code 1 and no frame.
/// A panic can be reported only where the profile has `panic = "unwind"`, which is Cargo's default.
pub fn run<F>(plugin: F) -> !
where
    F: FnOnce(&mut Plugin) -> Result<(), PluginError>,
{
    let code = match stdio::claim() {
        Ok((source, sink)) => serve(Box::new(source), Box::new(sink), plugin),
        Err(error) => {
            eprintln!("Standard input and output can't be used: {error}.");
            1
        }
    };
    std::process::exit(code)
}

/// [`run`] over any two streams. Returns the exit code.
pub(crate) fn serve<F>(source: Box<dyn Read + Send>, sink: Box<dyn Write + Send>, plugin: F) -> i32
where
    F: FnOnce(&mut Plugin) -> Result<(), PluginError>,
{
    let mut streams = Streams::new(source, sink);
    let given_up = streams.watch();
    let (outcome, mut output) = match read_handshake(&mut streams) {
        Err(error) => (Err(error), streams.output),
        Ok(handshake) => {
            let Streams { input, output, .. } = streams;
            let mut run = Plugin {
                handshake,
                input,
                output,
            };
            let outcome = catch_unwind(AssertUnwindSafe(|| plugin(&mut run)));
            (
                outcome.unwrap_or_else(|payload| Err(panicked(&*payload))),
                run.output,
            )
        }
    };
    if given_up() {
        eprintln!("{}", PluginError::given_up().message());
        return 1;
    }
    let outcome = outcome.and_then(|()| Ok(output.flush()?));
    let Err(error) = outcome else { return 0 };
    // The log has it as well: a host that is gone can't read the frame.
    eprintln!("{error}");
    let _ = output.report(&error, true);
    1
}

fn read_handshake(streams: &mut Streams) -> Result<Handshake, PluginError> {
    Handshake::parse(&streams.input.handshake()?)
}

fn panicked(payload: &(dyn Any + Send)) -> PluginError {
    let text = payload.downcast_ref::<&str>().copied();
    let said = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let message = format!(
        "The plugin broke off: {}. This is a fault of the plugin; its log says where.",
        said.unwrap_or("it did not say why"),
    );
    PluginError::new("PANIC", message)
}
