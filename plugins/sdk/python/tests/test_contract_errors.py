import unittest

from contract_driving import PluginCase


class Errors(PluginCase):
    def test_what_is_looked_up_and_not_there_has_its_own_code(self):
        host = self.plugin(
            "class P(Lives, STTContract):\n"
            "    async def transcribe(self, audio, language=None): return {}['other']\n"
            "    async def get_languages(self): return []\n"
            "    async def end_stream(self, session_id): return {}[session_id]\n"
            "    async def speak(self, voice_id): yield {}[voice_id]\n",
            "stt",
        )
        error = host.call("end_stream", {"session_id": "first"})["error"]
        self.assertEqual(error, {"code": -32602, "message": "There is no session “first”."})
        self.assertEqual(host.call("speak", {"voice_id": "x"})["error"]["code"], 1001)
        silence = {"encoding": "base64", "mime": "audio/wav", "data": ""}
        self.assertEqual(host.call("transcribe", {"audio": silence})["error"]["code"], 1100)

    def test_every_failure_is_answered(self):
        host = self.plugin(
            "class Mute(Exception):\n"
            "    def __str__(self): raise KeyError('no words')\n"
            "class Bare(PluginError):\n"
            "    def __init__(self): pass\n"
            "class Panic(BaseException): pass\n"
            "class P(Voice):\n"
            "    def synthesize(self, text, voice_id=None):\n"
            "        if text == 'panic': raise Panic('at once')\n"
            "        if text == 'stop': return next(iter([]))\n"
            "        if text == 'most': raise PluginError(1000, 'x' * 4000)\n"
            "        if text == 'long': raise PluginError(1000, 'x' * 4001, data={'a': object()})\n"
            "        raise Mute() if text == 'mute' else Bare()\n"
        )
        error = lambda text: host.call("synthesize", {"text": text})["error"]  # noqa: E731
        self.assertIn("StopIteration", error("stop")["message"])
        self.assertEqual(error("panic"), {"code": 1000, "message": "Panic: at once"})
        self.assertEqual(error("most")["message"], "x" * 4000)
        self.assertEqual(error("long"), {"code": 1000, "message": "x" * 3999 + "…"})
        self.assertEqual(error("mute"), {"code": 1000, "message": "The plugin failed with Mute. Its log says where."})
        self.assertEqual(error("bare"), {"code": -32603, "message": "The plugin failed."})

    def test_codes_and_words_come_through(self):
        host = self.plugin(
            "class P(Voice):\n"
            "    async def synthesize(self, text, voice_id=None):\n"
            "        if text == 'long': raise PluginError(code=1002, message='Too long.', data={'most': 3})\n"
            "        if text == 'voice': raise PluginError(ErrorCodes.TTS_VOICE_NOT_FOUND, 'No such voice.')\n"
            "        if text == 'data': raise PluginError(7, 'My own.', data=object())\n"
            "        if text == 'value': raise ValueError('Text cannot be empty')\n"
            "        if text == 'library': int.from_bytes(json.loads('{'), 'x')\n"
            "        if text == 'none': return None\n"
            "        return 1 / 0\n"
            "import json\n"
        )
        error = lambda text: host.call("synthesize", {"text": text})["error"]  # noqa: E731
        self.assertEqual(error("long"), {"code": 1002, "message": "Too long.", "data": {"most": 3}})
        self.assertEqual(error("voice"), {"code": 1001, "message": "No such voice."})
        self.assertEqual(error("data"), {"code": 7, "message": "My own."})
        self.assertEqual(error("value"), {"code": -32602, "message": "Text cannot be empty"})
        self.assertEqual(error("library")["code"], 1000)
        self.assertEqual(error("zero"), {"code": 1000, "message": "ZeroDivisionError: division by zero"})
        self.assertIn("made nothing where sound is needed", error("none")["message"])
        host.end()
        self.assertIn("ZeroDivisionError", "".join(host.log))

    def test_arguments_are_judged_before_the_plugin_sees_them(self):
        host = self.plugin("class P(Voice): pass\n")
        error = lambda params: host.call("synthesize", params)["error"]  # noqa: E731
        self.assertEqual(error({}), {"code": -32602, "message": "“synthesize” needs “text”, which was not given."})
        self.assertEqual(error({"text": 5}), {"code": -32602, "message": "“text” of “synthesize” must be a text."})
        self.assertEqual(host.call("nothing")["error"]["code"], -32601)

    def test_what_is_no_json_is_named(self):
        host = self.plugin(
            "class P(Voice):\n"
            "    async def get_voice_info(self, voice_id):\n"
            "        return {'nan': float('nan')} if voice_id == 'nan' else {'half': '\\ud800'} if voice_id == 'half' "
            "else {'x': self}\n"
        )
        self.assertIn("can’t be sent", host.call("get_voice_info", {"voice_id": "nan"})["error"]["message"])
        self.assertIn("it holds a P", host.call("get_voice_info", {"voice_id": "x"})["error"]["message"])
        self.assertEqual(host.call("get_voice_info", {"voice_id": "half"})["result"], {"half": "\ud800"})


if __name__ == "__main__":
    unittest.main()
