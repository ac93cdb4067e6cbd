import type { ConversationSide, SpokenSound } from './conversations-types.ts'
import { storageError } from './errors.ts'
import type { Folders } from './folders.ts'

/** `000012-reply-24000`: which turn, which side, and its rate. The samples are 16 bits, without a header. */
const FILE = /^(\d{6})-(user|reply)-(\d+)$/
const fileName = (turn: number, side: ConversationSide, sampleRate: number) =>
  `${String(turn).padStart(6, '0')}-${side}-${sampleRate}`

interface Named {
  readonly name: string
  readonly turn: number
  readonly side: ConversationSide
  readonly sampleRate: number
}

function read(name: string): Named | undefined {
  const [, turn, side, rate] = FILE.exec(name) ?? []
  if (turn === undefined) return undefined
  return { name, turn: Number(turn), side: side as ConversationSide, sampleRate: Number(rate) }
}

/** The sound of conversations: a folder for each, with a file for each side of a turn. */
export function soundsIn(folders: Folders) {
  const named = async (id: string): Promise<readonly Named[]> =>
    ((await (await folders.find(id))?.names()) ?? []).map(read).filter(found => found !== undefined)

  return {
    async keepSound(id: string, turn: number, side: ConversationSide, sound: SpokenSound): Promise<void> {
      const { samples, sampleRate } = sound
      const pcm = Int16Array.from(samples, sample => Math.max(-32_767, Math.min(32_767, Math.round(sample * 32_767))))
      try {
        await (await folders.open(id)).put(fileName(turn, side, sampleRate), new Uint8Array(pcm.buffer))
      } catch (error) {
        throw await storageError(error, 'the sound of the conversation', pcm.byteLength)
      }
    },

    async sound(id: string, turn: number, side: ConversationSide): Promise<SpokenSound | undefined> {
      const found = (await named(id)).find(each => each.turn === turn && each.side === side)
      const file = found && (await (await folders.find(id))?.get(found.name))
      if (!file) return undefined
      const pcm = new Int16Array(await file.arrayBuffer())
      return { samples: Float32Array.from(pcm, sample => sample / 32_767), sampleRate: found.sampleRate }
    },

    async sounds(id: string): Promise<readonly Pick<Named, 'turn' | 'side'>[]> {
      return (await named(id)).map(({ turn, side }) => ({ turn, side }))
    },
  }
}
