import random
import subprocess
import sys
import unittest
from pathlib import Path

import helping
from helping import clean

from normalize.lines import LIMIT
from normalize.options import Options
from normalize.stream import Normalizer

PLUGIN = Path(__file__).resolve().parent.parent
PIECES = [
    "word", "Word", "WORD", " ", "\n", "\n", "\n\n", "\r\n", "\r", "\f", "-", "--", "_", "*", "12", "xiv", "[1]", ".", "!", "…",
    "https://a.b/c_d", "a@b.cd", "e\u0301", "\u00ad", "ﬁ", "日本", "• ", "- ", "1. ", "# ", "    ", "“", "”", "\u2028", "PAGE 3",
    "12 THE TITLE\n", "a longer run of words that fills a line of the page\n",
]


def frame(content: bytes) -> bytes:
    return len(content).to_bytes(4, "little") + content


class Streaming(unittest.TestCase):
    def test_slices_make_no_difference(self):
        chance = random.Random(7)
        for _ in range(300):
            text = "".join(chance.choice(PIECES) for _ in range(chance.randrange(1, 120)))
            options = {"unwrap": chance.random() < 0.8, "links": chance.choice(["keep", "say", "drop"])}
            whole = clean(text, **options)
            for size in (1, 2, 7):
                self.assertEqual(clean(text, size, **options), whole, repr(text))

    def test_a_paragraph_is_written_when_it_ends(self):
        normalizer = Normalizer(Options())
        self.assertEqual(normalizer.feed("One sentence.\n\nThe ne"), "One sentence.")
        self.assertEqual(normalizer.feed("xt.\n\n"), "\n\nThe next.")
        self.assertEqual(normalizer.finish(), "\n")

    def test_text_without_end_is_cut_at_spaces(self):
        for unit in ("word ", "word\n", "a line of some words that goes on\n"):
            text = unit * (4 * LIMIT // len(unit))
            for size in (0, 1):
                self.assertEqual(clean(text, size), " ".join(text.split()) + "\n")
        letters = "x" * (2 * LIMIT + 5)
        self.assertEqual(clean(letters, 4093), letters + "\n")
        accents = "e\u0301" * LIMIT
        self.assertEqual(clean(accents), "é" * LIMIT + "\n")

    def test_memory_is_bounded(self):
        normalizer = Normalizer(Options())
        longest = 0
        for _ in range(200):
            normalizer.feed("word " * 1000)
            longest = max(longest, normalizer._held + len(normalizer._splitter._begun))
        self.assertLessEqual(longest, 2 * LIMIT + 2)

    def test_a_line_at_the_limit_and_past_it(self):
        for length in (LIMIT, LIMIT + 1):
            text = "y" * (length - 2) + " z"
            self.assertEqual(clean(text), text + "\n")

    def test_hostile_rows_take_no_time_to_speak_of(self):
        for row in ("_", "*", "=", ". ", "[", "a@", "[1", "--", "(", "www.", "http://", "!?", "a_", " ."):
            clean(row * (60_000 // len(row)))


class Process(unittest.TestCase):
    def drive(self, chunks):
        child = subprocess.Popen([sys.executable, "-u", "main.py"], cwd=PLUGIN, stdin=-1, stdout=-1, stderr=-1)
        out, log = child.communicate(b"".join(chunks))
        return child.returncode, out, log

    HANDSHAKE = frame(
        b'{"protocol":"0.1","input_type":"text/plain","output_type":"text/plain",'
        b'"config":{"unwrap":true,"footnotes":true,"links":"say","emphasis":true,"quotes":"keep"},"later":1}'
    )

    def test_bytes_in_frames_of_one(self):
        data = (PLUGIN / "tests" / "sample.txt").read_bytes()
        code, out, _ = self.drive([self.HANDSHAKE, *(frame(data[at : at + 1]) for at in range(len(data)))])
        payload = b""
        while out:
            length = int.from_bytes(out[:4], "little")
            payload, out = payload + out[4 : 4 + length], out[4 + length :]
        self.assertEqual((code, payload.decode()), (0, clean(data.decode())))

    def test_bad_text_and_broken_frames(self):
        code, out, _ = self.drive([self.HANDSHAKE, frame(b"caf\xe9 au lait")])
        self.assertEqual(code, 1)
        self.assertTrue(out[3] & 0x80 and b"BAD_INPUT" in out and b"byte 3" in out)
        self.assertEqual(self.drive([self.HANDSHAKE, frame(b"abc")[:-1]])[:2], (1, b""))
        self.assertEqual(self.drive([self.HANDSHAKE])[:2], (0, b""))


if __name__ == "__main__":
    unittest.main()
