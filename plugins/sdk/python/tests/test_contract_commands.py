import base64
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import unittest
import zipfile
from pathlib import Path
from typing import List

from contract_driving import ENVIRONMENT, PluginCase
from plugins._host.install import environment_of
from plugins._host.manifest import read_manifest

HOST = [sys.executable, "-m", "plugins._host"]
VOICE = """
from contracts.base import HealthStatus, PluginStatus
from contracts.tts_contract import TTSContract
import demo_words

class Demo(TTSContract):
    async def initialize(self, config): self.end = config["end"]
    async def shutdown(self): return True
    def health_check(self): return HealthStatus(status=self._status, message="fine")
    async def get_voices(self): return []
    async def synthesize(self, text, voice_id=None):
        for word in text.split(): yield (word + demo_words.MARK + self.end).encode()
"""


def wheel(folder: Path, name: str = "demo_words", version: str = "1.0") -> Path:
    """A package, as small as they come."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": "MARK = '!'\ndef main(): print('demo')\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\ndemo = demo_words:main\n",
    }
    digests = "".join(
        f"{key},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')},{len(text)}\n"
        for key, text in files.items()
    )
    with zipfile.ZipFile(path, "w") as archive:
        for key, text in {**files, f"{info}/RECORD": digests + f"{info}/RECORD,,\n"}.items():
            archive.writestr(key, text)
    return path


class Commands(PluginCase):
    def setUp(self) -> None:
        super().setUp()
        # So long that a program in it can't name its interpreter in one line.
        self.environments = self.scratch / ("environments" + "s" * 100)
        self.env = {**ENVIRONMENT, "VOXLOOM_ENVIRONMENTS": str(self.environments), "PIP_NO_INDEX": "1"}
        self.plugins = self.scratch / "plugins"
        self.plugins.mkdir()

    def voice(self, *requirements: str, code: str = VOICE) -> Path:
        return self.folder(
            code,
            name="plugins/demo",
            head="",
            dependencies=list(requirements),
            config_schema={"type": "object", "properties": {"end": {"type": "string", "default": "."}}},
        )

    def run_host(self, *args: str, lines: tuple = ()) -> "tuple[int, List[dict], str]":
        told = "".join(json.dumps(line) + "\n" for line in lines)
        done = subprocess.run(
            [*HOST, *args],
            input=told,
            env=self.env,
            cwd=self.scratch,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    def test_packages_are_installed_once_and_sync_mode_runs_on_them(self):
        folder = self.voice()
        (folder / "requirements.txt").write_text(f"# words\n{wheel(self.scratch)}  # here\n")
        code, events, _ = self.run_host("--install-deps", "--plugin", str(folder), "--tool", "pip")
        self.assertEqual(code, 0, events)
        self.assertEqual(events[0], {"event": "begin", "tool": "pip", "requirements": [str(wheel(self.scratch))]})
        steps = [(event["done"], event["total"]) for event in events if event["event"] == "progress"]
        self.assertTrue(steps and all(done < total for done, total in steps), events)
        done = events[-1]
        place = Path(done["python"]).parent.parent
        self.assertEqual(done["event"], "done")
        self.assertIn("demo", done["lock"][0])
        self.assertEqual((place / "lock.txt").read_text().splitlines(), done["lock"])
        self.assertEqual(os.listdir(self.environments), [place.name])
        # Programs that came with the packages run where the environment lies now.
        ran = subprocess.run([str(place / "bin" / "demo")], capture_output=True, encoding="utf-8", check=False)
        self.assertEqual(ran.stdout, "demo\n", ran.stderr)
        self.speaks()

    def speaks(self) -> None:
        call = {"plugin": "demo", "method": "synthesize", "args": {"text": "a b"}}
        code, answers, log = self.run_host(
            "--sync-mode",
            "--auto-install-deps",
            lines=(
                {"jsonrpc": "2.0", "id": 1, "method": "plugin/load", "params": {"name": "demo"}},
                {"jsonrpc": "2.0", "id": 2, "method": "plugin/call", "params": call},
                {"jsonrpc": "2.0", "id": 3, "method": "plugin/call", "params": {**call, "stream": True}},
                {"jsonrpc": "2.0", "id": 4, "method": "plugin/health", "params": {"plugin": "demo"}},
                {"jsonrpc": "2.0", "id": 5, "method": "plugin/list"},
                {"jsonrpc": "2.0", "id": 6, "method": "plugin/unload", "params": {"name": "demo"}},
                {"jsonrpc": "2.0", "id": 7, "method": "plugin/call", "params": call},
            ),
        )
        self.assertEqual(code, 0, log)
        results = [answer.get("result") for answer in answers]
        methods = ["synthesize", "get_voices", "get_voice_info"]
        self.assertEqual(results[0], {"name": "demo", "contract": "tts", "status": "READY", "methods": methods})
        self.assertEqual(base64.b64decode(results[1]["data"]), b"a!.b!.")
        self.assertEqual([base64.b64decode(item["data"]) for item in results[2]], [b"a!.", b"b!."])
        self.assertEqual(results[3]["message"], "fine")
        self.assertEqual(results[4], [{"name": "demo", "contract": "tts", "status": "READY"}])
        self.assertIs(results[5], True)
        self.assertIn("“demo” is not loaded. Send first:", answers[6]["error"]["message"])

    def test_requirements_that_are_no_text_and_a_name_that_leads_elsewhere(self):
        folder = self.voice()
        (folder / "requirements.txt").write_bytes(b"# f\xfcr alle\nx==1\n")
        code, events, _ = self.run_host("--install-deps", "--plugin", str(folder))
        self.assertEqual((code, events[-1]["event"]), (1, "failed"))
        self.assertIn("requirements.txt can’t be read", events[-1]["message"])
        manifest = json.loads((folder / "manifest.json").read_text())
        (folder / "manifest.json").write_text(json.dumps({**manifest, "name": "../../demo"}))
        (folder / "requirements.txt").write_text("x==1\n")
        code, events, _ = self.run_host("--install-deps", "--plugin", str(folder))
        self.assertIn("the name is “../../demo”, and must be that of its folder", events[-1]["message"])
        self.assertFalse(self.environments.exists())

    def test_an_environment_is_another_one_where_requirements_name_a_file_that_has_changed(self):
        folder = self.voice()
        (folder / "more.txt").write_text("one\n")

        def place(requirements: str) -> str:
            (folder / "requirements.txt").write_text(requirements)
            return environment_of(read_manifest(str(folder)))

        stays = "--extra-index-url https://example.org/whl\ndemo==1\n"
        before = place("-r more.txt\n"), place(stays)
        (folder / "more.txt").write_text("one\ntwo\n")
        after = place("-r more.txt\n"), place(stays)
        self.assertNotEqual(before[0], after[0])
        self.assertEqual(before[1], after[1])

    def test_sync_mode_goes_on_where_an_environment_has_no_place(self):
        self.voice("x")
        self.environments.write_text("a file")
        ask = {"jsonrpc": "2.0", "id": 1, "method": "plugin/load", "params": {"name": "demo"}}
        _, answers, log = self.run_host("--sync-mode", "--auto-install-deps", lines=(ask, {**ask, "id": 2}))
        self.assertEqual([answer["id"] for answer in answers], [1, 2], log)
        self.assertIn("“demo” could not be installed", answers[0]["error"]["message"])

    def test_passwords_in_addresses_are_told_to_nobody(self):
        self.env["PIP_RETRIES"] = "0"
        folder = self.voice("demo @ http://ada:s3cret@127.0.0.1:9/demo.zip")
        code, events, log = self.run_host("--install-deps", "--plugin", str(folder), "--tool", "pip")
        self.assertEqual(code, 1)
        self.assertEqual(events[0]["requirements"], ["demo @ http://…@127.0.0.1:9/demo.zip"])
        self.assertIn("http://…@127.0.0.1:9/demo.zip", events[-1]["message"])
        self.assertNotIn("s3cret", json.dumps(events) + log)

    def test_a_tool_that_is_not_there(self):
        folder = self.voice("x")
        self.env["PATH"] = str(self.scratch)
        code, events, _ = self.run_host("--install-deps", "--plugin", str(folder), "--tool", "uv")
        self.assertEqual(code, 1)
        self.assertIn("uv can’t be started", events[-1]["message"])

    @unittest.skipIf(sys.platform == "win32", "there are no signals")
    def test_an_installation_that_is_broken_off_leaves_nothing(self):
        folder = self.voice("x")
        child = subprocess.Popen(
            [*HOST, "--install-deps", "--plugin", str(folder), "--tool", "pip"], env=self.env, stdout=subprocess.PIPE
        )
        while not (self.environments.exists() and os.listdir(self.environments)):
            time.sleep(0.02)
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=60)
        self.assertEqual(os.listdir(self.environments), [])

    def test_without_requirements_there_is_nothing_to_do(self):
        code, events, _ = self.run_host("--install-deps", "--plugin", str(self.voice()))
        self.assertEqual((code, events), (0, [{"event": "done", "python": sys.executable, "lock": []}]))

    def test_sync_mode_says_what_is_wrong(self):
        self.voice(
            code="import os\n" + VOICE.replace("import demo_words\n", "").replace("demo_words.MARK", "os._exit(3)")
        )
        folder = self.folder("", name="plugins/other", entry_point="main.ts")
        asked = (
            ("plugin/unheard-of", {}, "There are: plugin/list, plugin/load"),
            ("plugin/load", {"name": "demos"}, "There are: demo, other."),
            ("plugin/load", {"name": folder.name}, "voxloom contracts call other"),
            ("plugin/load", {"name": "demo", "config": {"end": 5}}, None),
            ("plugin/call", {"plugin": "demo", "method": "nothing"}, "There is no method “nothing”"),
            ("plugin/call", {"plugin": "demo", "method": "synthesize", "args": {"text": "x"}}, "ended with 3"),
            ("plugin/call", {"plugin": "demo", "method": "synthesize", "args": []}, "must be an object"),
        )
        _, answers, _ = self.run_host(
            "--sync-mode",
            lines=tuple({"jsonrpc": "2.0", "id": n, "method": m, "params": p} for n, (m, p, _) in enumerate(asked)),
        )
        for (method, _, said), answer in zip(asked, answers):
            if said is None:
                self.assertIn("result", answer, method)
            else:
                self.assertIn(said, answer["error"]["message"])

    def test_help_is_on_standard_output(self):
        done = subprocess.run([*HOST, "--help"], env=self.env, capture_output=True, encoding="utf-8", check=False)
        self.assertIn("--auto-install-deps", done.stdout)

    def test_imports_for_tests_take_nothing_from_standard_output(self):
        code = (
            "from plugins._host.protocol import ErrorCodes; import contracts; print(ErrorCodes.TTS_TEXT_TOO_LONG + 0)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], env=self.env, capture_output=True, encoding="utf-8", check=False
        )
        self.assertEqual(done.stdout, "1002\n")


if __name__ == "__main__":
    unittest.main()
