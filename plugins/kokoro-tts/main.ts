import { encodePcm, PluginError, pcmType, runPlugin, silence, type Plugin } from '../sdk/typescript/index.ts'
import { inOrder } from '../../companion/core/speakers/in-order.ts'
import { SpeakerPool } from '../../companion/core/speakers/pool.ts'
import { SeamError } from '../../companion/protocol/errors.ts'
import { loadSegmenter } from '../../web/text/segment/segmenter.ts'
import { SentenceReader, type Sentence } from './sentences.ts'
import { readSettings, type Settings } from './settings.ts'

runPlugin(async plugin => {
  const settings = readSettings(plugin.options)
  const { sessions, threads } = settings
  const models = process.env['VOXLOOM_MODELS']
  if (!models) {
    throw new PluginError(
      'MODEL_MISSING',
      'VOXLOOM_MODELS, the folder of the weights, is not set. Set it, and run: voxloom models pull kokoro-82m g2p-en',
    )
  }
  const pool = new SpeakerPool({ models, speakers: sessions, threads })
  // A text comes sooner or later: the first is ready for it.
  pool.warm()
  const close = () => pool.close()
  plugin.signal.addEventListener('abort', close)
  process.on('exit', close)

  await speakAll(plugin, settings, pool)
})

/** Speaks what comes, several sentences at a time, and writes them in their order. */
async function speakAll(plugin: Plugin, settings: Settings, pool: SpeakerPool): Promise<void> {
  const { rate, format } = pcmType(plugin.output)
  const { sessions, threads, voice, lang, speed } = settings
  let number = 0
  const say = (sentence: Sentence) => ({
    sentence,
    sound: pool.speak({ id: `s${++number}`, text: sentence.text, lexicon: [], pauseAfter: 0, lang, voice, speed }),
  })
  let spoken = 0
  let failed: Error | undefined
  // Silence stands between sentences: it is written when there is a next one.
  let pause = 0
  for await (const { sentence, sound } of inOrder(sentences(plugin, lang), sessions + 1, say)) {
    const shown = sentence.text.length > 60 ? `${sentence.text.slice(0, 59)}…` : sentence.text
    let samples = 0
    try {
      for await (const { samples: piece } of sound) {
        if (piece.length === 0) continue
        if (pause > 0) await plugin.write(silence(Math.round(pause * rate), format))
        pause = 0
        await plugin.write(encodePcm(piece, format))
        samples += piece.length
      }
      if (samples === 0)
        await plugin.warn('NOT_SPOKEN', `“${shown}” holds nothing that the voice can speak. It was left out.`)
    } catch (error) {
      if (!(error instanceof SeamError)) throw error
      if (error.details['model'] !== undefined) throw modelMissing(error)
      if (pool.broken) throw new PluginError('SPEECH_FAILED', error.message, { cause: error })
      failed = error
      const far = samples > 0 ? ' to its end' : ''
      await plugin.warn('NOT_SPOKEN', `“${shown}” was not spoken${far}: ${error.message}`)
    }
    if (samples > 0) spoken++
    if (spoken > 0) pause = Math.max(pause, sentence.endsParagraph ? settings.paragraphPause : settings.sentencePause)
  }
  if (failed && spoken === 0) {
    throw new PluginError('SPEECH_FAILED', `Not one sentence could be spoken. ${failed.message}`, { cause: failed })
  }
  console.error(`${spoken} of ${number} sentences spoken, up to ${sessions} at a time, ${threads} threads each`)
}

async function* sentences(plugin: Plugin, lang: string): AsyncGenerator<Sentence> {
  const reader = new SentenceReader(await loadSegmenter(), lang)
  for await (const text of plugin.text()) yield* reader.feed(text)
  yield* reader.end()
}

/** Both are opened at the same time: which of them was missed first says nothing about the other. */
const NEEDED = ['kokoro-82m', 'g2p-en']

function modelMissing(error: SeamError): PluginError {
  const message = NEEDED.includes(String(error.details['model']))
    ? `The voice, or how its words are pronounced, is not on this machine yet. Run: voxloom models pull ${NEEDED.join(' ')}`
    : error.message
  return new PluginError('MODEL_MISSING', message, { cause: error })
}
