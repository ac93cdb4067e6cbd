"""How far an installation is, from what the tools print."""

from __future__ import annotations

import re
from typing import Dict, Optional

Step = Dict[str, object]


class PipProgress:
    """Nobody knows how many packages there will be until pip installs them: the total grows with what it finds."""

    def __init__(self, requirements: int) -> None:
        self._total = requirements + 1
        self._done = 0

    def step(self, line: str) -> Optional[Step]:
        collecting = re.match(r"\s*Collecting ([A-Za-z0-9][\w.-]*)", line)
        if collecting:
            what = collecting.group(1)
            self._total = max(self._total, self._done + 2)
            step = _step(self._done, self._total, what)
            self._done += 1
            return step
        installing = re.match(r"Installing collected packages: (.+)", line)
        if installing:
            return _step(self._total - 1, self._total, installing.group(1))
        return None


class UvProgress:
    def __init__(self) -> None:
        self._total = 1
        self._done = 0

    def step(self, line: str) -> Optional[Step]:
        resolved = re.match(r"Resolved (\d+) packages?", line)
        if resolved:
            self._total = int(resolved.group(1)) + 1
            return _step(0, self._total, "")
        fetched = re.match(r"\s*(?:Downloaded|Built) ([A-Za-z0-9][\w.-]*)", line)
        if fetched:
            self._done = min(self._done + 1, self._total - 1)
            return _step(self._done, self._total, fetched.group(1))
        if re.match(r"Prepared \d+ packages?", line):
            return _step(self._total - 1, self._total, "")
        return None


def _step(done: int, total: int, what: str) -> Step:
    return {"done": done, "total": total, "what": what}
