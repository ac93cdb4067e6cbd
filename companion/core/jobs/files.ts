import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SeamError } from '#protocol/errors.ts'
import { fileError } from '../models/files.ts'

/** Input, output and log of each job: a folder a job. */
export class JobFiles {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }

  input(id: string): string {
    return join(this.folder, id, 'input')
  }

  /** What was made so far; the name of what is whole is without the ending. */
  part(id: string): string {
    return join(this.folder, id, 'output.part')
  }

  output(id: string): string {
    return join(this.folder, id, 'output')
  }

  log(id: string): string {
    return join(this.folder, id, 'log.jsonl')
  }

  /**
   * Takes a job's input, whole or not at all, and on the disk when it returns.
   * @param limit bytes @throws SeamError bad-input (too large), quota
   */
  async receive(input: AsyncIterable<Uint8Array>, limit: number): Promise<ReceivedInput> {
    const id = randomUUID()
    const folder = join(this.folder, id)
    try {
      mkdirSync(folder, { mode: 0o700 })
      const hash = createHash('sha256')
      let bytes = 0
      const file = await open(this.input(id), 'wx', 0o600)
      try {
        for await (const piece of input) {
          bytes += piece.length
          if (bytes > limit) {
            throw new SeamError(
              'bad-input',
              `The input is larger than ${limit.toLocaleString('en')} bytes. Nothing was started; split it.`,
            )
          }
          hash.update(piece)
          for (let at = 0; at < piece.length;) at += (await file.write(piece, at)).bytesWritten
        }
        await file.sync()
      } finally {
        await file.close()
      }
      return { id, bytes, sha256: hash.digest('hex') }
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw fileError(error, folder, 'write')
    }
  }

  /** The output is whole: it takes its name. */
  async finish(id: string): Promise<void> {
    await rename(this.part(id), this.output(id))
  }

  /** Takes away what an attempt has made that is not whole. */
  async discard(id: string): Promise<void> {
    await rm(this.part(id), { force: true })
  }

  async remove(id: string): Promise<void> {
    await rm(join(this.folder, id), { recursive: true, force: true })
  }

  /** The file of a job's output as it is now, and whether it will grow. */
  async found(id: string): Promise<
    | {
        readonly path: string
        readonly size: number
        readonly isWhole: boolean
        /** Tells this attempt's file from another's. */
        readonly inode: number
      }
    | undefined
  > {
    for (const [path, isWhole] of [
      [this.output(id), true],
      [this.part(id), false],
    ] as const) {
      const found = await stat(path).catch(() => undefined)
      if (found) return { path, size: found.size, isWhole, inode: found.ino }
    }
    return undefined
  }

  /** Folders of jobs that nobody knows: inputs that were never acknowledged. */
  async sweep(isKnown: (id: string) => boolean): Promise<void> {
    for (const id of await readdir(this.folder)) if (!isKnown(id)) await this.remove(id)
  }
}

export interface ReceivedInput {
  readonly id: string
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
}
