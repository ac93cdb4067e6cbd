import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { weightError, fileStamp } from './files.ts'

/** What a file looked like when its hash was last checked. */
interface Stamp {
  readonly size: number
  readonly mtimeMs: number
  readonly sha256: string
}

/**
 * `.checked.json` of a model's folder: files whose hash was right, with size and time at that moment, so that a later
 * start need not read 100 MB again. Deleting it costs only time.
 */
export class Stamps {
  readonly #path: string
  #stamps: Map<string, Stamp>

  private constructor(path: string, stamps: Map<string, Stamp>) {
    this.#path = path
    this.#stamps = stamps
  }

  static async open(modelFolder: string): Promise<Stamps> {
    const path = join(modelFolder, '.checked.json')
    try {
      const data: unknown = JSON.parse(await readFile(path, 'utf8'))
      if (data && typeof data === 'object') {
        return new Stamps(
          path,
          new Map(Object.entries(data).filter((pair): pair is [string, Stamp] => isStamp(pair[1]))),
        )
      }
    } catch {
      // Absent, unreadable or damaged: every file is checked again.
    }
    return new Stamps(path, new Map())
  }

  /** Whether the file at `full` is unchanged since its hash was found to be `sha256`. */
  async holds(path: string, full: string, sha256: string): Promise<boolean> {
    const known = this.#stamps.get(path)
    if (!known || known.sha256 !== sha256) return false
    const now = await fileStamp(full)
    return now !== undefined && now.size === known.size && now.mtimeMs === known.mtimeMs
  }

  async add(path: string, full: string, sha256: string): Promise<void> {
    const now = await fileStamp(full)
    if (now) this.#stamps.set(path, { ...now, sha256 })
  }

  drop(path: string): void {
    this.#stamps.delete(path)
  }

  async save(): Promise<void> {
    const draft = `${this.#path}.${randomUUID()}`
    try {
      await writeFile(draft, JSON.stringify(Object.fromEntries(this.#stamps), undefined, 1))
      await rename(draft, this.#path)
    } catch (error) {
      throw weightError(error, this.#path, 'write')
    }
  }
}

function isStamp(value: unknown): value is Stamp {
  return (
    value !== null &&
    typeof value === 'object' &&
    'size' in value &&
    typeof value.size === 'number' &&
    'mtimeMs' in value &&
    typeof value.mtimeMs === 'number' &&
    'sha256' in value &&
    typeof value.sha256 === 'string'
  )
}
