import { SeamError } from '#protocol/errors.ts'
import type { Run } from '#protocol/run.ts'
import { storageError } from './errors.ts'
import type { Folder, Folders } from './folders.ts'
import type { KeptSound, SoundWriter } from './types.ts'

/** Seconds of a recording that a crash may cost: sound is kept in parts of this length. */
export const PART_SECONDS = 4

const FILE = 'file'
/** `pcm-000012-48000`: which part, and its rate. */
const PART = /^pcm-\d{6}-(\d+)$/
const partName = (index: number, sampleRate: number) => `pcm-${String(index).padStart(6, '0')}-${sampleRate}`

/** The sound of transcripts: a folder for each, with the file as it came, and the parts of its samples. */
export function soundIn(folders: Folders) {
  return {
    async keepFile(id: string, file: Blob, run: Run = {}): Promise<void> {
      try {
        await (await folders.open(id)).put(FILE, file, run)
      } catch (error) {
        if (run.signal?.aborted) throw new SeamError('cancelled', 'Cancelled.', { cause: error })
        throw await storageError(error, 'the sound', file.size)
      }
    },

    async writer(id: string, sampleRate: number): Promise<SoundWriter> {
      const folder = await folders.open(id)
      for (const name of await folder.names()) if (PART.test(name)) await folder.remove(name)
      return soundWriter(folder, sampleRate)
    },

    async sound(id: string): Promise<KeptSound> {
      const folder = await folders.find(id)
      if (!folder) return {}
      const file = await folder.get(FILE)
      const parts = (await folder.names()).filter(name => PART.test(name)).toSorted()
      const samples = await Promise.all(parts.map(name => folder.get(name)))
      const sampleRate = Number(PART.exec(parts[0] ?? '')?.[1])
      return {
        ...(file && { file }),
        ...(parts.length > 0 && { pcm: { samples: new Blob(samples.filter(part => part !== undefined)), sampleRate } }),
      }
    },
  }
}

/** Parts that may wait to be written before whoever records is asked to wait. */
const MOST_WAITING = 8

function soundWriter(folder: Folder, sampleRate: number): SoundWriter {
  const room = PART_SECONDS * sampleRate
  let part = new Int16Array(room)
  let filled = 0
  let index = 0
  let frames = 0
  let waiting = 0
  let failure: unknown
  let writing = Promise.resolve()

  const send = () => {
    if (filled === 0) return
    const bytes = new Uint8Array(part.buffer, 0, filled * 2)
    const name = partName(index++, sampleRate)
    part = new Int16Array(room)
    filled = 0
    waiting++
    writing = writing
      .then(() => folder.put(name, bytes))
      .catch(error => void (failure ??= error))
      .finally(() => waiting--)
  }
  const settle = async () => {
    await writing
    if (failure !== undefined) throw await storageError(failure, 'the recording', room * 2)
  }

  return {
    get seconds() {
      return frames / sampleRate
    },
    async write({ samples, channels }) {
      for (let at = 0; at + channels <= samples.length; at += channels) {
        const mixed = channels === 2 ? (samples[at]! + samples[at + 1]!) / 2 : samples[at]!
        part[filled++] = Math.max(-32_768, Math.min(32_767, Math.round(mixed * 32_767)))
        frames++
        if (filled === room) send()
      }
      if (waiting > MOST_WAITING || failure !== undefined) await settle()
    },
    async flush() {
      send()
      await settle()
    },
  }
}
