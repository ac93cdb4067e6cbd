"""A plugin’s folder as a package, wherever it lies."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import site
import sys
import sysconfig
from types import ModuleType
from typing import Any, Optional, Tuple

_PARENT = "plugins"


def import_entry(folder: str, entry_point: str) -> ModuleType:
    """Imports a plugin’s module: ``__init__``, ``main``, ``main.py``, ``pkg.mod``.

    The folder becomes the package ``plugins.NAME``, so that ``from . import helper`` works; ``import helper`` and
    ``from NAME import helper`` do as well, unless an installed package has the name.
    """
    name = os.path.basename(folder)
    _put_on_path(folder)
    package, spec = _package(folder, f"{_PARENT}.{name}")
    sys.meta_path.append(_OwnName(name, package))
    if spec.loader is not None:
        spec.loader.exec_module(package)
    module = entry_point[:-3] if entry_point.endswith(".py") else entry_point
    module = module.replace("/", ".").strip(".")
    return package if module == "__init__" else importlib.import_module(f"{package.__name__}.{module}")


def _package(folder: str, name: str) -> Tuple[ModuleType, importlib.machinery.ModuleSpec]:
    init = os.path.join(folder, "__init__.py")
    spec: Optional[importlib.machinery.ModuleSpec]
    if os.path.isfile(init):
        spec = importlib.util.spec_from_file_location(name, init, submodule_search_locations=[folder])
    else:
        spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [folder]
    assert spec is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[name] = package
    return package, spec


def _put_on_path(folder: str) -> None:
    """Before installed packages, and behind Python’s own: a plugin’s queue.py must not become everybody’s."""
    if folder in sys.path:
        sys.path.remove(folder)
    installed = {*site.getsitepackages(), site.getusersitepackages(), sysconfig.get_path("purelib")}
    at = next((at for at, path in enumerate(sys.path) if path in installed), len(sys.path))
    sys.path.insert(at, folder)


class _OwnName(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the plugin under its own name, asked last."""

    def __init__(self, name: str, package: ModuleType) -> None:
        self._name = name
        self._package = package
        self._spec = package.__spec__

    def find_spec(self, fullname: str, path: Any = None, target: Optional[ModuleType] = None) -> Any:
        if fullname == self._name:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: Any) -> ModuleType:
        return self._package

    def exec_module(self, module: ModuleType) -> None:
        # It runs already, as what it is; the import system has just written another name over that.
        module.__spec__ = self._spec
