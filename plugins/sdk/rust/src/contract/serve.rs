use std::any::Any;
use std::collections::HashMap;
use std::io::{BufReader, Read, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use serde_json::{json, Value};

use super::wire::{read_message, Incoming, Outlet};
use super::{codes, Contract, ContractError, Params, Run, Setup, CONTRACT_REVISION};
use crate::stdio;

/// Serves a plugin over standard input and output until the input ends, and ends the process: the whole of `main`.
///
/// Descriptor 1 points at standard error meanwhile, so that `println!` is a log line. Exit code 0 at the end of the
/// input; 1 when the stream can't be followed.
pub fn serve(plugin: impl Contract) -> ! {
    let code = match stdio::claim() {
        Ok((source, sink)) => serve_streams(plugin, source, Box::new(sink)),
        Err(error) => {
            eprintln!("Standard input and output can't be used: {error}.");
            1
        }
    };
    std::process::exit(code)
}

/// [`serve`] over any two streams, for unit tests. Returns the exit code. Calls under way are not waited for.
pub fn serve_streams(plugin: impl Contract, source: impl Read, sink: Box<dyn Write + Send>) -> i32 {
    let server = Arc::new(Server {
        plugin,
        outlet: Arc::new(Outlet::new(sink)),
        running: Mutex::default(),
        ready: AtomicBool::new(false),
        attaches: AtomicBool::new(false),
    });
    let mut source = BufReader::with_capacity(256 * 1024, source);
    loop {
        match read_message(&mut source) {
            Ok(None) => return 0,
            Ok(Some(Incoming::Unreadable(why))) => {
                server.answer(Value::Null, Err(ContractError::new(codes::PARSE, why)));
            }
            Ok(Some(Incoming::Message { value, attachments })) => server.take(value, attachments),
            Err(error) => {
                eprintln!("The host can't be followed any more: {error}");
                return 1;
            }
        }
    }
}

struct Server<C> {
    plugin: C,
    outlet: Arc<Outlet>,
    /// Calls under way, by the text of their ids.
    running: Mutex<HashMap<String, Arc<AtomicBool>>>,
    ready: AtomicBool,
    attaches: AtomicBool,
}

type Answer = Result<Value, ContractError>;

impl<C: Contract> Server<C> {
    fn take(self: &Arc<Self>, mut message: Value, attachments: Vec<Vec<u8>>) {
        let id = message.get("id").cloned();
        let method = message
            .get("method")
            .and_then(Value::as_str)
            .map(str::to_string);
        let params = message.get_mut("params").map(Value::take);
        match (method, id) {
            (Some(method), None) => self.notice(&method, params),
            (Some(method), Some(id)) if id.is_string() || id.is_number() => {
                self.request(id, &method, params, attachments);
            }
            (None, Some(_)) if message.get("result").or(message.get("error")).is_some() => {
                eprintln!("The host answered something that nobody asked.");
            }
            _ => self.answer(
                Value::Null,
                Err(ContractError::new(
                    codes::INVALID_REQUEST,
                    "This is no request of JSON-RPC 2.0: it needs a “method”, and an “id” of text or a number.",
                )),
            ),
        }
    }

    fn notice(&self, method: &str, params: Option<Value>) {
        // Notices that nobody knows are passed over, as JSON-RPC has it.
        if method == "$/cancelRequest" {
            let id = params.as_ref().and_then(|params| params.get("id"));
            if let Some(cancelled) = id.and_then(|id| self.running().get(&id.to_string()).cloned())
            {
                cancelled.store(true, Ordering::Relaxed);
            }
        }
    }

    fn request(
        self: &Arc<Self>,
        id: Value,
        method: &str,
        params: Option<Value>,
        attachments: Vec<Vec<u8>>,
    ) {
        if method == "initialize" {
            let answer = guarded(|| self.initialize(params.unwrap_or_default()));
            return self.answer(id, answer);
        }
        if !self.ready.load(Ordering::Relaxed) {
            let why = format!("“{method}” came before “initialize” was answered.");
            return self.answer(id, Err(ContractError::new(codes::NOT_INITIALIZED, why)));
        }
        match method {
            "health_check" => {
                let answer = guarded(|| Ok(self.health()));
                self.answer(id, answer);
            }
            "shutdown" => {
                let answer = guarded(|| {
                    self.plugin.shutdown();
                    Ok(json!(true))
                });
                self.answer(id, answer);
            }
            "capture_state" if self.plugin.keeps_state() => {
                let answer = guarded(|| self.plugin.capture_state());
                self.answer(id, answer);
            }
            "restore_state" if self.plugin.keeps_state() => {
                let answer = guarded(|| {
                    let params = params.unwrap_or_default();
                    let state = params.get("state").unwrap_or(&Value::Null);
                    self.plugin.restore_state(state).map(|()| Value::Null)
                });
                self.answer(id, answer);
            }
            _ => match self.plugin.methods().iter().find(|own| own.name == method) {
                None => {
                    let why = format!("This plugin has no method “{method}”.");
                    self.answer(id, Err(ContractError::new(codes::METHOD_NOT_FOUND, why)));
                }
                Some(own) => self.call(id, own.name, params, attachments),
            },
        }
    }

    fn call(
        self: &Arc<Self>,
        id: Value,
        method: &'static str,
        params: Option<Value>,
        attachments: Vec<Vec<u8>>,
    ) {
        let token = params
            .as_ref()
            .and_then(|params| params.get("partialResultToken"))
            .cloned();
        let params = match Params::new(params, attachments) {
            Ok(params) => params,
            Err(error) => return self.answer(id, Err(error)),
        };
        let cancelled = Arc::new(AtomicBool::new(false));
        let key = id.to_string();
        self.running().insert(key.clone(), cancelled.clone());
        let server = self.clone();
        thread::spawn(move || {
            let attaches = server.attaches.load(Ordering::Relaxed);
            let mut run = Run::new(server.outlet.clone(), cancelled, token, attaches);
            let answer = guarded(|| server.plugin.call(method, &params, &mut run));
            server.running().remove(&key);
            server.tell(id, answer, &run.into_attachments());
        });
    }

    fn initialize(&self, params: Value) -> Answer {
        let text = |name: &str| {
            params
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_string()
        };
        let setup = Setup {
            name: text("name"),
            contract: text("contract"),
            config: params
                .get("config")
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default(),
            data_folder: text("data_folder"),
        };
        self.plugin.initialize(&setup)?;
        let can_attach = params
            .get("features")
            .and_then(Value::as_array)
            .is_some_and(|features| features.iter().any(|feature| feature == "attachments"));
        self.attaches.store(can_attach, Ordering::Relaxed);
        self.ready.store(true, Ordering::Relaxed);
        let features: &[&str] = if self.plugin.keeps_state() {
            &["attachments", "state"]
        } else {
            &["attachments"]
        };
        let methods: Vec<Value> = self
            .plugin
            .methods()
            .iter()
            .map(|method| json!({ "name": method.name, "params": method.params, "streams": method.streams }))
            .collect();
        Ok(
            json!({ "revision": CONTRACT_REVISION, "features": features, "status": "READY", "methods": methods }),
        )
    }

    fn health(&self) -> Value {
        let health = self.plugin.health();
        let is_busy = health.status == "READY" && !self.running().is_empty();
        json!({
            "status": if is_busy { "BUSY" } else { health.status },
            "message": health.message,
            "details": health.details,
        })
    }

    fn answer(&self, id: Value, answer: Answer) {
        self.tell(id, answer, &[]);
    }

    /// Only a result speaks of `attachments`.
    fn tell(&self, id: Value, answer: Answer, attachments: &[Vec<u8>]) {
        let failed =
            |error: ContractError| json!({ "jsonrpc": "2.0", "id": id, "error": error.to_json() });
        let sent = match answer {
            Ok(result) => self.outlet.send(
                json!({ "jsonrpc": "2.0", "id": id, "result": result }),
                attachments,
            ),
            Err(error) => self.outlet.send(failed(error), &[]),
        };
        if let Err(error) = sent {
            let _ = self.outlet.send(failed(error), &[]);
        }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<String, Arc<AtomicBool>>> {
        self.running
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// A panic is an error of this call alone. It can be caught only with `panic = "unwind"`, which is Cargo's default.
fn guarded(work: impl FnOnce() -> Answer) -> Answer {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| Err(panicked(&*payload)))
}

fn panicked(payload: &(dyn Any + Send)) -> ContractError {
    let text = payload.downcast_ref::<&str>().copied();
    let said = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let message = format!(
        "The plugin broke off: {}. This is a fault of the plugin; its log says where.",
        said.unwrap_or("it did not say why"),
    );
    ContractError::new(codes::INTERNAL, message)
}
