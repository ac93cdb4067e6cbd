import type { FileHandle } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { SeamError } from '#protocol/errors.ts'
import type { ArchiveEntry } from './archive.ts'
import { Budget, checkRatio, MAX_TOTAL_BYTES } from './budget.ts'
import { EntryNames, printable, type EntryKind } from './names.ts'
import { damaged, refusal } from './refusal.ts'
import { BLOCK, readHeader, readPax } from './tar-header.ts'
import { feed } from './zip.ts'

/** Bytes of one record that only describes the next. */
const MAX_NOTE = 64 * 1024
/** Bytes of the whole stream: contents, and what describes and pads them. */
const MAX_STREAM = MAX_TOTAL_BYTES + (64 << 20)

/** Entries of a .tar.gz, judged as they come. @throws SeamError bad-input, integrity */
export async function* readTarGz(file: FileHandle): AsyncGenerator<ArchiveEntry> {
  const input = new Blocks(gunzipped(file))
  try {
    yield* readEntries(input)
    await input.onlyZeros()
  } finally {
    await input.close()
  }
}

async function* readEntries(input: Blocks): AsyncGenerator<ArchiveEntry> {
  const [names, budget] = [new EntryNames(), new Budget()]
  let longName: Buffer | undefined
  for (;;) {
    const block = await input.take(BLOCK)
    if (block.every(byte => byte === 0)) return
    const { name, size, type, mode } = readHeader(block)
    const shown = printable(name.toString('utf8'))
    if (type === 'x' || type === 'g' || type === 'L') {
      if (size > MAX_NOTE) throw refusal('a description in it is too long')
      const note = (await input.take(padded(size))).subarray(0, size)
      const path = type === 'L' ? note.subarray(0, untilNul(note)) : readPax(note, type === 'g')
      if (path && longName) throw refusal('one of its files has two names')
      longName ??= path
      continue
    }
    const kind = kindOf(type, shown)
    const given = longName ?? name
    longName = undefined
    if (kind === 'folder' && size !== 0) throw refusal(`the folder “${shown}” has a content`)
    const checked = names.add(given, kind)
    if (!checked) continue
    budget.announce(checked.path, size)
    let left = size
    const content = async function* () {
      for (; left > 0;) {
        const piece = await input.some(left)
        left -= piece.length
        yield piece
      }
    }
    yield { ...checked, kind, executable: (mode & 0o100) !== 0, content }
    if (left > 0) throw new SeamError('internal', `The content of “${shown}” was not read.`)
    await input.take(padded(size) - size)
  }
}

function kindOf(type: string, shown: string): EntryKind {
  if (type === '0' || type === '\0') return 'file'
  if (type === '5') return 'folder'
  if (type === '1' || type === '2' || type === 'K') throw refusal(`“${shown}” is a link`)
  throw refusal(`“${shown}” is neither a file nor a folder`)
}

const padded = (size: number) => Math.ceil(size / BLOCK) * BLOCK
const untilNul = (bytes: Buffer) => (bytes.includes(0) ? bytes.indexOf(0) : bytes.length)

async function* packedBytes(file: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(64 * 1024), 0, undefined, at)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
    at += bytesRead
  }
}

async function* gunzipped(file: FileHandle): AsyncGenerator<Buffer> {
  const gunzip = createGunzip()
  const feeding = feed(packedBytes(file), gunzip)
  let bytes = 0
  try {
    for await (const piece of gunzip) {
      bytes += (piece as Buffer).length
      if (bytes > MAX_STREAM) throw refusal(`it unpacks to more than ${MAX_TOTAL_BYTES} bytes`)
      checkRatio(bytes, gunzip.bytesWritten, 'it')
      yield piece as Buffer
    }
  } catch (error) {
    throw error instanceof SeamError ? error : damaged(error)
  } finally {
    gunzip.destroy()
    await feeding
  }
}

/** Exact counts of bytes from pieces of any size. */
class Blocks {
  readonly #source: AsyncIterator<Buffer>
  #held: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** @throws SeamError integrity, when there are fewer: an archive has an end of its own, two empty blocks */
  async take(count: number): Promise<Buffer> {
    const pieces: Buffer[] = []
    for (let has = 0; has < count;) {
      const piece = await this.some(count - has)
      pieces.push(piece)
      has += piece.length
    }
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
  }

  /** What there is, at most `count` bytes and at least one. */
  async some(count: number): Promise<Buffer> {
    if (this.#held.length === 0 && !(await this.#more())) throw damaged()
    const piece = this.#held.subarray(0, count)
    this.#held = this.#held.subarray(piece.length)
    return piece
  }

  /** Reads to the end, where another archive could be hidden. */
  async onlyZeros(): Promise<void> {
    do {
      if (this.#held.some(byte => byte !== 0)) throw refusal('something stands behind its end')
    } while (await this.#more())
  }

  async close(): Promise<void> {
    await this.#source.return?.()
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#source.next()
    this.#held = done ? Buffer.alloc(0) : value
    return !done
  }
}
