"""``manifest.json``, as far as the SDK needs it. The host judges it whole."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any, Dict, List

from .protocol import ErrorCodes, PluginError

REQUIREMENTS = "requirements.txt"


@dataclass(frozen=True)
class Manifest:
    folder: str
    name: str
    contract: str
    entry_point: str
    content: Dict[str, Any]

    @property
    def requirements(self) -> List[str]:
        """What is to be installed: requirements.txt where there is one, else ``dependencies``."""
        path = os.path.join(self.folder, REQUIREMENTS)
        if not os.path.isfile(path):
            return [str(line) for line in self.content.get("dependencies") or []]
        with open(path, encoding="utf-8-sig") as file:
            text = file.read().replace("\\\r\n", " ").replace("\\\n", " ")
        lines = (_without_comment(line) for line in text.splitlines())
        return [line for line in lines if line]

    def settings(self, given: Dict[str, Any]) -> Dict[str, Any]:
        """``given`` with the defaults of ``config_schema``. Raises PluginError for what is needed and not there."""
        schema = self.content.get("config_schema")
        schema = schema if isinstance(schema, dict) else {}
        properties = schema.get("properties")
        filled = {
            key: rule["default"]
            for key, rule in (properties if isinstance(properties, dict) else {}).items()
            if isinstance(rule, dict) and "default" in rule
        }
        filled.update(given)
        missing = [key for key in schema.get("required") or [] if key not in filled]
        if missing:
            raise PluginError(
                ErrorCodes.INVALID_PARAMS,
                f'“{self.name}” needs settings: {", ".join(missing)}. Give them as "config" of plugin/load.',
            )
        return filled


def read_manifest(folder: str) -> Manifest:
    """Raises PluginError."""
    folder = os.path.abspath(folder)
    path = os.path.join(folder, "manifest.json")
    try:
        with open(path, encoding="utf-8-sig") as file:
            content = json.load(file)
    except FileNotFoundError:
        raise _bad(f"There is no {path}. A plugin’s folder holds a file of that name.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise _bad(f"{path} can’t be read: {error}") from error
    if not isinstance(content, dict):
        raise _bad(f"{path} is no JSON object.")
    for key in ("name", "contract", "entry_point"):
        if not isinstance(content.get(key), str) or not content[key]:
            raise _bad(f"{path} has no “{key}”.")
    return Manifest(folder, content["name"], content["contract"], content["entry_point"], content)


def _without_comment(line: str) -> str:
    at = 0 if line.startswith("#") else line.find(" #")
    return (line if at < 0 else line[:at]).strip()


def _bad(why: str) -> PluginError:
    return PluginError(ErrorCodes.INVALID_PARAMS, why)
