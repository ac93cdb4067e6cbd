import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, truncate } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ModelFile } from '#protocol/models.ts'
import { SeamError } from '#protocol/errors.ts'
import { weightError, fileStamp } from './files.ts'

/**
 * A file on its way: bytes go to `<path>.part` and are hashed as they are written; only a whole file with the right
 * hash takes the final name. What was written stays when the work stops, and the next `Part` goes on from there.
 */
export class Part {
  readonly file: ModelFile
  readonly #final: string
  readonly #path: string
  #handle: FileHandle
  #hash: Hash
  #length: number

  private constructor(file: ModelFile, final: string, path: string, handle: FileHandle, hash: Hash, length: number) {
    this.file = file
    this.#final = final
    this.#path = path
    this.#handle = handle
    this.#hash = hash
    this.#length = length
  }

  /** @throws SeamError quota, refused */
  static async open(final: string, file: ModelFile): Promise<Part> {
    const path = `${final}.part`
    try {
      await mkdir(dirname(final), { recursive: true })
      let length = (await fileStamp(path))?.size ?? 0
      const hash = createHash('sha256')
      if (length > file.bytes) {
        await truncate(path, 0)
        length = 0
      }
      if (length > 0) for await (const piece of createReadStream(path)) hash.update(piece as Buffer)
      return new Part(file, final, path, await open(path, 'a'), hash, length)
    } catch (error) {
      throw weightError(error, path, 'write')
    }
  }

  /** Bytes kept so far. */
  get length(): number {
    return this.#length
  }

  async restart(): Promise<void> {
    try {
      await this.#handle.truncate(0)
    } catch (error) {
      throw weightError(error, this.#path, 'write')
    }
    this.#hash = createHash('sha256')
    this.#length = 0
  }

  /** @throws SeamError integrity (more bytes than the file has), quota, refused */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#length + bytes.length > this.file.bytes) {
      throw new SeamError('integrity', `“${this.file.path}” is longer than its ${this.file.bytes} bytes.`)
    }
    try {
      await this.#handle.appendFile(bytes)
    } catch (error) {
      throw weightError(error, this.#path, 'write')
    }
    this.#hash.update(bytes)
    this.#length += bytes.length
  }

  /** Checks the hash and gives the file its name. @throws SeamError integrity; the bytes are thrown away then */
  async finish(): Promise<void> {
    if (this.#length !== this.file.bytes) {
      throw new SeamError('integrity', `“${this.file.path}” ended after ${this.#length} of ${this.file.bytes} bytes.`)
    }
    const sha256 = this.#hash.digest('hex')
    if (sha256 !== this.file.sha256) {
      await this.close()
      await rm(this.#path, { force: true })
      throw new SeamError(
        'integrity',
        `“${this.file.path}” has the wrong content: its SHA-256 is ${sha256}, not ${this.file.sha256}. It was not kept.`,
      )
    }
    try {
      await this.#handle.sync()
      await this.close()
      await rename(this.#path, this.#final)
    } catch (error) {
      throw weightError(error, this.#final, 'write')
    }
  }

  async close(): Promise<void> {
    await this.#handle.close().catch(() => undefined)
  }
}
