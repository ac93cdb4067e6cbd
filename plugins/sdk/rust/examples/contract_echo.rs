//! A contract plugin that gives back what it gets. It keeps a count, which another of it takes over.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{json, Value};
use voxloom_plugin::contract::{serve, Contract, ContractError, Method, Params, Run, Setup};

#[derive(Default)]
struct Echo {
    count: AtomicU64,
}

impl Contract for Echo {
    fn initialize(&self, setup: &Setup) -> Result<(), ContractError> {
        println!("a stray line of {}", setup.name);
        match setup.config.get("refuse") {
            Some(why) => Err(ContractError::new(-32603, why.as_str().unwrap_or("no"))),
            None => Ok(()),
        }
    }

    fn methods(&self) -> &'static [Method] {
        &[
            Method {
                name: "echo",
                params: &["value"],
                streams: false,
            },
            Method {
                name: "bytes",
                params: &["data"],
                streams: false,
            },
            Method {
                name: "count",
                params: &["to"],
                streams: true,
            },
            Method {
                name: "fill",
                params: &["bytes"],
                streams: true,
            },
            Method {
                name: "panic",
                params: &[],
                streams: false,
            },
        ]
    }

    fn call(&self, method: &str, params: &Params, run: &mut Run) -> Result<Value, ContractError> {
        self.count.fetch_add(1, Ordering::Relaxed);
        match method {
            "echo" => Ok(params.get("value").cloned().unwrap_or_default()),
            "bytes" => {
                let given = params.bytes("data")?;
                Ok(run.bytes(&given.mime, given.data))
            }
            "count" => {
                let to = params.optional_number("to")?.unwrap_or(f64::INFINITY);
                let mut last = 0;
                while f64::from(last) < to {
                    last += 1;
                    run.item(json!(last))?;
                }
                Ok(if run.streams() {
                    Value::Null
                } else {
                    json!(last)
                })
            }
            "fill" => {
                let count = params.optional_number("bytes")?.unwrap_or(0.0) as usize;
                let filled = run.bytes("application/octet-stream", vec![0; count]);
                if !run.streams() {
                    return Ok(filled);
                }
                run.item(filled)?;
                Ok(Value::Null)
            }
            _ => panic!("the floor is gone"),
        }
    }

    fn keeps_state(&self) -> bool {
        true
    }

    fn capture_state(&self) -> Result<Value, ContractError> {
        Ok(json!(self.count.load(Ordering::Relaxed)))
    }

    fn restore_state(&self, state: &Value) -> Result<(), ContractError> {
        let count = state
            .as_u64()
            .ok_or_else(|| ContractError::invalid_params("The state must be a number."))?;
        self.count.store(count, Ordering::Relaxed);
        Ok(())
    }
}

fn main() {
    serve(Echo::default())
}
