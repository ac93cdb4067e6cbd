import { openTranscriber } from '../../../companion/core/listening/transcriber.ts'
import { modelsFolder } from '../../support/models.ts'
import { recording } from '../../support/recordings.ts'
import { speak } from '../../support/speaking.ts'
import { distance } from '../../support/words.ts'
import { openBench } from '../browser.ts'
import { openNativeMoonshine } from '../moonshine.ts'
import { read, type Read, type Sound } from '../pages/hearing.ts'
import { encodePcm } from '../pages/pcm.ts'
import { prose } from '../prose.ts'
import { READ_ALOUD } from '../read-aloud.ts'
import type { Row } from '../rows.ts'
import { spelling } from '../spelling.ts'

const VOICES = ['af_heart', 'am_michael', 'bf_emma', 'bm_george', 'af_nicole', 'am_fenrir'] as const
const SENTENCES = 30
/** Per cent of all words that ours may get wrong beyond the peer's. */
const MARGIN = 1

const READERS = ['wasm', 'native', 'peer'] as const
type Reader = (typeof READERS)[number]

interface Said extends Sound {
  readonly text: string
}

/** Words heard wrong, in WASM and natively, against the native library of the recogniser's makers on the same weights. */
export async function wer({ quick }: { quick: boolean }): Promise<Row[]> {
  const asSpoken = await spelling()
  const transcriber = await openTranscriber({ models: modelsFolder, threads: 2 })
  const peer = await openNativeMoonshine()
  const bench = await openBench()
  const readers: Record<Reader, (sound: Sound) => Promise<Read>> = {
    wasm: ({ samples, sampleRate }) => bench.call<Read>('transcribe', 'transcribe', encodePcm([samples]), sampleRate),
    native: sound => read(transcriber, sound),
    peer: sound => peer.transcribe(sound),
  }
  /** Words in all, and how many of them each got wrong. */
  const count = async (sounds: AsyncIterable<Said>) => {
    let words = 0
    const wrong: Record<Reader, number> = { wasm: 0, native: 0, peer: 0 }
    for await (const sound of sounds) {
      const expected = asSpoken(sound.text)
      words += expected.length
      for (const reader of READERS) {
        const heard = asSpoken((await readers[reader](sound)).text)
        const errors = distance(expected, heard)
        wrong[reader] += errors
        if (errors > 0) console.error(`  ${reader}: ${errors} in “${sound.text}” heard as “${heard.join(' ')}”`)
      }
    }
    return { words, wrong }
  }
  try {
    await transcriber.load()
    return [
      ...rowsOf('four recordings', await count(recordings())),
      ...rowsOf(`${quick ? VOICES.length : SENTENCES} sentences in 6 voices`, await count(spoken(quick ? 1 : 5))),
    ]
  } finally {
    await bench.close()
    await peer.close()
    await transcriber.close()
  }
}

function rowsOf(what: string, { words, wrong }: { words: number; wrong: Record<Reader, number> }): Row[] {
  const rate = (reader: Reader) => (100 * wrong[reader]) / words
  const row = (where: string, value: number): Row => ({
    name: `word error rate of ${words} words, ${what}, ${where}`,
    value,
    unit: '%',
    peer: rate('peer'),
    ...(wrong.peer > 0 && { ratio: value / rate('peer') }),
    goal: `peer + ${MARGIN}`,
    pass: value <= rate('peer') + MARGIN,
  })
  return [row('WASM', rate('wasm')), row('native', rate('native'))]
}

async function* recordings(): AsyncGenerator<Said> {
  for (const name of Object.keys(READ_ALOUD) as (keyof typeof READ_ALOUD)[]) {
    yield { ...(await recording(name)), text: READ_ALOUD[name] }
  }
}

async function* spoken(each: number): AsyncGenerator<Said> {
  for (const [index, text] of prose(SENTENCES).entries()) {
    const voice = VOICES[index % VOICES.length]!
    if (index < each * VOICES.length) yield { ...(await speak(text, voice)), text }
  }
}
