import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { CaseResult } from '../../companion/core/conformance/trial.ts'
import { modelsFolder, root } from '../support/models.ts'
import { ctranslate2Weights } from '../support/whisper/weights.ts'
import { startLanguageServer } from '../support/language-server.ts'

// Every contract plugin of the product, and every example of an SDK, before every rule of docs/contract-plugins.md; and
// one voice in each language of an SDK, called through the command line, with the same answers.

type Count = (name: string, passed: boolean, said?: string) => boolean

/** What a command wrote, and how it ended. */
interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Folders with a manifest.json, the SDKs' examples among them. */
function contractFolders(): string[] {
  const plugins = join(root, 'plugins')
  const examples = readdirSync(join(plugins, 'sdk')).map(name => join(plugins, 'sdk', name, 'examples'))
  return [plugins, ...examples.filter(folder => existsSync(folder))]
    .flatMap(folder => readdirSync(folder).map(name => join(folder, name)))
    .filter(folder => existsSync(join(folder, 'manifest.json')))
}

/** @param report for JUnit @returns what was found, by plugin */
export async function testContracts(
  count: Count,
  report: string,
): Promise<Readonly<Record<string, readonly CaseResult[]>>> {
  const home = mkdtempSync(join(tmpdir(), 'voxloom-contracts-'))
  // Plugins that ask a server have one that answers.
  const server = await startLanguageServer()
  try {
    const voxloom = commandLineIn(home)
    for (const [plugin, key, value] of [
      ['ollama', 'base', server.url],
      ['openai-compatible', 'base', server.openAi],
      // The one model of that kind that tests have.
      ['faster-whisper', 'model', await ctranslate2Weights()],
      ['faster-whisper', 'beam_size', '1'],
    ] as const) {
      const { code, stderr } = await voxloom(['contracts', 'config', plugin, key, value])
      if (code !== 0) count(`contracts config ${plugin} ${key}`, false, stderr)
    }
    await testLanguages(voxloom, count)
    const folders = contractFolders()
    const { stdout, stderr } = await voxloom(['contracts', 'test', ...folders, '--json', '--junit', report])
    try {
      return JSON.parse(stdout) as Record<string, CaseResult[]>
    } catch {
      count('contracts test', false, `${stdout}\n${stderr}`)
      return {}
    }
  } finally {
    await server.close()
    rmSync(home, { recursive: true, force: true })
  }
}

/** Runs the command line with settings and data of its own, and with the packages that all tests share. */
function commandLineIn(home: string) {
  const env: Record<string, string | undefined> = { ...process.env, VOXLOOM_MODELS: modelsFolder, NO_COLOR: '1' }
  for (const kind of ['CONFIG', 'STATE', 'DATA', 'CACHE']) env[`XDG_${kind}_HOME`] = join(home, kind)
  env['VOXLOOM_ENVIRONMENTS'] = join(root, '.cache', 'environments')
  env['VOXLOOM_PLUGINS_AUTO_INSTALL_DEPS'] = 'true'
  return (args: readonly string[], input = ''): Promise<Ran> => {
    const child = spawn(process.execPath, [join(root, 'companion/cli/main.ts'), ...args], { cwd: root, env })
    return new Promise(resolve => {
      const ran = { stdout: '', stderr: '' }
      for (const stream of ['stdout', 'stderr'] as const)
        child[stream].on('data', data => (ran[stream] += String(data)))
      child.once('close', code => resolve({ code: code ?? 1, ...ran }))
      child.stdin.on('error', () => undefined)
      child.stdin.end(input)
    })
  }
}
type CommandLine = ReturnType<typeof commandLineIn>

/** One voice for each SDK, made with nothing else. */
const VOICES: Readonly<Record<string, string>> = {
  Python: 'plugins/sdk/python/examples/my_tts_plugin',
  TypeScript: 'plugins/sdk/typescript/examples/morse',
  Rust: 'plugins/tone',
}

interface Answer {
  readonly result?: unknown
  readonly error?: { readonly code: number }
}

/** The same few lines to a plugin in each language: what a program says to one it can say to all. */
async function testLanguages(voxloom: CommandLine, count: Count): Promise<void> {
  for (const [language, folder] of Object.entries(VOICES)) {
    const plugin = basename(folder)
    const call = (method: string, args: object, more = {}) =>
      ['plugin/call', { plugin, method, args, ...more }] as const
    const said = [
      ['plugin/load', { name: plugin }],
      call('get_voices', {}),
      call('synthesize', { text: 'sos' }),
      call('synthesize', { text: 'sos' }, { stream: true }),
      call('synthesize', { text: 'sos', voice_id: 'there-is-no-such-voice' }),
      call('synthesize', {}),
      ['plugin/health', { plugin }],
      ['plugin/unload', { name: plugin }],
    ] as const
    const lines = said.map(([method, params], id) => JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    const { stdout, stderr } = await voxloom(['contracts', 'sync', '--plugins', join(root, folder)], lines.join('\n'))
    let answers: Answer[] = []
    try {
      answers = stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as Answer)
    } catch {
      // Told below.
    }
    const [load, voices, sound, items, absent, incomplete, health, unload] = answers
    const isSound = (told: unknown) => /^audio\//.test(String((told as { mime?: unknown } | undefined)?.mime))
    const holds =
      (load?.result as { status?: unknown } | undefined)?.status === 'READY' &&
      Array.isArray(voices?.result) &&
      isSound(sound?.result) &&
      Array.isArray(items?.result) &&
      items.result.every(isSound) &&
      absent?.error?.code === 1001 &&
      incomplete?.error?.code === -32602 &&
      (health?.result as { status?: unknown } | undefined)?.status === 'READY' &&
      unload?.result === true
    count(`host and ${language}: the same lines, the same answers`, holds, `${stdout.slice(0, 4000)}\n${stderr}`)
  }
}
