import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { testPlugins } from '../conformance/kit.ts'
import type { PluginInfo } from '#protocol/plugins.ts'
import type { FoundPlugin } from '../plugins/discovery.ts'
import { pluginInfo } from '../plugins/info.ts'
import { planOrThrow } from '../pipelines/plan.ts'
import { COPY, fixture, isRunning, pipelineOf, planOf, runThrough, scratch } from '../testing/plugins.ts'
import { executePipeline } from '../pipelines/execute.ts'
import { workingBubblewrap, workingPrlimit } from './probe.ts'
import { NO_LIMITS, type ResourceLimits } from './rules.ts'

const confined = (plugin: FoundPlugin, limits: Partial<ResourceLimits> = {}, sandbox = true): FoundPlugin => ({
  ...plugin,
  confinement: { sandbox, limits: { ...NO_LIMITS, ...limits } },
})

/** Tries something, and writes “done” or why it could not. */
const attempt = (code: string) => `
const { readFileSync: look, writeFileSync: put, readdirSync: list, mkdirSync: make } = await import('node:fs')
readFrame()
let said
try { said = String(await (async () => { ${code} })()) } catch (error) { said = 'refused: ' + (error.code ?? error.message) }
writeFrame(said)
`

const works = workingBubblewrap() !== undefined

describe('a plugin that is to be confined', () => {
  const info = (plugin: FoundPlugin): PluginInfo => pluginInfo(plugin)

  it('is said to be what it is on this machine', () => {
    const plugin = fixture(COPY)
    expect(info(plugin).sandbox).toBe('none')
    expect(info(confined(plugin)).sandbox).toBe(works ? 'bubblewrap' : 'none')
    expect(info(confined(plugin, {}, false)).sandbox).toBe('none')
    const [node] = planOf([confined(plugin)]).nodes
    expect(basename(node!.command.program)).toBe(works ? 'bwrap' : 'node')
  })

  it('works as it does without', async () => {
    expect(await runThrough([confined(fixture(COPY))], 'hello')).toBe('hello')
    const shell = { interpreter: '"sh"', entrypoint: '"main.sh"' }
    const plugin = fixture('', { manifest: shell })
    writeFileSync(join(plugin.folder, 'main.sh'), 'cat >/dev/null; printf "\\001\\000\\000\\000x"\n')
    expect(await runThrough([confined(plugin)], 'a')).toBe('x')
    expect(
      await runThrough([confined(fixture(attempt("return process.cwd() + ' ' + look('plugin.toml').length")))], 'a'),
    ).toMatch(/fixture \d+$/)
  })

  it('still says what went wrong, and ends when the run is over', async () => {
    const failing = confined(fixture(`console.error('no voice'); process.exit(3)`))
    await expect(runThrough([failing], 'a')).rejects.toThrow(/exited with code 3: no voice/)
    const deaf = confined(fixture(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); writeFrame('x')`))
    const abort = new AbortController()
    const marks: number[] = []
    const run = (async () => {
      for await (const _ of executePipeline(planOf([deaf]), endless(), { signal: abort.signal })) {
        marks.push(...pidsOf(deaf.folder))
        abort.abort()
      }
    })()
    await expect(run).rejects.toMatchObject({ code: 'cancelled' })
    expect(marks.length).toBeGreaterThan(0)
    // The kernel ends what is inside when the sandbox is gone, in a moment of its own.
    await vi.waitFor(() => expect(marks.filter(isRunning)).toEqual([]))
  })
})

async function* endless() {
  for (;;) {
    yield Buffer.from('x')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

/** Processes of this machine whose command line names the folder. */
function pidsOf(folder: string): number[] {
  if (process.platform !== 'linux') return [process.ppid]
  const pids = Array.from(new Set(readdir('/proc'))).filter(name => /^\d+$/.test(name))
  return pids.filter(pid => read(`/proc/${pid}/cmdline`).includes(folder)).map(Number)
}

function readdir(path: string): string[] {
  return process.getBuiltinModule('node:fs').readdirSync(path)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Each is done on the machine itself and refused in the sandbox: without one, the plugin is shown as unsandboxed. */
describe('what a plugin tries', () => {
  const secret = () => {
    // In the home itself, where a real secret would lie.
    const folder = join(homedir(), `.voxloom-test-${process.pid}`)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'secret'), 'done')
    onTestFinished(() => process.getBuiltinModule('node:fs').rmSync(folder, { recursive: true }))
    return JSON.stringify(join(folder, 'secret'))
  }
  async function tries(code: string, manifest: Record<string, string> = {}, models = '/nowhere') {
    const plugin = confined(fixture(attempt(code), { manifest }))
    const plan = planOrThrow({ pipeline: pipelineOf(plugin), plugins: [plugin], models })
    let said = ''
    for await (const piece of executePipeline(
      plan,
      (async function* () {
        yield Buffer.from('a')
      })(),
    ))
      said += piece
    return { said, sandbox: pluginInfo(plugin).sandbox }
  }
  const outcome = (refused: boolean) =>
    works && refused
      ? { said: expect.stringMatching(/^refused: /), sandbox: 'bubblewrap' }
      : { said: 'done', sandbox: works ? 'bubblewrap' : 'none' }

  it('reading a file of the home', async () => {
    expect(await tries(`return look(${secret()}, 'utf8')`)).toEqual(outcome(true))
  })

  it('reading its home by the variable', async () => {
    // What is shown to it may lie in the real /tmp: its own folder, and Node where the checkout is there.
    const [, top, node = ''] = process.execPath.split('/')
    const shown = JSON.stringify(top === 'tmp' ? node : '')
    const { said } = await tries(
      `return process.env.HOME + ' ' + list(process.env.HOME).filter(name => !name.startsWith('voxloom-plugins-') && name !== ${shown}).length`,
    )
    expect(said).toBe(works ? '/tmp 0' : `${homedir()} ${readdir(homedir()).length}`)
  })

  it('writing into its own folder', async () => {
    expect(await tries(`put('new', ''); return 'done'`)).toEqual(outcome(true))
  })

  it('writing anywhere but in its own /tmp', async () => {
    expect(
      await tries(`put('/made-by-a-plugin', ''); (await import('node:fs')).rmSync('/made-by-a-plugin'); return 'done'`),
    ).toEqual(outcome(true))
    const mark = `/tmp/voxloom-made-by-a-plugin-${process.pid}`
    expect(await tries(`put('${mark}', 'x'); return look('${mark}', 'utf8') === 'x' ? 'done' : ''`)).toEqual(
      outcome(false),
    )
    if (works) expect(read(mark)).toBe('')
    else process.getBuiltinModule('node:fs').rmSync(mark)
  })

  it('opening a connection, and with the permission', async () => {
    const server = createServer(socket => socket.end()).listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const code = `const { connect } = await import('node:net')
      return new Promise((resolve, reject) => connect(${port}, '127.0.0.1', () => resolve('done')).on('error', reject))`
    expect(await tries(code)).toEqual(outcome(true))
    expect(await tries(code, { permissions: '{ network = true }' })).toEqual(outcome(false))
  })

  it('reading the weights, and with the permission', async () => {
    const models = scratch()
    writeFileSync(join(models, 'weights'), 'done')
    const code = `return look(${JSON.stringify(join(models, 'weights'))}, 'utf8')`
    expect(await tries(code, {}, models)).toEqual(outcome(true))
    expect(await tries(code, { permissions: '{ read = ["models"] }' }, models)).toEqual(outcome(false))
    expect(
      await tries(
        `put(${JSON.stringify(join(models, 'new'))}, ''); return 'done'`,
        { permissions: '{ read = ["models"] }' },
        models,
      ),
    ).toEqual(outcome(true))
  })

  it('seeing other processes', async () => {
    const { said } = await tries(`return list('/proc').filter(name => /^[0-9]+$/.test(name)).length`)
    if (works) expect(Number(said)).toBeLessThan(5)
    else expect(Number(said)).toBeGreaterThan(4)
  })

  it('becoming more than it is', async () => {
    const { said } = await tries(`return /CapEff:\\s*(\\w+)/.exec(look('/proc/self/status', 'utf8'))[1]`)
    if (works) expect(said).toMatch(/^0+$/)
    else expect(said).toMatch(/^[0-9a-f]+$/)
  })
})

describe('limits', () => {
  const limitsSeen = attempt(`return look('/proc/self/limits', 'utf8')`)

  it('hold for the program, in the sandbox and without one, where prlimit is there', async () => {
    for (const sandbox of [true, false]) {
      const plugin = confined(fixture(limitsSeen), { memory: 64 * 2 ** 30, cpu: 77, openFiles: 99 }, sandbox)
      const said = process.platform === 'linux' ? await runThrough([plugin], 'a') : ''
      if (workingPrlimit() === undefined) expect(planOf([plugin]).nodes[0]!.command.program).not.toContain('prlimit')
      else {
        expect(said).toMatch(/Max cpu time\s+77\s+77/)
        expect(said).toMatch(/Max open files\s+99\s+99/)
        expect(said).toMatch(/Max address space\s+68719476736\s+68719476736/)
      }
    }
  })

  it('are none by themselves', () => {
    expect(planOf([confined(fixture(COPY), {}, false)]).nodes[0]!.command.program).toBe(process.execPath)
  })
})

it('the rules of the protocol hold in the sandbox as they do without', async () => {
  const suites = await testPlugins([confined(fixture(COPY)), fixture(COPY)], { models: '/nowhere' })
  const [inside, outside] = suites.map(({ results }) =>
    Object.fromEntries(results.map(({ id, verdict, message }) => [id, verdict === 'failed' ? message : verdict])),
  )
  expect(inside).toEqual(outside)
}, 120_000)
