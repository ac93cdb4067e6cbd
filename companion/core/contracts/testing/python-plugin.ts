import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findPython } from '../interpreter.ts'

/** A plugin of Python in `root`, with its module and whatever else is named. */
export function pythonPlugin(
  root: string,
  name: string,
  { manifest = {}, code = '', files = {} }: PythonPluginParts = {},
): string {
  const folder = join(root, name)
  const all = { name, version: '1.0.0', contract: 'tts', entry_point: 'main', ...manifest }
  for (const [path, text] of Object.entries({ 'manifest.json': JSON.stringify(all), 'main.py': code, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

interface PythonPluginParts {
  /** Keys of manifest.json that replace or join the usual ones. */
  readonly manifest?: object
  /** Of main.py. */
  readonly code?: string
  readonly files?: Readonly<Record<string, string>>
}

const WHEEL = `import sys, zipfile
def write_wheel(folder, name):
    module = name.replace("-", "_")
    info = f"{module}-1.0.dist-info"
    file = f"{module}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{file}", "w") as wheel:
        wheel.writestr(f"{module}.py", "ANSWER = 42\\n")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return file
`

/**
 * A package that pip and uv can install without a network, and the variables that tell them where it lies.
 * @param folder that it is put into
 */
export function packageIn(folder: string, name: string): Readonly<Record<string, string>> {
  const args = ['-c', `${WHEEL}write_wheel(*sys.argv[1:])`, folder, name]
  const { status, stderr } = spawnSync(findPython()!.program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return { PIP_FIND_LINKS: folder, UV_FIND_LINKS: folder, PIP_NO_INDEX: '1', UV_NO_INDEX: '1' }
}

/** The source of such a package, in `package` of a plugin's folder: `code` runs while it is built. */
export function packageSource(name: string, code: string): Readonly<Record<string, string>> {
  const build = `def build_wheel(folder, config_settings=None, metadata_directory=None):\n    return write_wheel(folder, "${name}")\n`
  return {
    'package/pyproject.toml': '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    'package/backend.py': WHEEL + build + code,
  }
}
