"""One method of a plugin, however it is written: plain or async, returning or yielding."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator as IteratorType
from concurrent.futures import ThreadPoolExecutor
from typing import Any, AsyncIterator, Awaitable, Callable, Dict, Iterator, List, Optional

from contracts.base import PluginBase

from .binding import Binding
from .failures import not_known
from .methods import METHODS
from .protocol import ErrorCodes, PluginError
from .results import Sound, cut, joined, listed, reply, words
from .stops import StopAt

Emit = Callable[[Any], Awaitable[None]]

_LISTS = ("get_voices", "get_languages", "get_models")
_END = object()


class PluginMethod:
    def __init__(self, name: str, plugin: PluginBase, contract: str, threads: ThreadPoolExecutor) -> None:
        self.name = name
        self._plugin = plugin
        self._contract = contract
        self._method = getattr(plugin, name)
        self._threads = threads
        self._binding = Binding(name, self._method, METHODS.get(contract, {}).get(name))
        self._models: Callable[[], Any] = getattr(plugin, "get_models", list)
        self._speaks = contract == "tts" and name == "synthesize"
        self._tells = contract == "llm" and name == "stream_complete"

    def describe(self) -> Dict[str, Any]:
        """As the answer to ``initialize`` lists it."""
        yields = inspect.isasyncgenfunction(self._method) or inspect.isgeneratorfunction(self._method)
        told: Dict[str, Any] = {"name": self.name, "params": self._binding.params}
        return {**told, "streams": True} if yields or self._tells else told

    async def run(self, params: Dict[str, Any], emit: Optional[Emit]) -> Any:
        """The result; with ``emit`` items go there as they are made, and the result is None when there were any."""
        try:
            return await self._run(params, emit)
        except KeyError as error:
            meant = not_known(error, params)
            if meant is None:
                raise
            raise meant from error

    async def _run(self, params: Dict[str, Any], emit: Optional[Emit]) -> Any:
        placed, named = self._binding.bind(params)
        await self._check_model(params)
        stop = self._stop(params)
        made = await self._begin(placed, named)
        items = self._items(made)
        if items is None:
            return self._result(made, stop)
        kept: List[Any] = []
        async for item in self._shaped(items, stop):
            if emit is None:
                kept.append(item)
            else:
                await emit(item)
        if emit is not None:
            return None
        return joined(kept) if self._speaks else "".join(kept) if self._tells else kept

    async def _shaped(self, items: AsyncIterator[Any], stop: StopAt) -> AsyncIterator[Any]:
        """The items as the contract has them; empty ones are left out."""
        sound = Sound(self._plugin)

        def shape(item: Any) -> Any:
            if self._speaks:
                return sound.piece(item)
            said = words(item) if self._tells else None
            return item if not self._tells else None if said is None else stop.piece(said)

        try:
            async for item in items:
                shaped = shape(item)
                if shaped is not None:
                    yield shaped
                if stop.ended:
                    return
            rest = stop.rest()
            if rest is not None:
                yield rest
        finally:
            close = getattr(items, "aclose", None)
            if close is not None:
                await close()

    def _stop(self, params: Dict[str, Any]) -> StopAt:
        mine = self._contract == "llm" and not self._binding.takes("stop_sequences")
        return StopAt(params.get("stop_sequences") or [] if mine else [])

    async def _check_model(self, params: Dict[str, Any]) -> None:
        """A method that takes no ``model`` has the one that it has."""
        model = params.get("model")
        if self._contract != "llm" or model is None or self._binding.takes("model"):
            return
        known = self._models()
        known = listed(await known if inspect.isawaitable(known) else known)
        names = [str(entry.get("id")) for entry in known if isinstance(entry, dict)]
        if model not in names:
            raise PluginError(
                ErrorCodes.LLM_MODEL_NOT_AVAILABLE, f"There is no model “{model}”. There are: {', '.join(names)}."
            )

    async def _begin(self, placed: List[Any], named: Dict[str, Any]) -> Any:
        if inspect.iscoroutinefunction(self._method):
            return await self._method(*placed, **named)
        if inspect.isasyncgenfunction(self._method) or inspect.isgeneratorfunction(self._method):
            return self._method(*placed, **named)
        # A plain method may compute for a minute: in a thread of its own health is still answered.
        made = await self._in_thread(lambda: self._method(*placed, **named))
        return await made if inspect.isawaitable(made) else made

    def _items(self, made: Any) -> Optional[AsyncIterator[Any]]:
        if hasattr(made, "__aiter__"):
            return made.__aiter__()
        return self._each(made) if isinstance(made, IteratorType) else None

    async def _each(self, made: Iterator[Any]) -> AsyncIterator[Any]:
        try:
            while True:
                item = await self._in_thread(lambda: next(made, _END))
                if item is _END:
                    return
                yield item
        finally:
            close = getattr(made, "close", None)
            if close is not None:
                # In the same thread, behind the item that is still being made.
                self._threads.submit(close)

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        def guarded() -> Any:
            try:
                return work()
            except StopIteration as error:
                # No future can hold it: whoever waits would wait for ever.
                raise RuntimeError("StopIteration was raised outside of a generator") from error

        return await asyncio.get_running_loop().run_in_executor(self._threads, guarded)

    def _result(self, made: Any, stop: StopAt) -> Any:
        if self._speaks:
            return Sound(self._plugin).whole(made)
        if self.name in _LISTS:
            return listed(made)
        if self._contract == "llm":
            return cut(reply(made) if self.name == "chat" else made, stop.whole)
        return made
