//! The contract example over real pipes.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{json, Value};

struct Plugin {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Plugin {
    /// Not initialised yet.
    fn start() -> Self {
        let mut program = std::env::current_exe().expect("a path");
        program.pop();
        program.pop();
        let program = program
            .join("examples")
            .join(format!("contract_echo{}", std::env::consts::EXE_SUFFIX));
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the example is built with the tests");
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        Self {
            child,
            stdin,
            stdout,
        }
    }

    fn ready(features: &[&str]) -> Self {
        let mut plugin = Self::start();
        let params = json!({
            "revision": 1, "host": { "name": "test", "version": "0" }, "name": "echo", "contract": "echo",
            "config": {}, "features": features, "data_folder": "",
        });
        plugin.ask(0, "initialize", params);
        plugin
    }

    fn write(&mut self, bytes: &[u8]) {
        self.stdin
            .as_mut()
            .expect("open")
            .write_all(bytes)
            .expect("a reader");
    }

    fn send(&mut self, message: &Value) {
        self.write(format!("{message}\n").as_bytes());
    }

    fn next(&mut self) -> Value {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("a line");
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON: {line:?}"))
    }

    fn ask(&mut self, id: u64, method: &str, params: Value) -> Value {
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        let answer = self.next();
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    /// What it logged, and its exit code, after the end of its input.
    fn end(mut self) -> (String, Option<i32>) {
        drop(self.stdin.take());
        let mut log = String::new();
        self.child
            .stderr
            .take()
            .expect("piped")
            .read_to_string(&mut log)
            .expect("text");
        (log, self.child.wait().expect("it ends").code())
    }
}

#[test]
fn a_plain_life_ends_with_exit_code_0_and_strays_are_log() {
    let mut plugin = Plugin::ready(&[]);
    assert_eq!(
        plugin.ask(1, "echo", json!({ "value": { "a": "ß" } }))["result"],
        json!({ "a": "ß" })
    );
    assert_eq!(
        plugin.ask(2, "health_check", json!({}))["result"]["status"],
        "READY"
    );
    assert_eq!(plugin.ask(3, "shutdown", json!({}))["result"], true);
    let (log, code) = plugin.end();
    assert_eq!(
        (log.contains("a stray line of echo"), code),
        (true, Some(0))
    );
}

#[test]
fn faults_have_their_codes_and_it_goes_on() {
    let mut plugin = Plugin::start();
    assert_eq!(plugin.ask(1, "echo", json!({}))["error"]["code"], -32002);
    let mut plugin = {
        plugin.end();
        Plugin::ready(&[])
    };
    plugin.write(b"{\"jsonrpc\n");
    assert_eq!(plugin.next()["error"]["code"], -32700);
    plugin.send(&json!({ "jsonrpc": "2.0", "id": {} }));
    assert_eq!(plugin.next()["error"]["code"], -32600);
    plugin.send(&json!({ "jsonrpc": "2.0", "method": "nobody/knows" }));
    assert_eq!(plugin.ask(2, "sing", json!({}))["error"]["code"], -32601);
    assert_eq!(plugin.ask(3, "echo", json!([1]))["error"]["code"], -32602);
    let panicked = plugin.ask(4, "panic", json!({}));
    assert_eq!(panicked["error"]["code"], -32603);
    assert!(panicked["error"]["message"]
        .as_str()
        .expect("text")
        .contains("the floor is gone"));
    assert_eq!(plugin.ask(5, "echo", json!({ "value": 7 }))["result"], 7);
}

#[test]
fn bytes_go_behind_the_line_only_where_the_host_said_so() {
    let given = json!({ "encoding": "base64", "mime": "audio/wav", "data": "CgB7" });
    let mut plain = Plugin::ready(&[]);
    assert_eq!(
        plain.ask(1, "bytes", json!({ "data": given }))["result"],
        given
    );
    let mut plugin = Plugin::ready(&["attachments"]);
    let attached = json!({ "encoding": "attachment", "mime": "audio/wav", "attachment": 0 });
    let params = json!({ "data": attached });
    plugin.send(&json!({ "jsonrpc": "2.0", "id": 1, "method": "bytes", "params": params, "attachments": 1 }));
    plugin.write(b"\x03\0\0\0\n\0{");
    let answer = plugin.next();
    assert_eq!(
        (&answer["result"], &answer["attachments"]),
        (&attached, &json!(1))
    );
    let mut behind = [0; 7];
    plugin.stdout.read_exact(&mut behind).expect("the bytes");
    assert_eq!(&behind, b"\x03\0\0\0\n\0{");
}

#[test]
fn what_no_host_takes_is_an_error_of_the_call_alone() {
    let most = 64 * 1024 * 1024;
    let mut plugin = Plugin::ready(&["attachments"]);
    let params = json!({ "bytes": most });
    plugin.send(&json!({ "jsonrpc": "2.0", "id": 1, "method": "fill", "params": params }));
    assert_eq!(plugin.next()["attachments"], 1);
    let mut behind = vec![0; 4 + most];
    plugin.stdout.read_exact(&mut behind).expect("the bytes");
    for params in [
        json!({ "bytes": most + 1 }),
        json!({ "bytes": most + 1, "partialResultToken": "s" }),
    ] {
        let refused = plugin.ask(2, "fill", params);
        assert_eq!(refused["error"]["code"], -32603, "{refused}");
    }
    assert_eq!(plugin.ask(3, "echo", json!({ "value": 7 }))["result"], 7);
    let mut plain = Plugin::ready(&[]);
    let refused = plain.ask(1, "fill", json!({ "bytes": most / 2 }));
    assert_eq!(refused["error"]["code"], -32603);
}

#[test]
fn a_stream_is_cancelled_in_its_middle_while_health_is_answered() {
    let mut plugin = Plugin::ready(&[]);
    let counted = plugin.ask(1, "count", json!({ "to": 3 }));
    assert_eq!(counted["result"], 3);
    plugin.send(&json!({ "jsonrpc": "2.0", "id": 2, "method": "count", "params": { "partialResultToken": "s" } }));
    assert_eq!(plugin.next()["params"], json!({ "token": "s", "value": 1 }));
    plugin.send(&json!({ "jsonrpc": "2.0", "id": 3, "method": "health_check" }));
    let health = loop {
        let message = plugin.next();
        if message.get("id").is_some() {
            break message;
        }
    };
    assert_eq!(
        (&health["id"], &health["result"]["status"]),
        (&json!(3), &json!("BUSY"))
    );
    plugin.send(&json!({ "jsonrpc": "2.0", "method": "$/cancelRequest", "params": { "id": 2 } }));
    let ended = loop {
        let message = plugin.next();
        if message.get("id").is_some() {
            break message;
        }
    };
    assert_eq!(ended["error"]["code"], -32800);
    assert_eq!(plugin.ask(4, "echo", json!({ "value": 1 }))["result"], 1);
}

#[test]
fn another_takes_the_state_over() {
    let mut old = Plugin::ready(&[]);
    old.ask(1, "echo", json!({}));
    let state = old.ask(2, "capture_state", json!({}))["result"].clone();
    let mut new = Plugin::ready(&[]);
    assert_eq!(
        new.ask(1, "restore_state", json!({ "state": state }))["result"],
        Value::Null
    );
    assert_eq!(new.ask(2, "capture_state", json!({}))["result"], 1);
    assert_eq!(
        new.ask(3, "restore_state", json!({ "state": "x" }))["error"]["code"],
        -32602
    );
}
