import { ContractError, defineContract, pcm, serveContract } from '../../contracts.ts'
import { CODES } from './codes.ts'

const RATE = 8000
/** Characters of one call. */
export const MAX_TEXT = 2500
const VOICES = [
  { id: 'high', name: 'High key', language: 'en', hertz: 800 },
  { id: 'low', name: 'Low key', language: 'en', hertz: 440 },
]

let speed = 20
let spoken = 0

export const plugin = defineContract({
  contract: 'tts',

  initialize(config) {
    speed = Number(config['speed'])
  },

  methods: {
    // A generator answers piece by piece: the first word is heard while the second is made.
    async *synthesize({ text, voice_id = 'high' }) {
      if (text.length > MAX_TEXT) {
        const message = `The text has ${text.length} characters, and ${MAX_TEXT} can be keyed at once. Send it in parts.`
        throw new ContractError('TTS_TEXT_TOO_LONG', message)
      }
      const { hertz } = voiceOf(voice_id)
      for (const word of text.split(/\s+/)) {
        yield pcm(keyed(word, hertz), RATE)
        spoken++
      }
    },
    get_voices: () => VOICES.map(({ id, name, language }) => ({ id, name, language })),
    get_voice_info: ({ voice_id }) => voiceOf(voice_id),
  },

  health: () => ({ message: `${spoken} words since the start.`, details: { speed } }),
  // What the next one of the same plugin needs to go on where this one stops.
  captureState: () => ({ spoken }),
  restoreState(state) {
    spoken = (state as { readonly spoken: number }).spoken
  },
})

function voiceOf(id: string) {
  const voice = VOICES.find(each => each.id === id)
  if (voice) return voice
  const names = VOICES.map(each => each.id).join(', ')
  throw new ContractError('TTS_VOICE_NOT_FOUND', `There is no voice “${id}”. There are: ${names}.`)
}

/** A word as samples: a dot is one unit long, a dash three; between signs is one, between letters three, words seven. */
function keyed(word: string, hertz: number): Float32Array {
  const letters = [...word.toLowerCase()].map(letter => CODES[letter]).filter(code => code !== undefined)
  const units = letters.map(code => [...code].map(sign => (sign === '.' ? '1' : '111')).join('0')).join('000')
  const unit = Math.round((1.2 / speed) * RATE)
  return Float32Array.from({ length: (units.length + 7) * unit }, (_, at) => {
    const isOn = units[Math.floor(at / unit)] === '1'
    return isOn ? 0.4 * Math.sin((2 * Math.PI * hertz * at) / RATE) : 0
  })
}

// Run by the host. A test imports the plugin instead.
if (import.meta.main) serveContract(plugin)
