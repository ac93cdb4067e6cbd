import { readContractVoice } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import type { Segment } from '#protocol/speech.ts'
import type { ContractHost } from '../../core/contracts/host.ts'
import { offerStream, type SocketOffers } from '../socket-offers.ts'
import { chunkHead, SAMPLES, segmentSchema, spokenItems } from '../speech-calls.ts'

/** Letters of `NAME/VOICE`. */
const LONGEST_VOICE = 64 + 1 + 256

/** Voices of contract plugins over the socket, as the companion's own. */
export function contractSpeech(host: ContractHost): SocketOffers {
  return {
    'contracts.speak': offerStream({
      about: 'Speaks one sentence by the voice NAME/VOICE of a plugin: for each chunk an item, and then its samples',
      input: segmentSchema(LONGEST_VOICE),
      item: chunkHead,
      bytes: SAMPLES,
      async *open(given, signal) {
        const sentence = given as Segment
        yield* spokenItems(speechFor(host, sentence).speak(once(sentence), { signal }))
      },
    }),
  }
}

function speechFor(host: ContractHost, { voice }: Segment) {
  const { id } = voice[0]!
  const found = readContractVoice(id)
  if (found && voice.length === 1) return host.speech(found.name)
  const why = found ? 'voices of plugins can’t be mixed with others.' : `“${id}” is no voice of a plugin.`
  throw new SeamError('bad-input', `The sentence can’t be spoken: ${why} Name one voice as NAME/VOICE.`)
}

async function* once(sentence: Segment) {
  yield sentence
}
