import { openSync, readFileSync, writeSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Corpus } from './corpus.ts'
import { COUNTERS, instrument } from './instrument.ts'
import { Mutator, Random } from './mutate.ts'
import { MAX_INPUT, SEEDS } from './seeds.ts'
import type { Finding, Figures, Order } from './messages.ts'

// One target, in a process of its own: run.ts looks on, and ends it when it hangs.

/** Files whose branches are counted. */
const INSTRUMENTED =
  /\/(companion\/core\/(frames|plugins|pipelines\/cr|nearest|contracts\/wire)|companion\/protocol\/cr-|plugins\/sdk\/typescript|node_modules\/smol-toml)/
/** Milliseconds until whoever waits for the event loop gets a turn: a rejection that nobody handles shows there. */
const TURN = 50
/** Findings after which a target needs mending before anything else can be learned. */
const MAX_FINDINGS = 10

interface Target {
  readonly fuzz: (data: Buffer) => void
  readonly dictionary?: readonly string[]
}

const order = JSON.parse(process.argv[2]!) as Order
const { target, seconds, seed, input } = order
const send = (message: Figures | Finding) => void process.send!(message)
const corpus = new Corpus()
const words: Uint8Array[] = []
Object.assign(globalThis, { [COUNTERS]: corpus.counters })
registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!INSTRUMENTED.test(url) || !loaded.source) return loaded
    const source =
      typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString()
    const done = instrument(source, fileURLToPath(url), corpus.total)
    corpus.total = done.next
    words.push(...done.words)
    return { ...loaded, format: 'module', source: done.code }
  },
})
const { fuzz, dictionary = [] } = (await import(`./targets/${target}.ts`)) as Target

const present = openSync(order.present, 'r+')
const head = new Uint32Array(2)
const told = new Set<string>()
let executions = 0

function execute(data: Uint8Array): void {
  // Whoever looks on must know the input even when this never comes back.
  head.set([executions + 1, data.length])
  writeSync(present, Buffer.concat([new Uint8Array(head.buffer), data]), 0, undefined, 0)
  corpus.begin()
  const begin = performance.now()
  try {
    fuzz(Buffer.from(data))
  } catch (error) {
    tell(error, data)
  }
  corpus.take(data, performance.now() - begin)
  executions++
}

/** The same place in the code is told once. */
function tell(error: unknown, data: Uint8Array): void {
  const { message, stack = '', cause } = error instanceof Error ? error : new Error(String(error))
  const where = stack.split('\n').filter(line => /^\s+at /.test(line))
  const key = where.slice(0, 3).join()
  if (told.has(key)) return
  told.add(key)
  const why = cause === undefined ? '' : ` (${String(cause).slice(0, 300)})`
  const shown = [message.slice(0, 600) + why, ...where.slice(0, 8)].join('\n')
  send({ kind: 'finding', shown, data: Uint8Array.from(data) })
}

const figures = (): Figures => ({
  kind: 'figures',
  executions,
  corpus: corpus.size,
  branches: corpus.branches,
  total: corpus.total,
})

for (const data of input === undefined ? SEEDS[target]!() : [readFileSync(input)]) execute(data)
send(figures())

const random = new Random(seed)
const own = dictionary.map(word => Buffer.from(word))
const mutator = new Mutator(
  random,
  [own, words].filter(list => list.length > 0),
  MAX_INPUT,
)
const end = performance.now() + (input === undefined ? seconds * 1000 : 0)
let turn = performance.now() + TURN
while (performance.now() < end && told.size < MAX_FINDINGS) {
  execute(mutator.mutate(corpus.pick(random), corpus.pick(random)))
  if (performance.now() < turn) continue
  await setImmediate()
  turn = performance.now() + TURN
}
await setImmediate()
send(figures())
process.disconnect()
