import type { Finding } from './finding.ts'
import type { CaseResult } from './trial.ts'

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
    const cases = results.map(({ id, title, paragraph, document, verdict, message, took }) => {
      const inner =
        verdict === 'failed'
          ? `<failure message="${escape(message)}">${escape(document)}, ${paragraph}</failure>`
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
