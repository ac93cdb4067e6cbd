import { spawn } from 'node:child_process'
import { mkdir, readFile, rm } from 'node:fs/promises'
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

const results = join(root, 'test-results')
const total: Counts = { passed: 0, failed: 0 }
const modules = (path: string) => join(root, 'node_modules', path)

interface Outcome {
  readonly code: number
  /** What it printed, when that was not shown at once. */
  readonly said: string
}

function start(script: string, args: readonly string[], env: Record<string, string>, shown: boolean): Promise<Outcome> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: root,
      stdio: shown ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', data => (said += String(data)))
    const stop = () => child.kill('SIGTERM')
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
    child.on('close', code => {
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
      resolve({ code: code ?? 1, said: said.trimEnd() })
    })
  })
}

async function run(name: string, script: string, args: readonly string[], env: Record<string, string> = {}) {
  console.log(`\n── ${name}`)
  return (await start(script, args, env, true)).code
}

function tally(passed: boolean): boolean {
  total[passed ? 'passed' : 'failed']++
  return passed
}

/** A step that is one test: it passes or it fails. */
const step = async (name: string, script: string, args: readonly string[]) =>
  tally((await run(name, script, args)) === 0)

/** Steps that keep one core busy each. What they say is shown when they are over. */
async function stepsAtOnce(...steps: readonly (readonly [name: string, script: string, args: readonly string[]])[]) {
  await Promise.all(
    steps.map(async ([name, script, args]) => {
      const { code, said } = await start(script, args, {}, false)
      console.log(`\n── ${name}${said && `\n${said}`}`)
      tally(code === 0)
    }),
  )
}

/** A runner that writes its counts to a file. A runner that dies before that counts as one failure. */
async function suite(
  name: string,
  script: string,
  args: readonly string[],
  report: string,
  env: Record<string, string>,
  count: (json: unknown) => Counts,
) {
  const code = await run(name, script, args, env)
  try {
    const { passed, failed } = count(JSON.parse(await readFile(report, 'utf8')))
    total.passed += passed
    total.failed += failed || (code === 0 ? 0 : 1)
  } catch {
    console.error(`${name} ended without a report.`)
    total.failed++
  }
}

const only = process.argv[2]
const wanted = (name: string) => only === undefined || only === name

await rm(results, { recursive: true, force: true })
await mkdir(results, { recursive: true })
const tools = await ensureTools()
const env = { CHROMIUM: tools.chromium }

if (!(await step('models', 'companion/cli/main.ts', ['models', 'pull', ...MODELS]))) {
  console.log(`\nThe models could not be fetched: no test means anything without them.\n\n0 passed, 1 failed`)
  process.exit(1)
}
await fetchRecordings()
if (wanted('check')) {
  await step('build', modules('vite/bin/vite.js'), ['build', '--logLevel', 'warn'])
  await stepsAtOnce(
    ['types', modules('vue-tsc/bin/vue-tsc.js'), ['-b']],
    ['lint', modules('eslint/bin/eslint.js'), ['.']],
  )
  await stepsAtOnce(
    ['format', modules('prettier/bin/prettier.cjs'), ['--check', '--log-level', 'warn', '.']],
    ['dead code', modules('knip/bin/knip.js'), []],
  )
}
for (const project of ['unit', 'browser']) {
  if (!wanted(project)) continue
  const report = join(results, `${project}.json`)
  const args = ['run', '--project', project, '--reporter', 'default', '--reporter', 'json', '--outputFile.json', report]
  await suite(project, modules('vitest/vitest.mjs'), args, report, env, json => {
    const { numPassedTests, numFailedTests, numPendingTests } = json as Record<string, number>
    // A test that was skipped has not shown what it is there for.
    return { passed: numPassedTests ?? 0, failed: (numFailedTests ?? 0) + (numPendingTests ?? 0) }
  })
}
if (wanted('fuzz')) await step('fuzz', 'tests/fuzz/run.ts', ['--seconds', '8'])
if (wanted('api')) await step('REST against its own description', 'tests/api/run.ts', [])
if (wanted('plugins')) {
  const report = join(results, 'plugins.json')
  await suite('plugins', 'tests/plugins/run.ts', [report], report, env, json => json as Counts)
}
const inBrowser = (name: string, config: string, ...args: readonly string[]) => {
  const report = join(results, `${name}.json`)
  const runEnv = { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report }
  const all = ['test', '--config', `tests/${config}/playwright.config.ts`, ...args]
  return suite(name, modules('playwright/cli.js'), all, report, runEnv, json => {
    const { stats } = json as { stats: Record<string, number> }
    return {
      passed: (stats['expected'] ?? 0) + (stats['flaky'] ?? 0),
      failed: (stats['unexpected'] ?? 0) + (stats['skipped'] ?? 0),
    }
  })
}
for (const part of ['pages', 'talk']) {
  if (wanted('e2e') || wanted(part)) await inBrowser(`e2e-${part}`, 'e2e', `--project=${part}`)
}
// Minutes for one sentence on a graphics card made of software: only when asked for.
if (only === 'gpu') await inBrowser('gpu', 'gpu')

console.log(`\n${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1
