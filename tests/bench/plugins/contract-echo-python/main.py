"""Answers with nothing, and gives sound: what the bench of contract plugins asks of Python."""

from contracts.audio import Audio
from contracts.base import HealthStatus, PluginBase, PluginStatus


class Echo(PluginBase):
    async def initialize(self, config):
        self._sounds = {}
        self._status = PluginStatus.READY
        return True

    async def shutdown(self):
        return True

    def health_check(self):
        return HealthStatus(self._status)

    async def empty(self):
        return None

    async def sound(self, size):
        if size not in self._sounds:
            self._sounds[size] = Audio(bytes(size), "application/octet-stream")
        return self._sounds[size]
