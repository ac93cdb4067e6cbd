import array
import io
import struct
import sys
import unittest
import wave
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sound import RATE, Unreadable, read_sound  # noqa: E402


def wav(frames, channels=1, width=2, rate=48_000):
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(frames)
    return held.getvalue()


class Reading(unittest.TestCase):
    def test_a_file_says_its_rate_and_two_channels_become_one(self):
        samples, rate = read_sound(wav(struct.pack("<4h", 16384, -16384, 32767, 32767), channels=2))
        self.assertEqual(rate, 48_000)
        self.assertEqual([round(sample, 3) for sample in samples], [0.0, 1.0])

    def test_bare_samples_are_what_the_contract_sends(self):
        samples, rate = read_sound(struct.pack("<2h", 16384, -32768))
        self.assertEqual((list(samples), rate), ([0.5, -1.0], RATE))

    def test_a_file_cut_off_in_a_frame_is_read_up_to_there(self):
        whole = wav(struct.pack("<4h", 1, 2, 3, 4), channels=2)
        self.assertEqual(len(read_sound(whole[:-1])[0]), 1)

    def test_of_nothing_there_is_nothing(self):
        self.assertEqual(read_sound(b""), (array.array("f"), RATE))

    def test_what_it_cannot_read_is_named(self):
        for data, said in (
            (b"abc", "neither a WAV file nor whole 16-bit samples"),
            (b"RIFF\0\0\0\0nonsense", "can’t be read"),
            (wav(b"\0" * 6, width=3), "24 bits a sample"),
        ):
            with self.assertRaisesRegex(Unreadable, said):
                read_sound(data)


if __name__ == "__main__":
    unittest.main()
