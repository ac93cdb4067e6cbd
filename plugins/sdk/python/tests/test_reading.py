import unittest

from driving import CONTROL, drive, each_byte, frame, handshake

ECHO = "from voxloom_plugin import run\nrun(lambda p: [p.write(piece) for piece in p.payload()])"
UPPER = "from voxloom_plugin import run\nrun(lambda p: [p.write_text(text.upper()) for text in p.text()])"
LINES = "from voxloom_plugin import run\nrun(lambda p: [p.write_text(repr(line)) for line in p.lines(max_line=8)])"


class Reading(unittest.TestCase):
    def test_one_byte_at_a_time(self):
        stream = handshake() + frame("naïve ".encode()) + frame("größe 日本 🎉".encode())
        outcome = drive(UPPER, each_byte(stream), pause=0.001)
        self.assertEqual((outcome.code, outcome.payload.decode()), (0, "NAÏVE GRÖSSE 日本 🎉"))

    def test_all_frames_in_one_piece(self):
        outcome = drive(ECHO, [handshake() + frame(b"a") + frame(b"") + frame(b"bc")])
        self.assertEqual((outcome.code, outcome.payload), (0, b"abc"))

    def test_a_character_across_frames(self):
        party = "🎉".encode()
        outcome = drive(UPPER, [handshake() + b"".join(frame(bytes([byte])) for byte in party)])
        self.assertEqual((outcome.code, outcome.payload), (0, party))

    def test_empty_input(self):
        for source in (ECHO, UPPER, LINES):
            outcome = drive(source, [handshake()])
            self.assertEqual((outcome.code, outcome.payload, outcome.controls), (0, b"", []))

    def test_end_inside_a_frame_ends_at_once_and_writes_nothing(self):
        source = """
from voxloom_plugin import run
def main(p):
    try:
        for _ in p.payload():
            pass
    except Exception:
        p.write(b"caught")
    finally:
        p.write(b"late")
    p.write(b"after")
run(main)
"""
        for cut in (frame(b"abcdef")[:-1], b"\x05\x00", frame(b"abc")[:4]):
            outcome = drive(source, [handshake() + cut])
            self.assertEqual((outcome.code, outcome.payload, outcome.controls), (1, b"", []))
            self.assertNotIn("Traceback", outcome.stderr)

    def test_no_handshake_says_how_to_run_it(self):
        outcome = drive(ECHO, [b""])
        self.assertEqual(outcome.code, 1)
        self.assertIn("voxloom run", outcome.stderr)

    def test_a_handshake_that_was_cut(self):
        self.assertEqual(drive(ECHO, [handshake()[:-3]]).code, 1)

    def test_unknown_keys_are_ignored(self):
        outcome = drive(ECHO, [handshake(colour="red", nested={"a": [1]}) + frame(b"x")])
        self.assertEqual((outcome.code, outcome.payload), (0, b"x"))

    def test_control_frames_are_passed_over(self):
        stream = handshake() + frame(b"a") + frame(b'{"type":"later"}', CONTROL) + frame(b"b")
        self.assertEqual(drive(ECHO, [stream]).payload, b"ab")

    def test_frames_at_the_limit_and_past_it(self):
        limit = 8 * 1024 * 1024
        count = "from voxloom_plugin import run\nrun(lambda p: p.write_text(str(len(p.read_all()))))"
        self.assertEqual(drive(count, [handshake() + frame(bytes(limit))]).payload, b"8388608")
        for header in (limit + 1, 65_537 | CONTROL):
            outcome = drive(ECHO, [handshake() + header.to_bytes(4, "little")], close=False)
            self.assertEqual((outcome.code, outcome.error["code"]), (1, "BAD_FRAME"))
        self.assertEqual(drive(ECHO, [handshake() + frame(bytes(65_536), CONTROL) + frame(b"x")]).payload, b"x")

    def test_bad_handshakes(self):
        for content in (b"{", b"[]", b"\xff", b'{"protocol":"0.1"}'):
            outcome = drive(ECHO, [frame(content)])
            self.assertEqual((outcome.code, outcome.error["code"]), (1, "BAD_HANDSHAKE"))
        for more in ({"input_type": "text"}, {"input_type": "audio/pcm;rate=fast"}, {"config": []}):
            asked = {"input_type": "text/plain", "config": {}, **more}
            config, input_type = asked["config"], asked["input_type"]
            stream = handshake(input_type=input_type) if config == {} else frame(
                b'{"protocol":"0.1","input_type":"a/b","output_type":"a/b","config":[]}'
            )
            self.assertEqual(drive(ECHO, [stream]).error["code"], "BAD_HANDSHAKE")
        self.assertEqual(drive(ECHO, [handshake(protocol="9.0")]).error["code"], "UNSUPPORTED_PROTOCOL")

    def test_bad_utf8_is_named_by_its_byte(self):
        cases = ((b"one\ntwo\xff", 7, 2), (b"ab\xc3", 2, 1), ("é".encode() * 3 + b"\xc3(", 6, 1))
        for text, offset, line in cases:
            for stream in ([handshake() + frame(text)], [handshake(), *(frame(bytes([byte])) for byte in text)]):
                error = drive(UPPER, stream).error
                self.assertEqual((error["code"], error["fatal"]), ("BAD_INPUT", True))
                self.assertIn(f"byte {offset} ", error["message"])
                self.assertIn(f"line {line}.", error["message"])

    def test_lines(self):
        text = b"a\r\n\nb\xe2\x80\xa8c\rd\nlast"
        expected = "'a''''b\\u2028c\\rd''last'"
        for stream in ([handshake() + frame(text)], each_byte(handshake() + frame(text))):
            self.assertEqual(drive(LINES, stream).payload.decode(), expected)

    def test_lines_come_before_the_input_ends(self):
        source = "from voxloom_plugin import run\nrun(lambda p: p.write_text(next(p.lines())))"
        outcome = drive(source, [handshake() + frame(b"first\nsec")], close=False)
        self.assertEqual((outcome.code, outcome.payload), (0, b"first"))

    def test_a_line_at_the_limit_and_past_it(self):
        self.assertEqual(drive(LINES, [handshake() + frame(b"12345678\n12345678")]).code, 0)
        for text in (b"123456789\n", b"123456789"):
            outcome = drive(LINES, [handshake() + frame(text)])
            self.assertEqual((outcome.code, outcome.error["code"]), (1, "LINE_TOO_LONG"))

    def test_whole_samples(self):
        source = "from voxloom_plugin import run\nrun(lambda p: [p.write_text(f'{len(s) % 4}') for s in p.payload(p.input_type.frame_bytes)])"
        pcm = "audio/pcm;rate=24000;channels=2"
        outcome = drive(source, [handshake(input_type=pcm) + frame(bytes(3)) + frame(bytes(6)) + frame(bytes(3))])
        self.assertEqual((outcome.code, set(outcome.payload)), (0, {ord("0")}))
        outcome = drive(source, [handshake(input_type=pcm) + frame(bytes(7))])
        self.assertEqual((outcome.code, outcome.error["code"]), (1, "BAD_INPUT"))


if __name__ == "__main__":
    unittest.main()
