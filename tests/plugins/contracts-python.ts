import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { root } from '../support/models.ts'
import { pythonWith, runProgram } from '../support/python.ts'

// What the Python SDK's own tests can't: they know neither pytest nor uv, nor a registry.

type Count = (name: string, passed: boolean, said?: string) => boolean

const sdk = join(root, 'plugins/sdk/python')
const requirements = join(root, 'tests/plugins/contracts-python.txt')

/** Runs the guide's example under pytest, without a host, and lets uv make an environment. */
export async function testPythonContracts(count: Count): Promise<void> {
  let programs: string
  try {
    programs = await pythonWith('contracts-python', requirements)
  } catch (error) {
    count('sdk/python: pytest and uv', false, String(error))
    return
  }
  const python = join(programs, 'python')
  const env = { PYTHONPATH: sdk, PYTHONDONTWRITEBYTECODE: '1' }
  const example = join(sdk, 'examples/my_tts_plugin')
  const tests = await runProgram(python, ['-m', 'pytest', '-q', '-p', 'no:cacheprovider'], env, example)
  count('sdk/python: pytest of the example', tests.code === 0, tests.output)
  await installWithUv(count, programs, env)
}

async function installWithUv(count: Count, programs: string, env: Readonly<Record<string, string>>): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'voxloom-uv-'))
  try {
    const plugin = join(scratch, 'demo')
    await mkdir(plugin)
    const manifest = { name: 'demo', version: '1', contract: 'tts', entry_point: 'main', dependencies: ['idna==3.20'] }
    writeFileSync(join(plugin, 'manifest.json'), JSON.stringify(manifest))
    const environment = join(scratch, 'environments', 'demo-1')
    const { code, output } = await runProgram(
      'python3',
      ['-m', 'plugins._host', '--install-deps', '--plugin', plugin, '--environment', environment],
      { ...env, PATH: `${programs}${delimiter}${process.env['PATH']}` },
    )
    const last = output.trim().split('\n').at(-1) ?? ''
    const isWhole = last.includes('"event": "done"') && last.includes('idna==3.20') && output.includes('"tool": "uv"')
    const left = await readdir(join(scratch, 'environments'))
    count('sdk/python: packages by uv', code === 0 && isWhole && left.join() === 'demo-1', output)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
