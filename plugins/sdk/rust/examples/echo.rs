//! Copies its input. The options make it misbehave, so that the tests can see what the host sees.

use std::io::Write;

use voxloom_plugin::PluginError;

fn main() {
    voxloom_plugin::run(|plugin| {
        let mode = plugin.handshake.config.str_or("mode", "copy")?.to_string();
        println!("a stray line, in mode {mode}");
        match mode.as_str() {
            "fail" => return Err(PluginError::bad_input("It can't be read.")),
            "panic" => panic!("the floor is gone"),
            "warn" => plugin.output.warn("ODD", "This is odd.")?,
            "early" => return Ok(()),
            _ => {}
        }
        plugin.transform(|bytes, output| Ok(output.write_all(bytes)?))
    })
}
