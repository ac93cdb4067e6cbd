import json
import time
import unittest

from contract_driving import PluginCase

MIB = 1024 * 1024


class Lines(PluginCase):
    def test_byte_by_byte_and_all_at_once(self):
        host = self.plugin("class P(Voice): pass\n")
        calls = [{"jsonrpc": "2.0", "id": f"c{n}", "method": "get_voices", "params": {"ü": "😀"}} for n in range(20)]
        stream = b"\r\n" + b"".join(json.dumps(call, ensure_ascii=False).encode() + b"\r\n" for call in calls)
        for at in range(len(stream)):
            host.send(stream[at : at + 1])
        host.send(stream)
        for key in [call["id"] for call in calls] * 2:
            self.assertEqual(host.next()[0]["id"], key)

    def test_what_is_no_call_is_refused_and_the_next_one_works(self):
        host = self.plugin("class P(Voice): pass\n")
        for line, code in (
            (b"garbage\n", -32700),
            (b"\xff\xfe\n", -32700),
            (b"[" * 200_000 + b"\n", -32700),
            (b'{"jsonrpc":"2.0","id":1,"method":"x","params":' + b"[" * 700 + b"]" * 700 + b"}\n", -32602),
            (b"[1]\n", -32600),
            (b'{"jsonrpc":"2.0","id":3}\n', -32600),
            (b'{"id":3,"method":"get_voices"}\n', -32600),
            (b'{"jsonrpc":"2.0","id":true,"method":"get_voices"}\n', -32600),
            (b'{"jsonrpc":"2.0","id":4,"method":"get_voices","params":[]}\n', -32602),
            (
                b'{"jsonrpc":"2.0","id":5,"method":"synthesize","params":{"text":{"encoding":"base64","data":"?"}}}\n',
                -32602,
            ),
        ):
            host.send(line)
            self.assertEqual(host.next()[0]["error"]["code"], code, line[:40])
        host.send({"jsonrpc": "2.0", "method": "unheard/of"})
        host.send({"jsonrpc": "2.0", "id": 9, "result": "an answer to nothing"})
        self.assertIn("result", host.call("get_voices"))

    def test_a_line_at_the_limit_and_one_byte_more(self):
        host = self.plugin("class P(Voice):\n    async def synthesize(self, text, voice_id=None): return b'..'\n")
        limit = 32 * MIB
        head, tail = b'{"jsonrpc":"2.0","id":1,"method":"synthesize","params":{"text":"', b'"}}\n'
        room = limit + 1 - len(head) - len(tail)
        host.send(head + b"x" * room + tail)
        self.assertIn("result", host.next()[0])
        host.send(head + b"x" * (room + 1) + tail)
        self.assertEqual(host.next()[0]["error"]["message"], f"A line has more than {limit} bytes.")
        self.assertIn("result", host.call("get_voices"))


class Attachments(PluginCase):
    ECHO = (
        "class P(Lives, STTContract):\n"
        "    async def transcribe(self, audio, language=None):\n"
        "        return {'text': audio.mime, 'back': [audio, audio[:2]]}\n"
        "    async def get_languages(self): return []\n"
    )

    def transcribe(self, host, *pieces: bytes, count=None, at=0, key="a") -> None:
        audio = {"encoding": "attachment", "mime": "audio/wav", "attachment": at}
        told = {"jsonrpc": "2.0", "id": key, "method": "transcribe", "params": {"audio": audio}}
        told["attachments"] = len(pieces) if count is None else count
        host.send(told, b"".join(len(piece).to_bytes(4, "little") + piece for piece in pieces))

    def test_bytes_both_ways_behind_the_lines(self):
        host = self.plugin(self.ECHO, "stt", features=["attachments"])
        sound = bytes(range(256)) * 40 + b"\n{}\n"
        self.transcribe(host, b"", sound, at=1)
        message, attachments = host.next()
        self.assertEqual(message["result"]["text"], "audio/wav")
        self.assertEqual([value["attachment"] for value in message["result"]["back"]], [0, 1])
        self.assertEqual(attachments, [sound, sound[:2]])
        self.transcribe(host, b"x", at=1)
        self.assertEqual(host.next()[0]["error"]["code"], -32602)

    def test_base64_where_they_were_not_agreed_on(self):
        host = self.plugin("class P(Voice): pass\n")
        message, attachments = (host.ask("synthesize", {"text": "x"}), host.next())[1]
        self.assertEqual((message["result"]["encoding"], attachments), ("base64", []))

    def test_announced_past_the_limits_ends_it_without_allocating(self):
        for count, head in ((257, b""), (1, (64 * MIB + 1).to_bytes(4, "little")), ("2", b"")):
            with self.subTest(count):
                host = self.start(self.folder(self.ECHO, "stt", name=f"of{count}"))
                host.begin(features=["attachments"])
                host.send({"jsonrpc": "2.0", "id": 1, "method": "transcribe", "params": {}, "attachments": count}, head)
                self.assertIsNone(host.messages.get(timeout=30))
                host.end()
                self.assertIn("attachments", "".join(host.log))

    def test_results_at_the_limit_and_past_it(self):
        host = self.plugin(
            "class P(Voice):\n    async def synthesize(self, text, voice_id=None): return bytes(int(text))\n",
            features=["attachments"],
        )
        host.ask("synthesize", {"text": str(64 * MIB)})
        self.assertEqual(len(host.next()[1][0]), 64 * MIB)
        host.ask("synthesize", {"text": str(64 * MIB + 1)})
        self.assertIn("a message may have", host.next()[0]["error"]["message"])


class SlowReader(PluginCase):
    def test_a_host_that_does_not_read_loses_nothing_and_can_still_cancel(self):
        host = self.plugin(
            "class P(Voice):\n"
            "    async def synthesize(self, text, voice_id=None):\n"
            "        for n in range(400):\n"
            "            yield n.to_bytes(2, 'little') * 8192\n"
            "        print('made all')\n",
            features=["attachments"],
        )
        # Nobody takes messages from here on, once the pipe and the reader's own buffer are full.
        host.messages.maxsize = 4
        key = host.ask("synthesize", {"text": "x", "partialResultToken": "t"})
        time.sleep(0.5)
        self.assertNotIn("made all\n", host.log)
        other = host.ask("synthesize", {"text": "y", "partialResultToken": "u"})
        host.send({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": other}})
        heard = []
        cancelled = False
        while True:
            message, attachments = host.next()
            if message.get("id") == key:
                break
            if message.get("id") == other:
                cancelled = message["error"]["code"] == -32800
            elif message["params"]["token"] == "t":
                heard.append(int.from_bytes(attachments[0][:2], "little"))
        self.assertEqual(heard, list(range(400)))
        self.assertTrue(cancelled)


if __name__ == "__main__":
    unittest.main()
