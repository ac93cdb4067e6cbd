import { spawn, type ChildProcess } from 'node:child_process'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { ensureTools } from './support/tools.ts'
import { root } from './support/models.ts'
import { MODELS } from './support/ready.ts'
import { fetchRecordings } from './support/recordings.ts'

// All tests, in the order in which a failure is quickest to understand. Ends with one line, "N passed, N failed".

interface Counts {
  passed: number
  failed: number
}

/** One runner in a process of its own. Without a report it is one test: it passes or it fails. */
interface Step {
  readonly name: string
  readonly script: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly report?: Report
}

/** A file that a runner writes its counts to. */
interface Report {
  readonly path: string
  readonly count: (json: unknown) => Counts
}

interface Outcome {
  readonly code: number
  /** What it printed, when that was not shown at once. */
  readonly said: string
}

const results = join(root, 'test-results')
const total: Counts = { passed: 0, failed: 0 }
const modules = (path: string) => join(root, 'node_modules', path)

// Hundreds of tests start the command line: without the types taken out anew each time, that is half the work. Not the
// product's own folder, which would keep what the tests' own programs leave there.
process.env['NODE_COMPILE_CACHE'] ??= join(results, 'compiled')

const running = new Set<ChildProcess>()
let isStopped = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    isStopped = true
    for (const child of running) child.kill('SIGTERM')
    leaveWhenStopped()
  })
}

/** Nothing is begun after a signal; what runs is waited for. */
function leaveWhenStopped(): void {
  if (isStopped && running.size === 0) process.exit(130)
}

/** @param isAside takes what processor time others leave, and says nothing before its end */
function start({ script, args, env }: Step, isAside: boolean): Promise<Outcome> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: root,
      stdio: isAside ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      env: { ...process.env, ...env },
    })
    running.add(child)
    if (isAside && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (said += text))
    }
    child.on('close', code => {
      running.delete(child)
      leaveWhenStopped()
      if (!isStopped) resolve({ code: code ?? 1, said: said.trimEnd() })
    })
  })
}

/** A runner that dies before its report counts as one failure. @returns whether nothing failed */
async function tally({ name, report }: Step, code: number): Promise<boolean> {
  const { passed, failed } = report
    ? await readFile(report.path, 'utf8')
        .then(text => report.count(JSON.parse(text)))
        .catch(() => {
          console.error(`${name} ended without a report.`)
          return { passed: 0, failed: 1 }
        })
    : { passed: code === 0 ? 1 : 0, failed: 0 }
  const failures = failed || (code === 0 ? 0 : 1)
  total.passed += passed
  total.failed += failures
  return failures === 0
}

async function run(step: Step): Promise<boolean> {
  console.log(`\n── ${step.name}`)
  return tally(step, (await start(step, false)).code)
}

/**
 * Runs a step, when there is one, and rows of others beside it, which get the time that it spends waiting. What those
 * say is shown when they and the step are over, each for itself.
 */
async function together(ahead: Step | undefined, ...rows: readonly (readonly Step[])[]): Promise<void> {
  const told = ahead && run(ahead)
  const show = async (step: Step, { code, said }: Outcome) => {
    await told
    console.log(`\n── ${step.name}${said && `\n${said}`}`)
    await tally(step, code)
  }
  const beside = rows.map(async row => {
    const shown: Promise<void>[] = []
    for (const step of row) shown.push(show(step, await start(step, true)))
    await Promise.all(shown)
  })
  await Promise.all([told, ...beside])
}

const only = process.argv[2]
const wanted = (name: string) => only === undefined || only === name

await rm(results, { recursive: true, force: true })
await mkdir(results, { recursive: true })
const tools = await ensureTools()
const env = { CHROMIUM: tools.chromium }

const one = (name: string, script: string, ...args: readonly string[]): Step => ({ name, script, args })

function vitest(project: string): Step {
  const path = join(results, `${project}.json`)
  const args = ['run', '--project', project, '--reporter', 'default', '--reporter', 'json', '--outputFile.json', path]
  const count = (json: unknown) => {
    const { numPassedTests, numFailedTests, numPendingTests } = json as Record<string, number>
    // A test that was skipped has not shown what it is there for.
    return { passed: numPassedTests ?? 0, failed: (numFailedTests ?? 0) + (numPendingTests ?? 0) }
  }
  return { name: project, script: modules('vitest/vitest.mjs'), args, env, report: { path, count } }
}

function inBrowser(name: string, config: string, ...args: readonly string[]): Step {
  const path = join(results, `${name}.json`)
  const count = (json: unknown) => {
    const { stats } = json as { stats: Record<string, number> }
    return {
      passed: (stats['expected'] ?? 0) + (stats['flaky'] ?? 0),
      failed: (stats['unexpected'] ?? 0) + (stats['skipped'] ?? 0),
    }
  }
  return {
    name,
    script: modules('playwright/cli.js'),
    args: ['test', '--config', `tests/${config}/playwright.config.ts`, ...args],
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: path },
    report: { path, count },
  }
}

if (!(await run(one('models', 'companion/cli/main.ts', 'models', 'pull', ...MODELS)))) {
  console.log(`\nThe models could not be fetched: no test means anything without them.\n\n0 passed, 1 failed`)
  process.exit(1)
}
await fetchRecordings()

const checks = [
  [
    one('types', modules('vue-tsc/bin/vue-tsc.js'), '-b'),
    one('format', modules('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'),
  ],
  [one('lint', modules('eslint/bin/eslint.js'), '.'), one('dead code', modules('knip/bin/knip.js'))],
]
if (wanted('check')) await run(one('build', modules('vite/bin/vite.js'), 'build', '--logLevel', 'warn'))
await together(wanted('unit') ? vitest('unit') : undefined, ...(wanted('check') ? checks : []))
if (wanted('browser')) await run(vitest('browser'))
if (wanted('fuzz')) await run(one('fuzz', 'tests/fuzz/run.ts', '--seconds', '8'))
if (wanted('api')) await run(one('REST against its own description', 'tests/api/run.ts'))
if (wanted('plugins')) {
  const path = join(results, 'plugins.json')
  const report = { path, count: (json: unknown) => json as Counts }
  await run({ ...one('plugins', 'tests/plugins/run.ts', path), env, report })
}
for (const part of ['pages', 'talk']) {
  if (wanted('e2e') || wanted(part)) await run(inBrowser(`e2e-${part}`, 'e2e', `--project=${part}`))
}
// Minutes for one sentence on a graphics card made of software: only when asked for.
if (only === 'gpu') await run(inBrowser('gpu', 'gpu'))

console.log(`\n${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1
