import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'smol-toml'
import { SeamError } from '#protocol/errors.ts'
import { fileError, isMissing } from '../models/files.ts'
import { parsePipeline, type Pipeline } from './cr.ts'

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

  /** Writes a pipeline; `text` when it came as such, so that its comments stay. @throws SeamError bad-input, refused, quota */
  save(name: string, pipeline: Pipeline, text = formatPipeline(pipeline)): void {
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
}

/** A pipeline as the text of a `.cr` file. */
function formatPipeline({ name, version, description, nodes }: Pipeline): string {
  return stringify({
    name,
    version,
    ...(description && { description }),
    nodes: nodes.map(({ id, plugin, options }) => ({
      id,
      plugin,
      ...(Object.keys(options).length > 0 && { options }),
    })),
  })
}
