import json
import os
import signal
import sys
import unittest

from contract_driving import HEAD, PluginCase


class Life(PluginCase):
    def test_nothing_is_answered_before_initialize_nor_after_shutdown(self):
        host = self.start(self.folder("class P(Voice): pass\n"))
        for method in ("get_voices", "health_check", "capture_state", "shutdown"):
            self.assertEqual(host.call(method)["error"]["code"], -32002)
        result = host.begin(features=["attachments", "unheard_of"])["result"]
        self.assertEqual((result["revision"], result["status"]), (1, "READY"))
        self.assertEqual(result["features"], ["attachments"])
        self.assertEqual(host.call("initialize", {"config": {}})["error"]["code"], -32600)
        self.assertIs(host.call("shutdown")["result"], True)
        self.assertEqual(host.call("get_voices")["error"]["code"], -32002)
        self.assertEqual(host.end(), 0)

    def test_a_plugin_needs_no_constructor_and_has_its_settings_manifest_and_folder(self):
        host = self.plugin(
            "class P(Voice):\n"
            "    def __init__(self): pass\n"
            "    def health_check(self):\n"
            "        told = {'config': self.config, 'version': self.manifest['version'], 'folder': self.data_folder}\n"
            "        return HealthStatus(self._status, 'fine', told, latency_ms=2.5, memory_mb=None)\n"
        )
        self.assertEqual(
            host.call("health_check")["result"],
            {
                "status": "READY",
                "message": "fine",
                "details": {"config": {}, "version": "1.0.0", "folder": None},
                "latency_ms": 2.5,
            },
        )

    def test_initialize_that_can_not(self):
        for number, (code, said) in enumerate(
            (
                ("raise RuntimeError('No model there.')", "RuntimeError: No model there."),
                ("raise PluginError(1201, 'Pull it first.')", "Pull it first."),
                ("return False", None),
            )
        ):
            with self.subTest(code):
                code = f"class P(Voice):\n    async def initialize(self, config):\n        {code}\n"
                answer = self.start(self.folder(code, name=f"sample{number}")).begin()
                if said is None:
                    self.assertIs(answer["result"], False)
                else:
                    self.assertEqual(answer["error"]["message"], said)

    def test_health_that_fails_is_an_error_in_words(self):
        host = self.plugin("class P(Voice):\n    def health_check(self): return 1 / 0\n")
        health = host.call("health_check")["result"]
        self.assertEqual(health["status"], "ERROR")
        self.assertIn("ZeroDivisionError", health["message"])

    def test_a_method_that_holds_the_event_loop_is_busy_and_not_dead(self):
        host = self.plugin(
            "import os\n"
            "class P(Voice):\n"
            "    async def synthesize(self, text, voice_id=None):\n"
            "        while not os.path.exists(text): time.sleep(0.05)\n"
            "        return b'..'\n"
        )
        done = self.scratch / "done"
        speaks = host.ask("synthesize", {"text": str(done)})
        health = host.ask("health_check")
        message = host.next()[0]
        self.assertEqual((message["id"], message["result"]["status"]), (health, "BUSY"))
        self.assertIn("“synthesize” holds the event loop", message["result"]["message"])
        # And the question is not answered a second time.
        done.touch()
        self.assertEqual(host.next()[0]["id"], speaks)
        self.assertEqual(host.call("health_check")["result"]["message"], "fine")

    def test_state_goes_from_one_process_to_another(self):
        folder = self.folder(
            "class P(Voice):\n"
            "    state = {'n': 0}\n"
            "    def capture_state(self): return self.state\n"
            "    async def restore_state(self, state): self.state = state\n"
            "    async def get_voice_info(self, voice_id): return self.state\n"
        )
        first, second = self.start(folder), self.start(folder)
        self.assertEqual(first.begin(features=["attachments", "state"])["result"]["features"], ["attachments", "state"])
        second.begin()
        self.assertEqual(first.call("capture_state")["result"], {"n": 0})
        self.assertIsNone(second.call("restore_state", {"state": {"n": 4}})["result"])
        self.assertEqual(second.call("get_voice_info", {"voice_id": "x"})["result"], {"n": 4})

    def test_without_state_there_is_none_to_ask_for(self):
        host = self.plugin("class P(Voice): pass\n")
        self.assertEqual(host.call("capture_state")["error"]["code"], -32601)

    def test_ends_with_its_input_even_while_something_computes(self):
        for name, body in (
            ("loop", "time.sleep(60)"),
            ("thread", "await asyncio.to_thread(time.sleep, 60)"),
            ("task", "await asyncio.sleep(60)"),
        ):
            with self.subTest(name):
                code = f"class P(Voice):\n    async def synthesize(self, text, voice_id=None):\n        {body}\n"
                host = self.start(self.folder(code, name=name))
                host.begin()
                host.ask("synthesize", {"text": "x"})
                self.assertEqual(host.end(), 0)
                if name != "loop":
                    self.assertIn("shut down\n", host.log)

    @unittest.skipIf(sys.platform == "win32", "there are no signals")
    def test_ends_on_sigterm(self):
        host = self.plugin("class P(Voice): pass\n")
        os.kill(host.process.pid, signal.SIGTERM)
        self.assertEqual(host.process.wait(30), 0)
        host.end()
        self.assertIn("shut down\n", host.log)


class Loading(PluginCase):
    def refused(self, code: str, name: str = "sample", **more) -> str:
        return self.start(self.folder(code, name=name, **more)).begin()["error"]["message"]

    def test_every_way_to_import_a_file_of_its_own(self):
        folder = self.folder(
            "from . import helper\n"
            "import helper as plain\n"
            "from sample.helper import NAME\n"
            "import queue\n"
            "class P(Voice):\n"
            "    async def get_voice_info(self, voice_id):\n"
            "        return [helper.NAME, plain.NAME, NAME, hasattr(queue, 'Queue')]\n"
        )
        (folder / "helper.py").write_text("NAME = 'mine'\n")
        # Files of the plugin that are named as Python's own are not in the way, wherever it is started.
        (folder / "queue.py").write_text("")
        (folder / "logging.py").write_text("")
        (folder / "json.py").write_text("raise RuntimeError('not mine')\n")
        host = self.start(folder)
        self.assertIn("result", host.begin())
        self.assertEqual(host.call("get_voice_info", {"voice_id": ""})["result"], ["mine", "mine", "mine", True])

    def test_the_entry_point_may_be_the_package_a_file_or_a_module(self):
        for entry_point, file in (("__init__", "__init__.py"), ("main.py", "main.py"), ("src.voice", "src/voice.py")):
            with self.subTest(entry_point):
                folder = self.folder("", name=f"of-{file[0:3]}", entry_point=entry_point)
                (folder / "main.py").unlink()
                (folder / file).parent.mkdir(exist_ok=True)
                (folder / file).write_text(HEAD)
                self.assertIn("result", self.start(folder).begin())

    def test_a_plugin_with_the_name_of_a_package_imports_the_package(self):
        folder = self.folder(
            "import colorsys\nclass P(Voice):\n    sample_rate = int(colorsys.ONE_THIRD * 3)\n", name="colorsys"
        )
        self.assertIn("result", self.start(folder).begin())

    def test_what_is_printed_while_it_loads_is_log(self):
        host = self.start(
            self.folder("print('loading')\nimport os; os.system('echo from outside')\nclass P(Voice): pass\n")
        )
        self.assertIn("result", host.begin())
        host.end()
        self.assertIn("loading\n", host.log)
        self.assertIn("from outside\n", host.log)

    def test_contract_mismatch(self):
        said = self.refused("", contract="stt")
        self.assertEqual(
            said,
            "Contract mismatch: manifest.json says “stt”, and Voice extends TTSContract. Extend STTContract (from "
            "contracts.stt_contract), or change “contract” in manifest.json to “tts”.",
        )

    def test_mistyped_contract(self):
        self.assertEqual(
            self.refused("", contract="ttss"),
            "Contract mismatch: manifest.json says “ttss”, and Voice extends TTSContract. Extend PluginBase (from "
            "contracts.base), or change “contract” in manifest.json to “tts”.",
        )

    def test_a_plugin_may_be_named_and_call_the_constructor_above_its_own(self):
        host = self.plugin(
            "class First(Voice):\n"
            "    def __init__(self):\n"
            "        super().__init__()\n"
            "        self.name = 'first'\n"
            "class Second(Voice): pass\n"
            "Plugin = First\n"
            "First.get_voice_info = lambda self, voice_id: [self.name, self._status]\n"
        )
        self.assertEqual(host.call("get_voice_info", {"voice_id": "x"})["result"], ["first", "READY"])

    def test_a_class_that_lacks_methods(self):
        said = self.refused("class P(TTSContract):\n    async def synthesize(self, text): return b''\nPlugin = P\n")
        self.assertEqual(
            said,
            "P lacks get_voices, health_check, initialize, shutdown, which the contract “tts” asks for. Write them.",
        )

    def test_no_class_or_several(self):
        self.assertEqual(
            self.refused("", "none", head=""),
            "main.py holds no plugin. Write a class that extends TTSContract (from contracts.tts_contract).",
        )
        self.assertEqual(
            self.refused("class One(Voice): pass\nclass Two(Voice): pass\n", "two"),
            "main.py holds several plugins: One, Two. Say which with a line: Plugin = One",
        )

    def test_a_package_that_is_not_installed(self):
        said = self.refused("import no_such_package.inner\n", "one")
        self.assertIn("The module “no_such_package” is not installed. Add the package", said)
        said = self.refused("import no_such_package\n", "two", dependencies=["no-such-package>=2"])
        self.assertIn("Install its packages: voxloom contracts install two", said)

    def test_an_entry_point_that_is_not_there_and_one_that_python_can_not_read(self):
        folder = self.folder("", name="gone")
        (folder / "main.py").unlink()
        said = self.start(folder).begin()["error"]["message"]
        self.assertIn("has no main.py, which “entry_point” in manifest.json names", said)
        self.assertIn("can’t read main.py, line 1", self.refused("", "broken", head="def x(:\n"))

    def test_the_contract_that_the_host_asks_for(self):
        host = self.start(self.folder("class P(Voice): pass\n"))
        self.assertIn("asks for the contract “llm”", host.begin(contract="llm")["error"]["message"])

    def test_a_folder_without_a_manifest(self):
        (self.scratch / "empty").mkdir()
        host = self.start(self.scratch / "empty")
        self.assertEqual(host.end(), 1)
        self.assertIn("manifest.json. A plugin’s folder holds a file of that name.", "".join(host.log))
        folder = self.folder("", name="odd")
        (folder / "manifest.json").write_text(json.dumps([]))
        host = self.start(folder)
        self.assertEqual(host.end(), 1)
        self.assertIn("is no JSON object", "".join(host.log))


if __name__ == "__main__":
    unittest.main()
