import { open, type FileHandle } from 'node:fs/promises'

/** Milliseconds between two looks at the file. */
const LOOK = 50
/** Bytes of a first box that is what it should be. */
const MAX_BOX = 4096

/**
 * Sends the first box of an MP4 file as soon as an encoder has written it: it names the file's type and never changes.
 * A reader then knows early what comes, and that something does.
 */
export class Head {
  #over = false
  readonly #sending: Promise<number>

  constructor(path: string, write: (bytes: Uint8Array) => Promise<void>) {
    this.#sending = this.#send(path, write)
    // Told by `sent`, unless the encoder fails first.
    this.#sending.catch(() => undefined)
  }

  /** The file is complete. @returns how many of its bytes were sent */
  sent(): Promise<number> {
    this.#over = true
    return this.#sending
  }

  async #send(path: string, write: (bytes: Uint8Array) => Promise<void>): Promise<number> {
    while (!this.#over) {
      const box = await firstBox(path)
      if (box) {
        await write(box)
        return box.length
      }
      await new Promise(resolve => setTimeout(resolve, LOOK))
    }
    return 0
  }
}

async function firstBox(path: string): Promise<Buffer | undefined> {
  let file: FileHandle
  try {
    file = await open(path)
  } catch {
    return undefined
  }
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_BOX), 0, MAX_BOX, 0)
    if (bytesRead < 8 || buffer.toString('latin1', 4, 8) !== 'ftyp') return undefined
    const length = buffer.readUInt32BE(0)
    return length <= bytesRead ? buffer.subarray(0, length) : undefined
  } finally {
    await file.close()
  }
}
