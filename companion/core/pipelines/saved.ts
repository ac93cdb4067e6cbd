import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { updateCr } from '#protocol/cr-write.ts'
import { SeamError } from '#protocol/errors.ts'
import { fileError, isMissing } from '../models/files.ts'
import { parsePipeline, type Pipeline } from './cr.ts'
import { formatCr } from './cr-edit.ts'

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const ENDING = '.cr'

/** The user's pipelines, a `.cr` file each, which the command line runs as well. */
export class SavedPipelines {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  /** Names, in order. */
  list(): string[] {
    let files: string[]
    try {
      files = readdirSync(this.folder)
    } catch {
      return []
    }
    return files
      .filter(file => file.endsWith(ENDING) && NAME.test(file.slice(0, -ENDING.length)))
      .map(file => file.slice(0, -ENDING.length))
      .sort()
  }

  /** The file's text. @throws SeamError not-found, bad-input */
  text(name: string): string {
    const path = this.path(name)
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      if (isMissing(error)) throw new SeamError('not-found', `There is no pipeline “${name}”.`)
      throw fileError(error, path, 'read')
    }
  }

  /** @throws SeamError not-found, bad-input */
  open(name: string): Pipeline {
    return parsePipeline(this.text(name), this.path(name))
  }

  /**
   * Writes a pipeline, as `text` when it came as such. Else the file of this name is changed where it must be, so that
   * its comments stay; one that can't be is written anew. @throws SeamError bad-input, refused, quota
   */
  save(name: string, pipeline: Pipeline, text = this.#updated(name, pipeline) ?? formatCr(pipeline)): void {
    const path = this.path(name)
    const draft = `${path}.${randomUUID()}`
    try {
      mkdirSync(this.folder, { recursive: true })
      writeFileSync(draft, text, { flush: true })
      renameSync(draft, path)
    } catch (error) {
      rmSync(draft, { force: true })
      throw fileError(error, path, 'write')
    }
  }

  /** @throws SeamError not-found */
  remove(name: string): void {
    this.text(name)
    rmSync(this.path(name))
  }

  /** @throws SeamError bad-input: a name is no path */
  path(name: string): string {
    if (!NAME.test(name)) {
      throw new SeamError(
        'bad-input',
        `“${name.slice(0, 64)}” can’t name a pipeline: use 1 to 64 letters, digits, “.”, “_” and “-”.`,
      )
    }
    return join(this.folder, name + ENDING)
  }

  /** The file of this name, changed so that it says `pipeline`. */
  #updated(name: string, pipeline: Pipeline): string | undefined {
    const path = this.path(name)
    try {
      const text = updateCr(this.text(name), pipeline)
      // A long comment may leave no room for one more option, and then it could not be read again.
      if (text !== undefined) parsePipeline(text, path)
      return text
    } catch (error) {
      // There is none yet, or it is damaged.
      if (error instanceof SeamError) return undefined
      throw error
    }
  }
}
