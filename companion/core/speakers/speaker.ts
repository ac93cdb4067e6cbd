// A process that speaks: it holds one network, and answers the messages of pool.ts. A process rather than a thread, so
// that native code that crashes or prints takes nobody else with it, and so that it can be ended in mid-sentence.
import { errorData, SeamError } from '#protocol/errors.ts'
import type { Segment } from '#protocol/speech.ts'
import type { Abort, Lifecycle } from '../process/pool.ts'
import { openSpeech } from '../speech.ts'
import type { FromSpeaker, ToSpeaker } from './messages.ts'

const [models = '', threads = '1'] = process.argv.slice(2)
const engine = openSpeech({ models, threads: Number(threads) })
let abort = new AbortController()

const send = (message: FromSpeaker | Lifecycle) => new Promise<void>(resolve => process.send!(message, () => resolve()))

async function* only(segment: Segment): AsyncGenerator<Segment> {
  yield segment
}

async function speak(segment: Segment): Promise<void> {
  const { signal } = (abort = new AbortController())
  try {
    for await (const chunk of engine.speak(only(segment), { signal })) await send({ kind: 'sound', chunk })
    await send({ kind: 'done', realTimeFactor: engine.realTimeFactor })
  } catch (error) {
    await send({ kind: 'failed', error: errorData(signal.aborted ? signal.reason : error) })
  }
}

process.on('message', (message: ToSpeaker | Abort) => {
  if (message.kind === 'speak') void speak(message.segment)
  else abort.abort(new SeamError('cancelled', 'Cancelled.'))
})
// Whoever started this is gone.
process.on('disconnect', () => process.exit(0))

engine.load().then(
  () => send({ kind: 'ready' }),
  (error: unknown) => send({ kind: 'unusable', error: errorData(error) }),
)
