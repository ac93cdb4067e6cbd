import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { Peer } from '#protocol/peer.ts'
import type { Lang } from '#protocol/speech.ts'
import type { TranscriberInfo } from '#protocol/transcribe.ts'
import type { Recogniser, Recognition } from '../recogniser.ts'

/** What reads words for a worker that does not do so itself. */
export interface ReaderCalls {
  recognise: {
    /** `samples` are mono at HEARING_RATE. */
    input: { readonly samples: Float32Array<ArrayBuffer>; readonly lang: Lang | undefined }
    output: Recognition
  }
}

/** Seconds of sound that are sent in one piece. */
export const LONGEST_SENT = 30

/**
 * A recogniser whose words are read at the far side of a port. Whatever goes wrong there is a failure of the engine:
 * another one may read the same sound.
 */
export function createRemoteRecogniser(info: TranscriberInfo, reader: Pick<Peer<ReaderCalls>, 'call'>): Recogniser {
  return {
    info,
    longest: LONGEST_SENT,
    load: async () => {},
    async recognise(samples, { lang, signal } = {}) {
      // A copy goes: the stretch is read again while somebody speaks on.
      const input = { samples: Float32Array.from(samples), lang }
      try {
        return await reader.call('recognise', input, {
          ...(signal && { signal }),
          transfer: [input.samples.buffer],
        })
      } catch (cause) {
        const { code, message, details } = toSeamError(cause)
        if (code === 'cancelled') throw cause
        throw new SeamError('engine', message, { cause, details, retryable: true })
      }
    },
    close: async () => {},
  }
}
