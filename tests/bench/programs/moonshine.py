"""Reads sounds with the native library of Moonshine, one after the other, on the weights in a folder.

Each line of standard input is {"path": raw 32-bit samples, "rate": Hz}; each line of standard output is {"text", "took"}.
"""

import array
import json
import sys
import time

from moonshine_voice.moonshine_api import ModelArch
from moonshine_voice.transcriber import Transcriber

transcriber = Transcriber(sys.argv[1], ModelArch.TINY, options={"return_audio_data": "false"})
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    with open(request["path"], "rb") as file:
        samples = array.array("f", file.read())
    began = time.perf_counter()
    transcript = transcriber.transcribe_without_streaming(samples, request["rate"])
    took = time.perf_counter() - began
    text = " ".join(line.text.strip() for line in transcript.lines)
    print(json.dumps({"text": text, "took": took}), flush=True)
