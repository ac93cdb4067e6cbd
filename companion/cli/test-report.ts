import { writeFile } from 'node:fs/promises'
import { junit } from '../core/conformance/junit.ts'
import type { CaseResult } from '../core/conformance/trial.ts'
import { fileError } from '../core/models/files.ts'
import { EXIT } from './exit.ts'
import { print, printJson } from './output.ts'

/** Options of commands that try plugins. */
export const reportArgs = {
  junit: { type: 'string', description: 'write the results as JUnit XML', valueHint: 'FILE' },
} as const

const MARKS = { passed: '✓', failed: '✗', 'not-applicable': '–' } as const

/** Tells what rules found: as they do, or all of it as JSON at the end. */
export class TestReport {
  readonly #suites = new Map<string, CaseResult[]>()
  readonly #json: boolean

  constructor(json: boolean) {
    this.#json = json
  }

  /** @param name of a plugin, by which its results are told */
  add(name: string, result: CaseResult): void {
    const { verdict, title, message, paragraph } = result
    const known = this.#suites.get(name)
    if (known) known.push(result)
    else this.#suites.set(name, [result])
    if (this.#json) return
    if (!known) print(name)
    print(`  ${MARKS[verdict]} ${title}${message ? `\n      ${message} (${paragraph})` : ''}`)
  }

  /** @param file for JUnit @returns the exit code @throws SeamError, when that can't be written */
  async end(file: string | undefined): Promise<number> {
    if (file !== undefined)
      await writeFile(file, junit(this.#suites)).catch(error => Promise.reject(fileError(error, file, 'write')))
    const all = [...this.#suites.values()].flat()
    const count = (verdict: CaseResult['verdict']) => all.filter(result => result.verdict === verdict).length
    if (this.#json) printJson(Object.fromEntries(this.#suites))
    else
      print(`\n${count('passed')} passed, ${count('failed')} failed, ${count('not-applicable')} without meaning here`)
    return count('failed') === 0 ? EXIT.ok : EXIT.failure
  }
}
