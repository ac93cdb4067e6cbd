"""Reads the sound of a call. Nothing here needs more than Python itself."""

import array
import io
import sys
import wave
from typing import Tuple

#: Of bytes without a head: what the contract sends.
RATE = 16_000


class Unreadable(ValueError):
    """In a sentence that says what was given and what can be."""


def read_sound(data: bytes) -> Tuple["array.array[float]", int]:
    """
    :param data: WAV of 16-bit samples, or the bare samples, little-endian, 16 kHz, mono
    :returns: samples, −1…1, mono, and their rate in Hz
    """
    if data[:4] != b"RIFF":
        if len(data) % 2:
            raise Unreadable(f"{len(data)} bytes are neither a WAV file nor whole 16-bit samples. Give either.")
        return _floats(data, 1), RATE
    try:
        with wave.open(io.BytesIO(data)) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise Unreadable(f"This WAV file can’t be read ({error}). Give 16-bit PCM.") from error
    if width != 2:
        raise Unreadable(f"This WAV file has {width * 8} bits a sample. Give 16-bit PCM.")
    return _floats(frames[: len(frames) // (2 * channels) * 2 * channels], channels), rate


def _floats(frames: bytes, channels: int) -> "array.array[float]":
    samples = array.array("h", frames)
    if sys.byteorder == "big":
        samples.byteswap()
    if channels == 1:
        return array.array("f", (sample / 32768 for sample in samples))
    scale = 32768 * channels
    return array.array(
        "f", (sum(samples[at : at + channels]) / scale for at in range(0, len(samples), channels))
    )
