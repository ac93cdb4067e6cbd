//! The example over real pipes: what only a process shows.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};

use voxloom_plugin::testing::frame;

fn start(mode: &str) -> (Child, ChildStdin) {
    let mut program = std::env::current_exe().expect("a path");
    program.pop();
    program.pop();
    let program: PathBuf = program
        .join("examples")
        .join(format!("echo{}", std::env::consts::EXE_SUFFIX));
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the example is built with the tests");
    let mut stdin = child.stdin.take().expect("piped");
    let handshake = format!(
        r#"{{"protocol":"0.1","input_type":"text/plain","output_type":"text/plain","config":{{"mode":"{mode}"}},"later":1}}"#
    );
    stdin
        .write_all(&frame(handshake.as_bytes()))
        .expect("the handshake");
    (child, stdin)
}

/// Standard output, standard error, exit code.
fn finish(child: Child) -> (Vec<u8>, String, Option<i32>) {
    let output = child.wait_with_output().expect("it ends");
    (
        output.stdout,
        String::from_utf8_lossy(&output.stderr).into_owned(),
        output.status.code(),
    )
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

#[test]
fn a_stray_line_goes_to_the_log_and_the_frames_stay_whole() {
    let (child, mut stdin) = start("copy");
    for byte in frame("grüß dich".as_bytes()) {
        stdin.write_all(&[byte]).expect("a byte");
    }
    drop(stdin);
    let (stdout, log, code) = finish(child);
    assert_eq!(code, Some(0));
    assert!(log.contains("a stray line, in mode copy"), "{log}");
    assert!(!holds(&stdout, "stray"));
    // The copy may come in as many frames as there were bytes.
    let letters: Vec<u8> = payload(&stdout);
    assert_eq!(letters, "grüß dich".as_bytes());
}

#[test]
fn what_came_is_passed_on_while_the_input_is_open() {
    let (mut child, mut stdin) = start("copy");
    stdin.write_all(&frame(b"now")).expect("a frame");
    let mut got = [0; 7];
    child
        .stdout
        .as_mut()
        .expect("piped")
        .read_exact(&mut got)
        .expect("an answer");
    assert_eq!(got.as_slice(), frame(b"now"));
    drop(stdin);
    assert_eq!(finish(child).2, Some(0));
}

#[test]
fn a_cut_frame_ends_it_with_exit_code_1() {
    let (child, mut stdin) = start("copy");
    stdin.write_all(&frame(b"hello")[..6]).expect("a part");
    drop(stdin);
    let (stdout, _, code) = finish(child);
    assert_eq!(code, Some(1));
    assert!(!holds(&stdout, "error"));
}

#[test]
fn errors_and_panics_are_frames_and_exit_code_1() {
    for (mode, named) in [("fail", "BAD_INPUT"), ("panic", "PANIC")] {
        let (child, stdin) = start(mode);
        let (stdout, log, code) = finish(child);
        drop(stdin);
        assert_eq!((code, stdout[3] & 0x80), (Some(1), 0x80), "{mode}: {log}");
        assert!(holds(&stdout, named), "{mode}");
    }
}

#[test]
fn stopping_early_is_success() {
    let (child, stdin) = start("early");
    assert_eq!(finish(child).2, Some(0));
    drop(stdin);
}

fn payload(mut bytes: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    while let Some((header, rest)) = bytes.split_first_chunk::<4>() {
        let (content, rest) = rest.split_at(u32::from_le_bytes(*header) as usize);
        all.extend_from_slice(content);
        bytes = rest;
    }
    all
}
