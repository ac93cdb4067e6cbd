"""From a folder to the plugin’s object."""

from __future__ import annotations

import inspect
import os
import sys
from types import ModuleType
from typing import Any, List, Optional, Type

from contracts.base import PluginBase
from contracts.llm_contract import LLMContract
from contracts.stt_contract import STTContract
from contracts.tts_contract import TTSContract

from .manifest import Manifest
from .packages import import_entry
from .protocol import ErrorCodes, PluginError

_CONTRACTS = {"tts": TTSContract, "stt": STTContract, "llm": LLMContract}


def load_plugin(manifest: Manifest) -> PluginBase:
    """Imports the entry point, finds the plugin’s class and makes one of it. Raises PluginError in words."""
    try:
        module = import_entry(manifest.folder, manifest.entry_point)
    except ImportError as error:
        raise _not_imported(error, manifest) from error
    except SyntaxError as error:
        where = f"{os.path.basename(error.filename or '')}, line {error.lineno}"
        raise _bad(f"Python {_version()} can’t read {where}: {error.msg}.") from error
    kind = _class_of(module, manifest)
    missing = sorted(getattr(kind, "__abstractmethods__", ()))
    if missing:
        raise _bad(
            f"{kind.__name__} lacks {_listed(missing)}, which the contract “{manifest.contract}” asks for. "
            f"Write {'it' if len(missing) == 1 else 'them'}."
        )
    plugin = kind()
    plugin.manifest = manifest.content
    return plugin


def _class_of(module: ModuleType, manifest: Manifest) -> Type[PluginBase]:
    named = getattr(module, "Plugin", None)
    if named is not None:
        if not (inspect.isclass(named) and issubclass(named, PluginBase)):
            raise _bad(f"“Plugin” in {_file_of(module)} is no class that extends {_wanted(manifest.contract)}.")
        return _fitting([named], module, manifest)
    found = [kind for kind in vars(module).values() if inspect.isclass(kind) and _is_plugin(kind)]
    # Its own classes before imported ones, and of these not those that others of them extend.
    found = [kind for kind in found if kind.__module__ == module.__name__] or found
    unique = list(dict.fromkeys(found))
    return _fitting([kind for kind in unique if not _is_extended(kind, unique)], module, manifest)


def _fitting(found: List[Any], module: ModuleType, manifest: Manifest) -> Type[PluginBase]:
    wanted = _CONTRACTS.get(manifest.contract)
    # Of a contract that nobody knows, only what extends none of the known ones can be.
    fitting = [kind for kind in found if (issubclass(kind, wanted) if wanted else _known_of(kind) is None)]
    if len(fitting) == 1:
        return fitting[0]
    where = _file_of(module)
    if len(fitting) > 1:
        names = _listed([kind.__name__ for kind in fitting])
        raise _bad(f"{where} holds several plugins: {names}. Say which with a line: Plugin = {fitting[0].__name__}")
    if found:
        kind = found[0]
        known = _known_of(kind)
        raise _bad(
            f"Contract mismatch: manifest.json says “{manifest.contract}”, and {kind.__name__} extends "
            f"{_base_of(kind)}. Extend {_wanted(manifest.contract)}, or change “contract” in manifest.json"
            f"{f' to “{known}”' if known else ''}."
        )
    raise _bad(f"{where} holds no plugin. Write a class that extends {_wanted(manifest.contract)}.")


def _is_plugin(kind: Any) -> bool:
    return issubclass(kind, PluginBase) and not kind.__module__.startswith("contracts.")


def _is_extended(kind: Any, others: List[Any]) -> bool:
    return any(other is not kind and issubclass(other, kind) for other in others)


def _base_of(kind: Any) -> str:
    return next((base.__name__ for base in kind.__mro__ if base.__module__.startswith("contracts.")), "PluginBase")


def _known_of(kind: Any) -> Optional[str]:
    return next((name for name, base in _CONTRACTS.items() if issubclass(kind, base)), None)


def _wanted(contract: str) -> str:
    kind = _CONTRACTS.get(contract)
    return f"{kind.__name__} (from {kind.__module__})" if kind else "PluginBase (from contracts.base)"


def _not_imported(error: ImportError, manifest: Manifest) -> PluginError:
    missing: Optional[str] = error.name if isinstance(error, ModuleNotFoundError) else None
    own = missing is not None and missing.startswith(f"plugins.{os.path.basename(manifest.folder)}")
    if missing is None or own:
        what = missing.split(".", 2)[-1] if own and missing else ""
        if own and what == manifest.entry_point.replace(".py", ""):
            return _bad(f"{manifest.folder} has no {what}.py, which “entry_point” in manifest.json names.")
        return _bad(f"It can’t be imported: {error}.")
    package = missing.split(".")[0]
    if any(_names(line, package) for line in manifest.requirements):
        cure = f"Install its packages: voxloom contracts install {manifest.name}"
    else:
        cure = (
            f"Add the package that has it to requirements.txt, or to “dependencies” in manifest.json, and install: "
            f"voxloom contracts install {manifest.name}"
        )
    return _bad(f"The module “{package}” is not installed. {cure}")


def _names(requirement: str, package: str) -> bool:
    plain = requirement.lower().replace("_", "-")
    return plain.startswith(package.lower().replace("_", "-"))


def _file_of(module: ModuleType) -> str:
    return os.path.basename(getattr(module, "__file__", None) or module.__name__)


def _listed(names: List[str]) -> str:
    return ", ".join(names)


def _version() -> str:
    return ".".join(str(part) for part in sys.version_info[:2])


def _bad(why: str) -> PluginError:
    return PluginError(ErrorCodes.INTERNAL, why)
