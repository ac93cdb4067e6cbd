//! Keeps standard output for frames alone: a stray `println!`, here or in a library, goes to standard error instead.

use std::fs::File;
use std::io;

/// Takes standard input and output for frames. Afterwards descriptor 0 is empty, for programs that a plugin starts,
/// and descriptor 1 is standard error.
#[cfg(unix)]
pub fn claim() -> io::Result<(File, File)> {
    use std::os::fd::{AsFd, AsRawFd};

    extern "C" {
        fn dup2(from: i32, to: i32) -> i32;
    }
    let source = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let sink = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let empty = File::open("/dev/null");
    #[cfg(any(target_os = "linux", target_os = "android"))]
    for stream in [&source, &sink] {
        widen(stream);
    }
    // SAFETY: dup2 works on descriptor numbers and touches no memory of ours. Nothing in std keeps state about
    // descriptors 0 and 1 that this could make wrong, and both streams were duplicated before.
    unsafe {
        if dup2(io::stderr().as_raw_fd(), 1) < 0 {
            return Err(io::Error::last_os_error());
        }
        if let Ok(empty) = empty {
            dup2(empty.as_raw_fd(), 0);
        }
    }
    Ok((source, sink))
}

/// Makes a pipe hold as much as one read takes: fewer switches between programs, about half as much time again.
/// Not more, because all pipes of a user share 64 MiB. Whatever is not a pipe stays as it is.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn widen(stream: &File) {
    use std::os::fd::AsRawFd;

    const F_SETPIPE_SZ: i32 = 1031;
    const BYTES: i32 = 256 * 1024;
    extern "C" {
        fn fcntl(descriptor: i32, command: i32, ...) -> i32;
    }
    // SAFETY: the descriptor is open, and the argument of this command is a number.
    unsafe {
        fcntl(stream.as_raw_fd(), F_SETPIPE_SZ, BYTES);
    }
}

/// As on Unix, as far as Windows has it: std looks the handle up at each write, a C library may have kept the old one.
#[cfg(windows)]
pub fn claim() -> io::Result<(File, File)> {
    use std::ffi::c_void;
    use std::os::windows::io::{AsHandle, AsRawHandle};

    const STD_OUTPUT_HANDLE: u32 = -11_i32 as u32;
    extern "system" {
        fn SetStdHandle(which: u32, handle: *mut c_void) -> i32;
    }
    let source = File::from(io::stdin().as_handle().try_clone_to_owned()?);
    let sink = File::from(io::stdout().as_handle().try_clone_to_owned()?);
    // SAFETY: the handle of standard error lives as long as the process.
    unsafe {
        SetStdHandle(STD_OUTPUT_HANDLE, io::stderr().as_raw_handle().cast());
    }
    Ok((source, sink))
}
