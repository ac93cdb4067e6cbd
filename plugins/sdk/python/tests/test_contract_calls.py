import base64
import io
import json
import unittest
import wave

from contract_driving import PluginCase

PCM = "audio/pcm;rate=24000;channels=1;format=s16le"


def wav(samples: bytes, rate: int = 16000) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(samples)
    return file.getvalue()


def sound(data: bytes, mime: str = "audio/wav") -> dict:
    return {"encoding": "base64", "mime": mime, "data": base64.b64encode(data).decode()}


def bytes_of(value: dict) -> bytes:
    return base64.b64decode(value["data"])


class Methods(PluginCase):
    def test_plain_bytes_are_samples_at_the_plugins_rate(self):
        host = self.plugin("class P(Voice):\n    sample_rate = 22050\n")
        result = host.call("synthesize", {"text": "abc"})["result"]
        self.assertEqual((result["mime"], bytes_of(result)), (PCM.replace("24000", "22050"), b"\1\0" * 3))

    def test_a_sound_file_is_known_by_its_head(self):
        host = self.plugin(
            "class P(Voice):\n"
            "    async def synthesize(self, text, voice_id=None):\n"
            "        return bytearray(b'OggS' + b'x' * 9) if text == 'ogg' else Audio(b'..', 'audio/flac')\n"
        )
        self.assertEqual(host.call("synthesize", {"text": "ogg"})["result"]["mime"], "audio/ogg")
        self.assertEqual(host.call("synthesize", {"text": "x"})["result"]["mime"], "audio/flac")

    def test_methods_may_be_plain_functions(self):
        host = self.plugin(
            "class P(Voice):\n"
            "    def synthesize(self, text, voice_id=None):\n"
            "        time.sleep(0.2)\n"
            "        return text.encode()\n"
        )
        slow = host.ask("synthesize", {"text": "ab"})
        # Answered while the other computes.
        health = host.ask("health_check")
        self.assertEqual(host.next()[0]["id"], health)
        self.assertEqual(bytes_of(host.answer(slow)["result"]), b"ab")

    def test_other_names_for_parameters(self):
        host = self.plugin(
            "class P(Voice):\n"
            "    async def synthesize(self, input_text, *, voice='none', speed=1.0):\n"
            "        return (input_text + voice + str(speed)).encode()\n"
        )
        result = host.call("synthesize", {"text": "a ", "voice_id": "b ", "unheard_of": 1})["result"]
        self.assertEqual(bytes_of(result), b"a b 1.0")

    def test_sound_in_is_bytes(self):
        host = self.plugin(
            "class P(Lives, STTContract):\n"
            "    async def transcribe(self, audio: bytes, language=None):\n"
            "        return f'{len(audio)} {audio[:4].decode()} {audio.mime} {language}'\n"
            "    async def get_languages(self):\n"
            "        return ['en', {'code': 'de', 'name': 'German'}]\n"
            "    async def start_stream(self):\n"
            "        self.heard = b''\n"
            "        return 'first'\n"
            "    async def feed_audio(self, session_id: str, audio_chunk: bytes) -> dict:\n"
            "        self.heard += audio_chunk\n"
            "        return {'text': session_id, 'is_final': False}\n"
            "    async def end_stream(self, session_id):\n"
            "        return str(len(self.heard))\n",
            "stt",
        )
        told = host.call("transcribe", {"audio": sound(wav(b"\0\0")), "language": None})
        self.assertEqual(told["result"], "46 RIFF audio/wav None")
        self.assertEqual(
            host.call("get_languages")["result"],
            [{"id": "en", "name": "en"}, {"id": "de", "code": "de", "name": "German"}],
        )
        self.assertEqual(host.call("start_stream", {"language": "en"})["result"], "first")
        fed = host.call("feed_audio", {"session_id": "first", "chunk": sound(b"1234")})["result"]
        self.assertEqual(fed, {"text": "first", "is_final": False})
        self.assertEqual(host.call("end_stream", {"session_id": "first"})["result"], "4")

    def test_what_a_recogniser_leaves_out_is_not_offered(self):
        host = self.start(
            self.folder(
                "class P(Lives, STTContract):\n"
                "    async def transcribe(self, audio): return ''\n"
                "    async def get_languages(self): return []\n",
                "stt",
            )
        )
        offered = host.begin()["result"]["methods"]
        self.assertEqual(
            offered, [{"name": "transcribe", "params": ["audio"]}, {"name": "get_languages", "params": []}]
        )
        self.assertEqual(host.call("start_stream")["error"]["code"], -32601)

    def test_a_model_that_only_completes_can_chat(self):
        host = self.plugin(
            "class P(Lives, LLMContract):\n"
            "    async def complete(self, prompt, max_tokens=1024, temperature=0.7, stop_sequences=None):\n"
            "        return prompt\n"
            "    async def get_models(self): return ['small']\n",
            "llm",
        )
        messages = [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Hi"}]
        self.assertEqual(host.call("chat", {"messages": messages})["result"], "Be short.\n\nUser: Hi\n\nAssistant:")

    def test_kinds_of_values_that_json_does_not_know(self):
        host = self.plugin(
            "import dataclasses, enum, pathlib\n"
            "class Kind(enum.Enum):\n    SOFT = 'soft'\n"
            "@dataclasses.dataclass\nclass Info:\n    kind: Kind\n    parts: tuple\n    home: pathlib.Path\n"
            "class P(Voice):\n"
            "    async def get_voice_info(self, voice_id):\n"
            "        return Info(Kind.SOFT, (1, b'raw', {'b', 'a'}), pathlib.PurePosixPath('/x'))\n"
        )
        result = host.call("get_voice_info", {"voice_id": "one"})["result"]
        raw = {"encoding": "base64", "mime": "application/octet-stream", "data": "cmF3"}
        self.assertEqual(result, {"kind": "soft", "parts": [1, raw, ["a", "b"]], "home": "/x"})

    def test_a_contract_that_nobody_knows(self):
        host = self.plugin(
            "class P(Lives, PluginBase):\n"
            "    async def turn(self, angle, axis='x'): return {'angle': angle, 'axis': axis}\n"
            "    def _own(self): pass\n"
            "Plugin = P\n",
            "compose",
        )
        self.assertEqual(host.call("turn", {"angle": 3})["result"], {"angle": 3, "axis": "x"})
        self.assertEqual(host.call("_own")["error"]["code"], -32601)


    def test_what_a_plugin_has_beyond_its_contract(self):
        host = self.start(
            self.folder(
                "class More:\n"
                "    async def warm_up(self, voice_id): return [voice_id]\n"
                "class P(More, Voice):\n"
                "    async def count(self, most=2):\n"
                "        for n in range(most): yield n\n"
                "    async def get_models(self): return ['a']\n"
                "    async def _own(self): pass\n"
                "    def helper(self): pass\n"
                "    @property\n"
                "    def costly(self): raise RuntimeError('looked at')\n"
            )
        )
        offered = host.begin()["result"]["methods"]
        self.assertEqual([method["name"] for method in offered][-3:], ["count", "get_models", "warm_up"])
        self.assertEqual(host.call("warm_up", {"voice_id": "one"})["result"], ["one"])
        self.assertEqual(host.call("count", {"most": 3})["result"], [0, 1, 2])
        self.assertEqual(host.call("warm_up", {})["error"]["code"], -32602)
        for name in ("_own", "helper", "costly", "initialize"):
            self.assertIn("error", host.call(name), name)


class Streams(PluginCase):
    LLM = (
        "class P(Lives, LLMContract):\n"
        "    async def complete(self, prompt, max_tokens=1024, temperature=0.7): return prompt\n"
        "    async def get_models(self): return []\n"
    )

    def test_items_come_before_the_result_and_only_when_asked_for(self):
        host = self.plugin(
            self.LLM + "    async def stream_complete(self, prompt, max_tokens=1024, temperature=0.7):\n"
            "        for word in (prompt[:4], '', 'b', {'text': 'c'}): yield word\n",
            "llm",
        )
        key = host.ask("stream_complete", {"messages": [{"role": "user", "content": "x"}], "partialResultToken": "t"})
        told = [host.next()[0] for _ in range(4)]
        self.assertEqual(
            [message["params"] for message in told[:3]], [{"token": "t", "value": v} for v in ("User", "b", "c")]
        )
        self.assertEqual(told[3], {"jsonrpc": "2.0", "id": key, "result": None})
        self.assertEqual(host.call("stream_complete", {"prompt": "Once"})["result"], "Oncebc")

    def test_a_reply_ends_before_a_stop_sequence_though_the_plugin_knows_none(self):
        host = self.plugin(
            self.LLM + "    async def stream_complete(self, prompt):\n"
            "        for piece in ('one', ' t', 'wo ', 'th', 'is'): yield piece\n",
            "llm",
        )
        told = lambda **params: host.call("complete", {"prompt": "a b c", **params})["result"]  # noqa: E731
        self.assertEqual((told(stop_sequences=["c", " b"]), told(stop_sequences=["x"])), ("a", "a b c"))
        chat = {"messages": [{"role": "user", "content": "x"}], "stop_sequences": ["\n\nAss"]}
        self.assertEqual(host.call("chat", chat)["result"], "User: x")
        streamed = lambda *stops: host.call("stream_complete", {"prompt": "", "stop_sequences": stops})["result"]  # noqa: E731
        self.assertEqual(streamed("two"), "one ")
        self.assertEqual(streamed("this one"), "one two this")
        self.assertEqual(streamed(" two this!", "is"), "one two th")

    def test_a_prompt_for_a_method_that_takes_messages_alone(self):
        host = self.plugin(
            self.LLM + "    async def stream_complete(self, messages):\n"
            "        yield messages[0]['role'] + messages[0]['content']\n",
            "llm",
        )
        self.assertEqual(host.call("stream_complete", {"prompt": "Hi"})["result"], "userHi")
        self.assertEqual(host.call("stream_complete")["error"]["code"], -32602)

    def test_a_model_that_is_not_there(self):
        host = self.plugin(self.LLM.replace("return []", "return ['small']"), "llm")
        self.assertEqual(host.call("complete", {"prompt": "x", "model": "small"})["result"], "x")
        error = host.call("complete", {"prompt": "x", "model": "large"})["error"]
        self.assertEqual(error, {"code": 1201, "message": "There is no model “large”. There are: small."})

    def test_a_method_that_returns_a_generator_and_a_plain_one(self):
        host = self.plugin(
            self.LLM + "    async def stream_complete(self, prompt, max_tokens=1024):\n"
            "        def words():\n"
            "            yield 'a'\n"
            "            yield 'b'\n"
            "        return words()\n",
            "llm",
        )
        host.ask("stream_complete", {"prompt": "", "partialResultToken": 1})
        self.assertEqual([host.next()[0].get("params", {}).get("value") for _ in range(3)], ["a", "b", None])

    def test_files_that_are_yielded_become_samples_of_one_type(self):
        folder = self.folder(
            "import json, base64, pathlib\n"
            "PIECES = [base64.b64decode(p) for p in json.loads((pathlib.Path(__file__).parent / 'p.json').read_text())]\n"
            "class P(Voice):\n"
            "    async def synthesize(self, text, voice_id=None):\n"
            "        for piece in PIECES: yield piece\n"
        )
        pieces = [wav(b"\1\0"), wav(b"\2\0"), b"\3\0"]
        (folder / "p.json").write_text(json.dumps([base64.b64encode(piece).decode() for piece in pieces]))
        host = self.start(folder)
        self.assertTrue(host.begin()["result"]["methods"][0]["streams"])
        mime = "audio/pcm;rate=16000;channels=1;format=s16le"
        self.assertEqual(host.call("synthesize", {"text": "x"})["result"], sound(b"\1\0\2\0\3\0", mime))
        host.ask("synthesize", {"text": "x", "partialResultToken": "t"})
        items = [host.next()[0]["params"]["value"] for _ in range(3)]
        self.assertEqual(items, [sound(piece, mime) for piece in (b"\1\0", b"\2\0", b"\3\0")])

    def test_cancelled_in_mid_stream_and_the_next_call_works(self):
        for kind, pause in (("async def", "await asyncio.sleep(0.01)"), ("def", "time.sleep(0.01)")):
            with self.subTest(kind):
                host = self.start(
                    self.folder(
                        "class P(Voice):\n"
                        f"    {kind} synthesize(self, text, voice_id=None):\n"
                        "        try:\n"
                        "            while text == 'on':\n"
                        "                yield b'..'\n"
                        f"                {pause}\n"
                        "            yield b'end'\n"
                        "        finally:\n"
                        "            print('cleaned up')\n",
                        name=kind.replace(" ", "-"),
                    )
                )
                host.begin()
                key = host.ask("synthesize", {"text": "on", "partialResultToken": "t"})
                host.next()
                host.send({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": key}})
                self.assertEqual(host.answer(key)["error"]["code"], -32800)
                # Nothing of the old stream comes behind its answer.
                key = host.ask("synthesize", {"text": "off"})
                self.assertEqual(host.next()[0]["id"], key)
                host.end()
                self.assertIn("cleaned up\n", host.log)


if __name__ == "__main__":
    unittest.main()
