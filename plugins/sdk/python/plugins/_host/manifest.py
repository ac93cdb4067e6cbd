"""``manifest.json``, as far as the SDK needs it. The host judges it whole."""

from __future__ import annotations

import json
import os
import re
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
        try:
            with open(path, encoding="utf-8-sig", newline="") as file:
                text = file.read()
        except (OSError, ValueError) as error:
            raise _bad(f"{path} can’t be read: {error}. Save it as UTF-8.") from error
        lines = re.split(r"\r?\n", re.sub(r"\\\r?\n", " ", text))
        # Just as the host reads it: the environment's name is made from these lines.
        found = (re.sub(r"(^|\s)#.*$", "", line).strip() for line in lines)
        return [line for line in found if line]

    @property
    def shown_requirements(self) -> List[str]:
        """The same without the passwords in addresses: for logs, and for the name of the environment."""
        return [without_credentials(line) for line in self.requirements]

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


def without_credentials(text: str) -> str:
    return re.sub(r"://[^\s/?#]*@", "://…@", text)


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
    # Folders are named after it: it must not lead out of those that they lie in.
    if content["name"] != os.path.basename(folder):
        raise _bad(f"{path}: the name is “{content['name'][:80]}”, and must be that of its folder.")
    return Manifest(folder, content["name"], content["contract"], content["entry_point"], content)


def _bad(why: str) -> PluginError:
    return PluginError(ErrorCodes.INVALID_PARAMS, why)
