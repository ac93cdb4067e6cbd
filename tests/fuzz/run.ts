import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../support/models.ts'
import type { Figures, Finding, Order } from './messages.ts'
import { SEEDS } from './seeds.ts'

// Coverage-guided fuzzing of the parsers that read what strangers write: inputs are mutated, and those that take new
// branches are kept and mutated further. Each target knows more than “does not crash”; what breaks its rules is a
// finding, and its input is kept under test-results/fuzz.

const USAGE = `node tests/fuzz/run.ts [--seconds N] [--only TARGET …] [--seed N] [--input FILE]
Targets: ${Object.keys(SEEDS).join(', ')}. --input tries one kept input with the target of --only.`
/** Characters of a target's name, so that the figures stand below one another. */
const NAME = Math.max(...Object.keys(SEEDS).map(({ length }) => length))
/** Targets at a time. */
const AT_ONCE = 2
/** Milliseconds after which one input is a hang: many, because what is only slow is judged by processor time. */
const HANG = 60_000
/** MiB that a target may hold on to. */
const MAX_HEAP = 512

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    only: { type: 'string', multiple: true },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    input: { type: 'string' },
    help: { type: 'boolean' },
  },
})
const targets = values.only ?? Object.keys(SEEDS)
const [seconds, seed] = [Number(values.seconds), Number(values.seed)]
const isWrong =
  !(seconds >= 1) ||
  !Number.isInteger(seed) ||
  targets.some(name => !(name in SEEDS)) ||
  (values.input !== undefined && targets.length !== 1)
if (values.help || isWrong) {
  console.error(USAGE)
  process.exit(values.help ? 0 : 2)
}
const folder = join(root, 'test-results', 'fuzz')
mkdirSync(folder, { recursive: true })
let findings = 0

function keep(target: string, shown: string, data: Uint8Array): void {
  findings++
  const hash = createHash('sha256').update(data).digest('hex').slice(0, 12)
  const path = join(folder, `${target}-${hash}`)
  writeFileSync(path, data)
  console.error(
    `\n${target}: ${shown}\n  Once more: node tests/fuzz/run.ts --only ${target} --input ${relative(root, path)}\n`,
  )
}

/** Runs one target to its end, and looks on. @returns where it was after the seeds, and where at the end */
function fuzz(target: string): Promise<readonly Figures[]> {
  const path = join(folder, `${target}.present`)
  writeFileSync(path, Buffer.alloc(8))
  const present = () => {
    const bytes = readFileSync(path)
    return { number: bytes.readUInt32LE(), data: bytes.subarray(8, 8 + bytes.readUInt32LE(4)) }
  }
  const order: Order = { target, seconds, seed, input: values.input, present: path }
  const child = fork(new URL('child.ts', import.meta.url), [JSON.stringify(order)], {
    execArgv: [`--max-old-space-size=${MAX_HEAP}`],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  const told: Figures[] = []
  let said = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)))
  let isHanging = false
  let [last, since] = [0, performance.now()]
  const watch = setInterval(() => {
    const { number } = present()
    if (number !== last) [last, since] = [number, performance.now()]
    isHanging = performance.now() - since > HANG
    if (isHanging) child.kill('SIGKILL')
  }, 500)
  return new Promise(resolve => {
    child.on('message', (message: Figures | Finding) => {
      if (message.kind === 'figures') told.push(message)
      else keep(target, message.shown, message.data)
    })
    child.on('close', (code, signal) => {
      clearInterval(watch)
      // No memory left, or a rejection that nobody handled: it was this input, or one right before.
      const why = isHanging ? `An input took more than ${HANG / 1000} s.` : `It ended with ${signal ?? code}.\n${said}`
      if (code !== 0) keep(target, why, present().data)
      rmSync(path)
      resolve(told)
    })
  })
}

function row(target: string, told: readonly Figures[]): string {
  const [start, end] = [told[0], told.at(-1)]
  if (!start || !end) return `${target.padEnd(NAME)} never began`
  return [
    target.padEnd(NAME),
    `${end.executions.toLocaleString('en').padStart(11)} executions`,
    `corpus ${start.corpus} → ${end.corpus}`,
    `branches ${start.branches} → ${end.branches} of ${end.total}`,
    told.length < 2 ? 'cut short' : '',
  ].join('   ')
}

if (values.input === undefined) console.log(`${seconds} s each, seed ${seed}`)
const waiting = [...targets]
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
      console.log(row(target, await fuzz(target)))
    }
  }),
)
console.log(findings === 0 ? 'No findings.' : `${findings} findings: their inputs are in ${relative(root, folder)}.`)
process.exitCode = findings === 0 ? 0 : 1
