import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CaseResult } from '../../companion/core/conformance/trial.ts'
import { ensurePrograms } from '../support/tools.ts'
import { modelsFolder, root } from '../support/models.ts'
import { testContracts } from './contracts.ts'
import { testPythonContracts } from './contracts-python.ts'

// Builds every plugin, runs its own tests in its own language, and then every rule against it: of the protocol, or of
// contract plugins.
// Writes { passed, failed } to the file named by the first argument.

const plugins = join(root, 'plugins')
const counts = { passed: 0, failed: 0 }

function count(name: string, passed: boolean, said = ''): boolean {
  counts[passed ? 'passed' : 'failed']++
  console.log(`  ${passed ? '✓' : '✗'} ${name}`)
  if (!passed && said) console.log(said.split('\n').slice(-40).join('\n'))
  return passed
}

function run(name: string, folder: string, program: string, args: readonly string[]): boolean {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...process.env, VOXLOOM_MODELS: modelsFolder, CARGO_TERM_COLOR: 'never' },
  })
  return count(name, status === 0, `${stdout}\n${stderr}${error ? `\n${error.message}` : ''}`)
}

const voxloom = (...args: string[]) => [join(root, 'companion/cli/main.ts'), ...args]

ensurePrograms({ cargo: 'cargo', go: 'golang-go', python3: 'python3' })

// The crates share what they are made from, so that it is compiled once.
process.env['CARGO_TARGET_DIR'] = join(root, '.cache', 'cargo')
const folders = readdirSync(plugins, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(({ name }) => join(plugins, name))
const sdks = readdirSync(join(plugins, 'sdk')).map(name => join(plugins, 'sdk', name))
for (const folder of [...sdks, ...folders]) {
  const name = folder.slice(plugins.length + 1)
  if (existsSync(join(folder, 'Cargo.toml')))
    run(`${name}: cargo test`, folder, 'cargo', ['test', '--release', '--all-features', '--quiet'])
  if (existsSync(join(folder, 'go.mod'))) run(`${name}: go vet`, folder, 'go', ['vet', './...'])
  if (existsSync(join(folder, 'tests')) && !existsSync(join(folder, 'Cargo.toml'))) {
    run(`${name}: unittest`, folder, 'python3', ['-B', '-m', 'unittest', 'discover', '-s', 'tests'])
  }
}
delete process.env['CARGO_TARGET_DIR']
run('plugins build', root, process.execPath, voxloom('plugins', 'build'))
await testPythonContracts(count)

const report = join(root, 'test-results', 'conformance.xml')
const { stdout, stderr } = spawnSync(process.execPath, voxloom('plugins', 'test', '--json', '--junit', report), {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 1 << 26,
  env: { ...process.env, VOXLOOM_MODELS: modelsFolder },
})
try {
  tally(JSON.parse(stdout) as Record<string, CaseResult[]>)
} catch {
  count('plugins test', false, `${stdout}\n${stderr}`)
}
const contractReport = join(root, 'test-results', 'contracts.xml')
tally(await testContracts(count, contractReport))

function tally(suites: Readonly<Record<string, readonly CaseResult[]>>): void {
  for (const [plugin, results] of Object.entries(suites)) {
    // What has no meaning for a plugin is neither: it is named in the report.
    const judged = results.filter(({ verdict }) => verdict !== 'not-applicable')
    const faults = judged.filter(({ verdict }) => verdict === 'failed')
    counts.passed += judged.length - faults.length
    counts.failed += faults.length
    console.log(
      `  ${faults.length === 0 ? '✓' : '✗'} ${plugin}: ${judged.length - faults.length} of ${judged.length} rules`,
    )
    for (const { title, message, paragraph } of faults) console.log(`      ${title}: ${message} (${paragraph})`)
  }
}

const [target] = process.argv.slice(2)
if (target) writeFileSync(target, JSON.stringify(counts))
for (const path of [report, contractReport]) {
  if (!existsSync(path)) continue
  console.log(`  ${readFileSync(path, 'utf8').match(/<testcase/g)?.length ?? 0} cases in ${path.slice(root.length)}`)
}
process.exitCode = counts.failed === 0 ? 0 : 1
