import { gzipSync } from 'node:zlib'
import type { Plugin, Rolldown } from 'vite'

/** Bytes of gzipped JavaScript that may arrive before a room is opened. */
export const FIRST_LOAD_BUDGET = 250_000

/** Modules that the first page load fetches although they are imported lazily. */
const EAGER = ['web/app/composition.ts', 'web/app/locales/en.json']

/** `chunk` and whatever it imports statically. */
export function staticGraph(bundle: Rolldown.OutputBundle, start: readonly Rolldown.OutputChunk[]) {
  const seen = new Map<string, Rolldown.OutputChunk>()
  const queue = [...start]
  for (let chunk = queue.pop(); chunk; chunk = queue.pop()) {
    if (seen.has(chunk.fileName)) continue
    seen.set(chunk.fileName, chunk)
    for (const name of chunk.imports) {
      const next = bundle[name]
      if (next?.type === 'chunk') queue.push(next)
    }
  }
  return [...seen.values()]
}

interface Weighed {
  readonly name: string
  /** Gzipped. */
  readonly bytes: number
}

/** Whether `sizes` keep to `limit`, and the sentence that says so or names what to look at. */
export function weigh(sizes: readonly Weighed[], limit: number): { within: boolean; figure: string } {
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0)
  const figure = `first load ${(total / 1000).toFixed(1)} kB of JavaScript, gzipped, in ${sizes.length} files (budget ${limit / 1000} kB)`
  if (total <= limit) return { within: true, figure }
  const largest = sizes.toSorted((a, b) => b.bytes - a.bytes).slice(0, 5)
  const list = largest.map(({ name, bytes }) => `  ${name} ${(bytes / 1000).toFixed(1)} kB`).join('\n')
  return {
    within: false,
    figure: `${figure}. Import rooms, dialogs and workers lazily. The largest files:\n${list}`,
  }
}

/** Fails the build when the first load outgrows the budget, and prints the figure when it does not. */
export function firstLoadBudget(limit = FIRST_LOAD_BUDGET): Plugin {
  return {
    name: 'voxloom:first-load-budget',
    apply: 'build',
    writeBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter(output => output.type === 'chunk')
      const start = chunks.filter(
        chunk =>
          (chunk.isEntry && chunk.facadeModuleId?.endsWith('index.html')) ||
          EAGER.some(path => chunk.facadeModuleId?.endsWith(path)),
      )
      const graph = staticGraph(bundle, start)
      const sizes = graph.map(chunk => ({ name: chunk.fileName, bytes: gzipSync(chunk.code).byteLength }))
      const { within, figure } = weigh(sizes, limit)
      if (!within) this.error(figure)
      this.environment.logger.info(figure)
    },
  }
}
