import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { InstallLine } from '#protocol/contracts.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import { withLock } from '../models/lock.ts'
import { Flow } from '../process/flow.ts'
import type { ProcessLedger } from '../process/ledger.ts'
import type { FoundContract } from './discovery.ts'
import { isReady, lockOf, noteUse, pythonOf, removeLeftovers, removeUnused } from './environment-folder.ts'
import { installPackages } from './installer.ts'
import { findPython, pythonMissing, type Python } from './interpreter.ts'

export interface EnvironmentsOptions {
  /** Where environments lie, a folder each. */
  readonly folder: string
  /** A Python by its path or name; the first of the path when absent. */
  readonly interpreter?: string
  readonly ledger?: ProcessLedger
}
type Needing = Pick<FoundContract, 'name' | 'folder' | 'language' | 'requirements' | 'hash' | 'confinement'>

/** Lines of requirements.txt that say something only together with other files of the folder. */
const isElsewhere = (line: string) => ELSEWHERE.test(line) && !ANYWHERE.test(line)
const ELSEWHERE = /^[-./]|\bfile:|@\s*\.|^[^@:;#]*([\\/]|\.(whl|zip|tar\.\w+)$)/

/** Options that mean the same in every folder. */
const ANYWHERE =
  /^(-i|-f|--(extra-)?index-url|--find-links)[\s=]+https?:|^--(pre|no-index|require-hashes|(prefer|no|only)-binary|trusted-host)\b/

/** Packages of Python plugins: each plugin has an environment of its own, made once for a set of requirements. */
export class Environments {
  readonly #folder: string
  readonly interpreter: string | undefined
  readonly #ledger: ProcessLedger | undefined

  constructor({ folder, interpreter, ledger }: EnvironmentsOptions) {
    this.#folder = folder
    this.interpreter = interpreter
    this.#ledger = ledger
  }

  /** Whether its packages are there; `none` when it needs none. */
  state(found: Needing): 'none' | 'ready' | 'missing' {
    if (found.language !== 'python' || found.requirements.length === 0) return 'none'
    const python = this.#find()
    return python && isReady(this.#path(found, python)) ? 'ready' : 'missing'
  }

  /** The Python that environments are made with. @throws SeamError INTERPRETER_MISSING */
  base(found: Pick<Needing, 'name'>): Python {
    const python = this.#find()
    if (!python) throw pythonMissing(found.name, this.interpreter)
    return python
  }

  /** The interpreter that starts it, its packages beside it. @throws SeamError INTERPRETER_MISSING, DEPENDENCIES_MISSING */
  python(found: Needing): string {
    const base = this.base(found)
    if (this.state(found) === 'none') return base.program
    const path = this.#path(found, base)
    if (!isReady(path)) throw dependenciesMissing(found)
    noteUse(path)
    return pythonOf(path)
  }

  /** Folders that a confined plugin must see of its Python. */
  readable(found: Needing): string[] {
    const base = this.base(found)
    return [base.prefix, ...(this.state(found) === 'none' ? [] : [this.#path(found, base)])]
  }

  /**
   * Makes its environment, unless it is there; one installation at a time. Leaving the loop ends it. Whatever happens,
   * nothing half made is left. @throws SeamError INTERPRETER_MISSING, DEPENDENCIES_MISSING with what the tool said
   */
  async *install(found: Needing, signal?: AbortSignal): AsyncGenerator<InstallLine> {
    if (found.language !== 'python' || found.requirements.length === 0) return yield { kind: 'done', lock: [] }
    const python = this.base(found)
    const path = this.#path(found, python)
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const left = new AbortController()
    const until = signal ? AbortSignal.any([signal, left.signal]) : left.signal
    const lines = new Flow<InstallLine>()
    const work = withLock(`${path}.lock`, () => this.#make(found, python, path, lines, until), until).then(
      () => lines.end(),
      (error: unknown) => lines.fail(toSeamError(error)),
    )
    try {
      yield* lines
    } finally {
      left.abort()
      await work
    }
  }

  async #make(found: Needing, python: Python, path: string, lines: Flow<InstallLine>, signal: AbortSignal) {
    if (isReady(path)) return lines.push({ kind: 'done', lock: lockOf(path) })
    // Of an installation whose companion was killed.
    removeLeftovers(path)
    try {
      const environment = { path, python, ...(this.#ledger && { ledger: this.#ledger }) }
      const lock = await installPackages(found, environment, line => lines.push(line), signal)
      removeUnused(path, found.name)
      lines.push({ kind: 'done', lock })
    } finally {
      if (!isReady(path)) removeLeftovers(path)
    }
  }

  #find(): Python | undefined {
    return findPython(this.interpreter)
  }

  #path({ name, requirements, hash: folder }: Needing, { mark }: Python): string {
    const hash = createHash('sha256').update([name, mark, ...requirements].join('\n'))
    if (requirements.some(isElsewhere)) hash.update(`\n${folder}`)
    return join(this.#folder, `${name}-${hash.digest('hex').slice(0, 12)}`)
  }
}

function dependenciesMissing({ name, requirements }: Needing): SeamError {
  return new SeamError(
    'unsupported',
    `The packages of “${name}” are not installed: ${requirements.join(', ').slice(0, 300)}. Install them in the Plugins room, or with: voxloom contracts install ${name}`,
    { retryable: true, details: { failure: 'DEPENDENCIES_MISSING', plugin: name } },
  )
}
