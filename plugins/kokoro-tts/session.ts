// A process that speaks: it holds one network, and answers the messages of pool.ts. A process rather than a thread, so
// that what native code prints can't get between the plugin's frames, and so that it can be ended in mid-sentence.
import { openSpeech } from '../../companion/core/speech.ts'
import { errorData } from '../../companion/protocol/errors.ts'
import type { Segment } from '../../companion/protocol/speech.ts'
import type { FromSession, ToSession } from './messages.ts'

const [models = '', threads = '1'] = process.argv.slice(2)
const engine = openSpeech({ models, threads: Number(threads) })

const send = (message: FromSession) => new Promise<void>(resolve => process.send!(message, () => resolve()))

async function* only(segment: Segment): AsyncGenerator<Segment> {
  yield segment
}

async function speak(segment: Segment): Promise<void> {
  try {
    for await (const { samples } of engine.speak(only(segment))) {
      if (samples.length > 0) await send({ kind: 'sound', samples })
    }
    await send({ kind: 'done' })
  } catch (error) {
    await send({ kind: 'failed', error: errorData(error) })
  }
}

process.on('message', (message: ToSession) => void speak(message.segment))
// The plugin is gone.
process.on('disconnect', () => process.exit(0))

engine.load().then(
  () => send({ kind: 'ready' }),
  (error: unknown) => send({ kind: 'unusable', error: errorData(error) }),
)
