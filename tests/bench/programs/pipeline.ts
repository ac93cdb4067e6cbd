import { join } from 'node:path'
import { executePipeline } from '../../../companion/core/pipelines/execute.ts'
import { planOrThrow } from '../../../companion/core/pipelines/plan.ts'
import { discoverPlugins } from '../../../companion/core/plugins/discovery.ts'
import { parseMediaType } from '../../../companion/core/plugins/media-type.ts'
import { modelsFolder, root } from '../../support/models.ts'

// A host and nothing else, so that its memory and its time are those of the core.
// Arguments: names of plugins with commas between, what to send ("bytes:N", "echo:N" or "pages:N").

const [names = '', work = ''] = process.argv.slice(2)
const [kind, count] = work.split(':')
const size = Number(count)
const plugins = discoverPlugins(
  [join(root, 'plugins'), join(root, 'tests/bench/plugins')].map(path => ({ path, trust: 'local' })),
)
const plan = planOrThrow({
  pipeline: {
    name: 'bench',
    version: '1',
    description: '',
    nodes: names.split(',').map((plugin, at) => ({ id: `n${at}`, plugin, options: {} })),
  },
  plugins,
  models: modelsFolder,
  inputType: parseMediaType('text/plain'),
})

const PAGE = `${'The harbour lay quiet in the grey of the morning, and the boats came back one after another. '.repeat(19)}\n\n`

async function* source() {
  if (kind === 'bytes') {
    const block = Buffer.alloc(1 << 18, 'x')
    for (let at = 0; at < size; at += block.length) yield block.subarray(0, Math.min(block.length, size - at))
  } else for (let page = 0; page < size; page++) yield Buffer.from(PAGE)
}

/** Milliseconds from a small frame's way in to its way out, one after the other. */
async function echoes(): Promise<number[]> {
  const times: number[] = []
  let next = Promise.withResolvers<boolean>()
  async function* one() {
    const small = Buffer.alloc(256, 'x')
    while (await next.promise) {
      next = Promise.withResolvers<boolean>()
      yield small
    }
  }
  const output = executePipeline(plan, one())
  for (let at = 0; at < size; at++) {
    const began = performance.now()
    next.resolve(true)
    for (let has = 0; has < 256;) has += (await output.next()).value!.length
    times.push(performance.now() - began)
  }
  next.resolve(false)
  await output.next()
  return times
}

const began = performance.now()
const memory: number[] = []
let bytes = 0
let times: number[] = []
if (kind === 'echo') times = await echoes()
else {
  let looked = 0
  for await (const piece of executePipeline(plan, source())) {
    bytes += piece.length
    if (performance.now() - looked < 250) continue
    looked = performance.now()
    memory.push(process.memoryUsage.rss())
  }
}
const seconds = (performance.now() - began) / 1000
console.log(JSON.stringify({ seconds, bytes, peak: process.resourceUsage().maxRSS * 1024, memory, times }))
