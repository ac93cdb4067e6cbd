"""From messages to methods and back."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Awaitable, Callable, Dict, List, Optional, Set

from .calls import PluginMethod
from .failures import error_object, failure_of
from .health import HealthWatch, Id
from .life import Life
from .offered import method_missing, methods_of
from .protocol import ErrorCodes, PluginError
from .values import message_pieces
from .writer import MessageWriter


class Dispatch:
    """All of it runs in the event loop."""

    def __init__(self, life: Life, writer: MessageWriter) -> None:
        self.life = life
        self.writer = writer
        self._running: Dict[Id, str] = {}
        self.watch = HealthWatch(writer, self._running)
        self._tasks: Dict[Id, "asyncio.Task[None]"] = {}
        self._kept: Set["asyncio.Task[None]"] = set()
        self._methods: Dict[str, PluginMethod] = {}
        # Plain methods come one after the other, as they would without us: plugins are rarely made for several threads.
        self._threads = ThreadPoolExecutor(1, "voxloom-plugin")
        self._life: Dict[str, Callable[[Dict[str, Any]], Awaitable[Any]]] = {
            "initialize": self._initialize,
            "health_check": lambda _: life.health(),
            "capture_state": lambda _: life.capture(),
            "restore_state": lambda params: life.restore(params.get("state")),
            "shutdown": lambda _: life.shutdown(),
        }

    def receive(self, message: Dict[str, Any]) -> None:
        """A message that is a JSON object."""
        key, method, params = message.get("id"), message.get("method"), message.get("params")
        if not isinstance(method, str) or message.get("jsonrpc") != "2.0":
            # An answer to something that we never asked is nobody's question.
            if "result" not in message and "error" not in message:
                self.refuse(key, PluginError(ErrorCodes.INVALID_REQUEST, "The message is no call of JSON-RPC 2.0."))
            return
        params = {} if params is None else params
        if "id" not in message:
            if method == "$/cancelRequest" and isinstance(params, dict):
                self._cancel(params.get("id"))
            return
        if isinstance(key, bool) or not isinstance(key, (int, str)):
            self.refuse(None, PluginError(ErrorCodes.INVALID_REQUEST, "The id must be a whole number or a text."))
        elif key in self._tasks:
            self.refuse(
                key, PluginError(ErrorCodes.INVALID_REQUEST, f"The id {key} is that of a call that still runs.")
            )
        elif not isinstance(params, dict):
            self.refuse(key, PluginError(ErrorCodes.INVALID_PARAMS, "“params” must be an object."))
        else:
            self._tasks[key] = self._keep(self._answer(key, method, params))

    def refuse(self, key: Any, error: PluginError) -> None:
        """Answers with an error; None for what had no id that could be read."""
        if not isinstance(key, (int, str)) or isinstance(key, bool):
            key = None
        self._keep(self.writer.send(self._refusal(key, error)))

    def close(self) -> None:
        """Gives up all that runs."""
        for task in list(self._kept):
            if task is not asyncio.current_task():
                task.cancel()

    async def _answer(self, key: Id, method: str, params: Dict[str, Any]) -> None:
        if method == "health_check" and not self.watch.claim(key):
            self._tasks.pop(key, None)
            return
        try:
            result = await self._run(key, method, params)
            answer: Dict[str, Any] = {"jsonrpc": "2.0", "id": key, "result": result}
            pieces = self._pieces(answer)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            # Not Exception: libraries written in Rust panic with something that is none.
            if key not in self._tasks:
                # It was cancelled, and that has been said.
                return
            if isinstance(error, asyncio.CancelledError):
                error = PluginError(ErrorCodes.CANCELLED, f"“{method}” was given up by the plugin.")
            pieces = self._refusal(key, self._failure(error, method))
        finally:
            self._running.pop(key, None)
        if self._tasks.pop(key, None) is not None:
            await self.writer.send(pieces)

    async def _run(self, key: Id, method: str, params: Dict[str, Any]) -> Any:
        lived = self._life.get(method)
        if lived is not None:
            return await lived(params)
        self.life.plugin  # noqa: B018 - says so when it is not initialized
        known = self._methods.get(method)
        if known is None:
            raise method_missing(method, list(self._methods))
        self._running[key] = method
        token = params.pop("partialResultToken", None)
        return await known.run(params, None if token is None else self._emitter(key, token))

    def _emitter(self, key: Id, token: Any) -> Callable[[Any], Awaitable[None]]:
        async def emit(item: Any) -> None:
            if key in self._tasks:
                await self._send({"jsonrpc": "2.0", "method": "$/progress", "params": {"token": token, "value": item}})

        return emit

    async def _initialize(self, params: Dict[str, Any]) -> Any:
        if not await self.life.initialize(params):
            return False
        self._methods = methods_of(self.life.plugin, self.life.manifest.contract, self._threads)
        return self.life.introduce([method.describe() for method in self._methods.values()])

    def _cancel(self, key: Any) -> None:
        task = self._tasks.pop(key, None) if isinstance(key, (int, str)) else None
        if task is None:
            return
        # The answer does not wait for the plugin: a thread that computes can't be stopped.
        self.refuse(key, PluginError(ErrorCodes.CANCELLED, "The call was cancelled."))
        task.cancel()

    def _failure(self, error: BaseException, method: str) -> PluginError:
        contract: Optional[str] = None if method in self._life else self.life.manifest.contract
        return failure_of(error, contract, self.life.manifest.folder)

    def _pieces(self, message: Dict[str, Any]) -> List[Any]:
        return message_pieces(message, self.life.attaches)

    def _refusal(self, key: Any, error: PluginError) -> List[Any]:
        answer = {"jsonrpc": "2.0", "id": key, "error": error_object(error)}
        try:
            return self._pieces(answer)
        except PluginError:
            # Its data is no JSON: the words are what counts.
            return self._pieces({**answer, "error": error_object(PluginError(error.code, error.message))})

    async def _send(self, message: Dict[str, Any]) -> None:
        await self.writer.send(self._pieces(message))

    def _keep(self, work: Any) -> "asyncio.Task[None]":
        task: "asyncio.Task[None]" = asyncio.ensure_future(work)
        # The loop itself holds its tasks only weakly.
        self._kept.add(task)
        task.add_done_callback(self._kept.discard)
        return task
