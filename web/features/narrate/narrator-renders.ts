import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Segment, SpeechEngine } from '#protocol/speech.ts'
import type { PcmStore } from '../../storage/types.ts'
import { standInKey } from './script-hash.ts'
import type { ScriptSentence } from './script.ts'

/** A sentence that is being made. Its chunks can be read while they come, by anyone, from the first on. */
export interface Render {
  readonly sentence: ScriptSentence
  chunks(): AsyncIterable<PcmChunk>
  /**
   * Settles when the sound is in the store, or could not be made. Rejects, too, when another voice stood in: its sound is
   * kept under a name of its own.
   */
  readonly stored: Promise<void>
  /** Whether what was stored is another voice's. */
  readonly standIn: boolean
  cancel(): void
}

/** Makes sentences and keeps them; never two at once under one key. */
export interface Renders {
  /** The render under way for a key, if there is one. */
  current(key: string): Render | undefined
  /** Joins the render under way, or begins one. @param buffered see Segment.buffered */
  begin(sentence: ScriptSentence, engine: SpeechEngine, buffered?: number): Render
  /** Renders that are under way, oldest first. */
  readonly active: readonly Render[]
}

/**
 * @param changed told when a render begins, and with its seconds when it is stored
 * @param lost told when a sound could be made but not be kept: it is heard once and must be made again
 */
export function createRenders(
  pcm: PcmStore,
  changed: (sentence: ScriptSentence, seconds?: number) => void,
  lost: (error: SeamError) => void,
): Renders {
  const active = new Map<string, Render>()
  return {
    current: key => active.get(key),
    get active() {
      return [...active.values()]
    },
    begin(sentence, engine, buffered) {
      const joined = active.get(sentence.key)
      if (joined) return joined
      const over = (seconds?: number) => {
        active.delete(sentence.key)
        changed(sentence, seconds)
      }
      const render = start(sentence, engine, buffered, pcm, over, lost)
      active.set(sentence.key, render)
      changed(sentence)
      return render
    },
  }
}

function start(
  sentence: ScriptSentence,
  engine: SpeechEngine,
  buffered: number | undefined,
  pcm: PcmStore,
  over: (seconds?: number) => void,
  lost: (error: SeamError) => void,
): Render {
  const abort = new AbortController()
  const made: PcmChunk[] = []
  let failure: SeamError | undefined
  let finished = false
  let standIn = false
  let wake = Promise.withResolvers<void>()
  const notify = () => {
    wake.resolve()
    wake = Promise.withResolvers()
  }

  const segment: Segment = buffered === undefined ? sentence.segment : { ...sentence.segment, buffered }

  async function make(): Promise<void> {
    let retried = false
    for (;;) {
      try {
        for await (const chunk of engine.speak(only(segment), { signal: abort.signal })) {
          made.push(chunk)
          notify()
        }
        return
      } catch (error) {
        const { retryable } = toSeamError(error)
        // A worker that died is replaced; what it had already handed over must not sound twice.
        if (!retryable || retried || made.length > 0 || abort.signal.aborted) throw error
        retried = true
      }
    }
  }

  const stored = make()
    .then(async () => {
      const inPlace = made.some(({ standIn }) => standIn)
      await pcm
        .put(inPlace ? standInKey(sentence.key) : sentence.key, inPlace ? standInOf(made) : made)
        .catch(error => {
          lost(toSeamError(error))
          throw error
        })
      standIn = inPlace
      if (inPlace) throw stoodIn()
    })
    .then(
      () => over(made.reduce((sum, { samples, sampleRate }) => sum + samples.length / sampleRate, 0)),
      error => {
        failure = toSeamError(error)
        over()
        throw failure
      },
    )
    .finally(() => {
      finished = true
      notify()
    })
  stored.catch(() => undefined)

  return {
    sentence,
    stored,
    get standIn() {
      return standIn
    },
    cancel: () => abort.abort(new SeamError('cancelled', 'Cancelled.')),
    async *chunks() {
      for (let next = 0; ;) {
        if (next < made.length) {
          const chunk = made[next++]!
          yield chunk
          if (chunk.last) return
        } else if (finished) {
          if (failure) throw failure
          return
        } else await wake.promise
      }
    },
  }
}

/** It can be heard, and is made again when its own voice is there. */
const stoodIn = () =>
  new SeamError('engine', 'Another voice stood in for this sentence. Make it again once its own is there.', {
    retryable: true,
  })

async function* only(segment: Segment) {
  yield segment
}

/** Of a sentence that one voice began and another one said, the other's whole sentence, from 0 on. */
function standInOf(made: readonly PcmChunk[]): PcmChunk[] {
  const its = made.filter(({ standIn }) => standIn)
  const from = its[0]?.at ?? 0
  return its.map(chunk => ({
    ...chunk,
    at: chunk.at - from,
    ...(chunk.words && {
      words: chunk.words.map(word => ({ ...word, start: word.start - from, end: word.end - from })),
    }),
  }))
}
