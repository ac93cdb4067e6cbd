import { toSeamError } from '#protocol/errors.ts'
import type { UsablePlugin } from '../plugins/discovery.ts'
import { CASES, type Finding } from './cases.ts'
import { prepareSubject } from './subject.ts'

export interface CaseResult extends Finding {
  readonly id: string
  readonly title: string
  readonly paragraph: string
  /** Seconds. */
  readonly took: number
}

export interface KitOptions {
  /** Folder of the weights. */
  readonly models: string
  readonly signal?: AbortSignal
  readonly onResult?: (result: CaseResult) => void
}

/** Runs every rule of docs/plugin-protocol.md against a plugin, over real pipes. @throws SeamError cancelled */
export async function testPlugin(
  plugin: UsablePlugin,
  { models, signal, onResult }: KitOptions,
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = []
  const add = (result: CaseResult) => {
    results.push(result)
    onResult?.(result)
  }
  let subject
  try {
    subject = await prepareSubject(plugin, models, signal)
  } catch (error) {
    const { message } = toSeamError(error)
    add({ id: 'prepare', title: 'can be tried', paragraph: '12', verdict: 'failed', message, took: 0 })
    return results
  }
  for (const { id, title, paragraph, run } of CASES) {
    signal?.throwIfAborted()
    const begun = performance.now()
    const finding = await run(subject).catch((error: unknown): Finding => ({
      verdict: 'failed',
      message: toSeamError(error).message,
    }))
    add({ id, title, paragraph, ...finding, took: (performance.now() - begun) / 1000 })
  }
  return results
}

const escape = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, '?')

/** Results as JUnit XML, which most services for continuous integration read. */
export function junit(suites: ReadonlyMap<string, readonly CaseResult[]>): string {
  const parts = [...suites].map(([plugin, results]) => {
    const count = (verdict: Finding['verdict']) => results.filter(result => result.verdict === verdict).length
    const time = results.reduce((sum, { took }) => sum + took, 0).toFixed(3)
    const cases = results.map(({ id, title, paragraph, verdict, message, took }) => {
      const inner =
        verdict === 'failed'
          ? `<failure message="${escape(message)}">docs/plugin-protocol.md, ${paragraph}</failure>`
          : verdict === 'not-applicable'
            ? `<skipped message="${escape(message)}"/>`
            : ''
      return `    <testcase classname="${escape(plugin)}.${id}" name="${escape(title)}" time="${took.toFixed(3)}">${inner}</testcase>`
    })
    return [
      `  <testsuite name="${escape(plugin)}" tests="${results.length}" failures="${count('failed')}" skipped="${count('not-applicable')}" time="${time}">`,
      ...cases,
      '  </testsuite>',
    ].join('\n')
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${parts.join('\n')}\n</testsuites>\n`
}
