import { spawn } from 'node:child_process'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureTools } from './support/tools.ts'
import { root } from './support/models.ts'
import { MODELS } from './support/ready.ts'

// All tests, in the order in which a failure is quickest to understand. Ends with one line, "N passed, N failed".

interface Counts {
  passed: number
  failed: number
}

const results = join(root, 'test-results')
const total: Counts = { passed: 0, failed: 0 }
const modules = (path: string) => join(root, 'node_modules', path)

function run(name: string, script: string, args: readonly string[], env: Record<string, string> = {}): Promise<number> {
  console.log(`\n── ${name}`)
  return new Promise(resolve => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...env },
    })
    const stop = () => child.kill('SIGTERM')
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
    child.on('exit', code => {
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
      resolve(code ?? 1)
    })
  })
}

/** A step that is one test: it passes or it fails. */
async function step(name: string, script: string, args: readonly string[]): Promise<boolean> {
  const passed = (await run(name, script, args)) === 0
  total[passed ? 'passed' : 'failed']++
  return passed
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
if (wanted('check')) {
  await step('build', modules('vite/bin/vite.js'), ['build', '--logLevel', 'warn'])
  await step('types', modules('vue-tsc/bin/vue-tsc.js'), ['-b'])
  await step('lint', modules('eslint/bin/eslint.js'), ['.'])
  await step('format', modules('prettier/bin/prettier.cjs'), ['--check', '--log-level', 'warn', '.'])
  await step('dead code', modules('knip/bin/knip.js'), [])
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
for (const project of ['e2e', 'gpu']) {
  // Minutes for one sentence on a graphics card made of software: only when asked for.
  if (project === 'gpu' ? only !== 'gpu' : !wanted(project)) continue
  const report = join(results, `${project}.json`)
  const args = ['test', '--config', `tests/${project}/playwright.config.ts`]
  const runEnv = { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report }
  await suite(project, modules('playwright/cli.js'), args, report, runEnv, json => {
    const { stats } = json as { stats: Record<string, number> }
    return {
      passed: (stats['expected'] ?? 0) + (stats['flaky'] ?? 0),
      failed: (stats['unexpected'] ?? 0) + (stats['skipped'] ?? 0),
    }
  })
}

console.log(`\n${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1
