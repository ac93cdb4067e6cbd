"""The bare protocol in Python: text in capitals. A plugin of your own is shorter with plugins/sdk/python."""

import codecs
import json
import os
import sys

CONTROL = 1 << 31
MAX_FRAME = 8 * 1024 * 1024

source = sys.stdin.buffer
# Frames get a descriptor of their own; what anything prints from now on goes to standard error.
target = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)


def read_exactly(length):
    data = source.read(length)
    if len(data) < length:
        # The host gave up. Not sys.exit: nothing may be written any more.
        os._exit(1)
    return data


def read_frame():
    """The next payload, or None at the end of the input."""
    first = source.read(1)
    if not first:
        return None
    word = int.from_bytes(first + read_exactly(3), "little")
    length = word & ~CONTROL
    if length > MAX_FRAME:
        fail("BAD_FRAME", f"A frame of {length} bytes was announced, which is over the limit.")
    content = read_exactly(length)
    return b"" if word & CONTROL else content


def write_frame(content, bit=0):
    target.write((len(content) | bit).to_bytes(4, "little") + content)
    target.flush()


def fail(code, message):
    error = {"type": "error", "code": code, "message": message, "fatal": True}
    write_frame(json.dumps(error).encode(), CONTROL)
    sys.exit(1)


if read_frame() is None:  # the handshake: this plugin has no options to look up in it
    sys.exit("This is a plugin: run it with “voxloom run”.")
decoder = codecs.getincrementaldecoder("utf-8")()  # keeps what a frame has of a character until the rest comes
try:
    while (content := read_frame()) is not None:
        upper = decoder.decode(content).upper().encode()
        for at in range(0, len(upper), 1 << 18):  # capitals may be longer than what they come from
            write_frame(upper[at : at + (1 << 18)])
    decoder.decode(b"", final=True)
except UnicodeDecodeError:
    fail("BAD_INPUT", "The text is not valid UTF-8. Save it as UTF-8 and try again.")
