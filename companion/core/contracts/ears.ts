import { HEARING_RATE, type Recogniser, type Recognition, type RecogniseRun } from '#engine/transcribe/recogniser.ts'
import type { WireValue } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import type { Run } from '#protocol/run.ts'
import type { CaptionWord, TranscriberInfo } from '#protocol/transcribe.ts'
import { toPcm16, wavHeader } from '../wav.ts'
import type { Slot } from './types.ts'

/** What plugins hear at, Hz. */
export const STRETCH_RATE = HEARING_RATE
/** Seconds of sound that a plugin is given at once: what cuts speech at its pauses rarely needs more. */
export const LONGEST_STRETCH = 30

export interface ContractRecogniserOptions {
  readonly info: TranscriberInfo
  readonly slot: Pick<Slot, 'load' | 'call'>
}

/** A contract plugin as one of the recognisers. */
export class ContractRecogniser implements Recogniser {
  readonly info: TranscriberInfo
  readonly longest = LONGEST_STRETCH
  readonly #slot: ContractRecogniserOptions['slot']

  constructor({ info, slot }: ContractRecogniserOptions) {
    this.info = info
    this.#slot = slot
  }

  async load({ signal }: Run = {}): Promise<void> {
    await this.#slot.load(signal)
  }

  async recognise(samples: Float32Array, { lang, signal, words }: RecogniseRun = {}): Promise<Recognition> {
    const bytes = Buffer.concat([wavHeader(STRETCH_RATE, samples.length * 2), toPcm16(samples)])
    const audio = { mime: 'audio/wav', bytes: new Uint8Array(bytes) }
    const params = { audio, ...(lang !== undefined && { language: lang }) }
    const heard = readTranscript(await this.#slot.call('transcribe', params, signal ? { signal } : {}))
    return words === false ? { ...heard, words: [] } : heard
  }

  /** The plugin is the host's: nothing of it is ours. */
  async close(): Promise<void> {}
}

function readTranscript(told: WireValue): Recognition {
  if (typeof told === 'string') return { text: told.trim(), words: [] }
  const { text, words } = (told ?? {}) as { readonly text?: unknown; readonly words?: unknown }
  if (typeof text !== 'string') throw new SeamError('engine', 'The plugin’s transcript has no text in it.')
  return { text: text.trim(), words: Array.isArray(words) ? placed(text.trim(), words) : [] }
}

interface ToldWord {
  readonly text: string
  readonly start: number
  readonly end: number
  readonly confidence?: number
}

/** Words where they stand in the text; one that does not stand in it is left out. */
function placed(text: string, words: readonly ToldWord[]): CaptionWord[] {
  let at = 0
  return words.flatMap(({ text: told, start, end, confidence }) => {
    const word = told.trim()
    const from = word === '' ? -1 : text.indexOf(word, at)
    if (from < 0) return []
    at = from + word.length
    return [{ text: word, from, to: at, start, end, ...(confidence !== undefined && { confidence }) }]
  })
}
