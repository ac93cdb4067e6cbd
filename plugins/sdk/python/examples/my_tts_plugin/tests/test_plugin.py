import io
import wave

import pytest
from contracts.base import PluginStatus
from my_tts_plugin import MyTTSPlugin
from plugins._host.protocol import ErrorCodes, PluginError


@pytest.fixture
async def plugin():
    made = MyTTSPlugin()
    await made.initialize({"voice": "low", "note_ms": 100})
    yield made
    await made.shutdown()


async def test_synthesize(plugin):
    audio = await plugin.synthesize("Hello")
    with wave.open(io.BytesIO(audio)) as sound:
        assert sound.getnframes() / sound.getframerate() == pytest.approx(0.5)


async def test_a_voice_that_is_not_there(plugin):
    with pytest.raises(PluginError) as raised:
        await plugin.synthesize("Hello", voice_id="loud")
    assert raised.value.code == ErrorCodes.TTS_VOICE_NOT_FOUND


async def test_voices(plugin):
    assert [voice["id"] for voice in await plugin.get_voices()] == ["high", "low"]


async def test_state_goes_over_to_the_next_one(plugin):
    await plugin.synthesize("Hello")
    other = MyTTSPlugin()
    await other.initialize({})
    other.restore_state(plugin.capture_state())
    assert other.health_check().details == {"texts_spoken": 1}


async def test_health(plugin):
    assert plugin.health_check().status == PluginStatus.READY
