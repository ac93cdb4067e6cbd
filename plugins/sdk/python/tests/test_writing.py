import sys
import unittest

from driving import drive, frame, handshake

HEAD = "from voxloom_plugin import PluginError, run\n"


class Writing(unittest.TestCase):
    def test_a_stray_print_is_a_log_line(self):
        source = "print('before')\n" + HEAD + """
import os, subprocess
def main(p):
    print("stray")
    os.write(1, b"raw\\n")
    subprocess.run([sys.executable, "-c", "import sys; print('child', len(sys.stdin.read()))"])
    for piece in p.payload():
        p.write(piece)
run(main)
"""
        # “before” is still in Python's buffer when the package is imported; flushed or not, it may not be lost.
        outcome = drive(source, [handshake() + frame(b"payload")])
        self.assertEqual((outcome.code, outcome.payload), (0, b"payload"))
        for line in ("before", "stray", "raw", "child 0"):
            self.assertIn(line, outcome.stderr)

    def test_twenty_megabytes(self):
        source = HEAD + "run(lambda p: [p.write(piece) for piece in p.payload()])"
        data = bytes(range(256)) * 80_000
        chunks = [frame(data[at : at + 100_003]) for at in range(0, len(data), 100_003)]
        outcome = drive(source, [handshake(), *chunks])
        self.assertEqual(outcome.code, 0)
        self.assertTrue(outcome.payload == data)

    def test_frames_are_at_most_256_kib(self):
        outcome = drive(HEAD + "run(lambda p: (p.write(bytes(262144)), p.write(bytes(262145)), p.write(b'')))", [handshake()])
        self.assertEqual(outcome.frames, [262_144, 262_144, 1])

    def test_buffers_of_other_kinds(self):
        source = HEAD + "import array\nrun(lambda p: (p.write(array.array('h', [1, -1])), p.write(array.array('h')), p.write(bytearray(b'x'))))"
        self.assertEqual(drive(source, [handshake()]).payload, b"\x01\x00\xff\xffx")

    def test_a_plugin_error_is_one_error_frame(self):
        source = HEAD + "def main(p):\n    p.write(b'some')\n    raise PluginError('NO_VOICE', 'There is no such voice.')\nrun(main)"
        outcome = drive(source, [handshake()])
        self.assertEqual((outcome.code, outcome.payload), (1, b"some"))
        self.assertEqual(
            outcome.error, {"type": "error", "code": "NO_VOICE", "message": "There is no such voice.", "fatal": True}
        )
        self.assertNotIn("Traceback", outcome.stderr)

    def test_any_exception_is_one_error_frame(self):
        outcome = drive(HEAD + "run(lambda p: {}['lost'])", [handshake()])
        self.assertEqual((outcome.code, outcome.error["code"], outcome.error["fatal"]), (1, "UNEXPECTED_ERROR", True))
        self.assertIn("KeyError", outcome.error["message"])
        self.assertIn("Traceback", outcome.stderr)

    def test_a_warning_goes_on(self):
        source = HEAD + "run(lambda p: (p.warn('ODD', 'Odd, but fine.'), p.write(p.read_all())))"
        outcome = drive(source, [handshake() + frame(b"x")])
        self.assertEqual((outcome.code, outcome.payload, outcome.error["fatal"]), (0, b"x", False))

    def test_messages_are_cut_and_odd_codes_and_letters_survive(self):
        outcome = drive(HEAD + "run(lambda p: p.warn('lower', '\\ud800' + '😀' * 5000))", [handshake()])
        self.assertEqual((outcome.code, outcome.error["code"], len(outcome.error["message"])), (0, "PLUGIN_ERROR", 4096))
        self.assertTrue(outcome.error["message"].endswith("…"))

    def test_text_that_is_no_utf8(self):
        self.assertEqual(drive(HEAD + "run(lambda p: p.write_text('\\ud800'))", [handshake()]).error["code"], "BAD_OUTPUT")

    def test_exit_codes_of_the_plugin_stay(self):
        self.assertEqual(drive(HEAD + "run(lambda p: sys.exit(7))", [handshake()]).code, 7)
        self.assertEqual(drive(HEAD + "run(lambda p: None)", [handshake() + frame(b"unread")]).code, 0)

    @unittest.skipIf(sys.platform == "win32", "closes descriptors as POSIX has them")
    def test_a_reader_that_left_is_no_traceback(self):
        source = """
import os, signal
read, write = os.pipe()
os.dup2(write, 1)
os.close(write)
os.close(read)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
""" + HEAD + """
def main(p):
    try:
        while True:
            p.write(b"x")
    finally:
        print("cleaned up")
run(main)
"""
        outcome = drive(source, [handshake()])
        self.assertEqual(outcome.code, 1)
        self.assertIn("cleaned up", outcome.stderr)
        self.assertNotIn("Traceback", outcome.stderr)

    def test_threads_do_not_mix_their_frames(self):
        source = HEAD + """
import threading
def main(p):
    threads = [threading.Thread(target=lambda c=c: [p.write(c * 3000) for _ in range(200)]) for c in (b"a", b"b")]
    [t.start() for t in threads]
    [t.join() for t in threads]
run(main)
"""
        outcome = drive(source, [handshake()])
        self.assertEqual((outcome.code, len(outcome.payload), set(outcome.frames)), (0, 1_200_000, {3000}))


if __name__ == "__main__":
    unittest.main()
