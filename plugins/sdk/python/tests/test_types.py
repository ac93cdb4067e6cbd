import sys
import unittest

from driving import SDK

sys.path.insert(0, str(SDK))

from voxloom_plugin import MediaType  # noqa: E402


class Types(unittest.TestCase):
    def test_pcm(self):
        pcm = MediaType.parse("Audio/PCM; Rate=24000;channels=2 ;format=f32le")
        self.assertEqual((pcm.name, pcm.rate, pcm.channels, pcm.format, pcm.frame_bytes), ("audio/pcm", 24000, 2, "f32le", 8))
        self.assertEqual(str(pcm), "audio/pcm;rate=24000;channels=2;format=f32le")
        self.assertEqual(MediaType.parse("audio/pcm;channels=1").frame_bytes, 2)

    def test_text(self):
        text = MediaType.parse("text/plain")
        self.assertEqual((text.parameters, text.rate, text.channels, text.format), ({}, None, None, None))
        self.assertEqual(MediaType.parse('text/plain;charset="UTF-8"').parameters, {"charset": "UTF-8"})

    def test_what_is_no_type(self):
        for wrong in ("", "text", "text/", "/plain", "a/b/c", "text/plain;x", "text/plain;=1", "a b/c", "audio/pcm;rate=0", "audio/pcm;rate=²"):
            with self.assertRaises(ValueError, msg=wrong):
                MediaType.parse(wrong)
        for unknown in ("text/plain", "audio/pcm;rate=8000", "audio/pcm;channels=1;format=u8"):
            with self.assertRaises(ValueError, msg=unknown):
                MediaType.parse(unknown).frame_bytes


if __name__ == "__main__":
    unittest.main()
