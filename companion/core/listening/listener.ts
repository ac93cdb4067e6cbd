// A process that listens: it holds one recogniser, and answers the messages of pool.ts. A process rather than a thread,
// for the reasons of speakers/speaker.ts.
import { errorData, SeamError } from '#protocol/errors.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import { Flow } from '../process/flow.ts'
import type { Abort, Lifecycle } from '../process/pool.ts'
import type { FromListener, ToListener } from './messages.ts'
import { openTranscriber } from './transcriber.ts'

const [models = '', threads = '1'] = process.argv.slice(2)
const transcriber = await openTranscriber({ models, threads: Number(threads) })
let abort = new AbortController()
let sound = new Flow<SoundChunk>()

const send = (message: FromListener | Lifecycle) =>
  new Promise<void>(resolve => process.send!(message, () => resolve()))

/** Whoever sends is told of each piece that was taken, and so sends no more than there is room for. */
async function* taken(pieces: AsyncIterable<SoundChunk>): AsyncGenerator<SoundChunk> {
  for await (const piece of pieces) {
    void send({ kind: 'more' })
    yield piece
  }
}

async function listen({ lang, live }: Extract<ToListener, { kind: 'listen' }>): Promise<void> {
  const { signal } = (abort = new AbortController())
  sound = new Flow()
  const run = {
    signal,
    live,
    ...(lang !== undefined && { lang }),
    onProgress: ({ done }: { readonly done: number }) => void send({ kind: 'progress', seconds: done }),
  }
  try {
    for await (const caption of transcriber.transcribe(taken(sound), run)) await send({ kind: 'caption', caption })
    await send({ kind: 'done' })
  } catch (error) {
    await send({ kind: 'failed', error: errorData(signal.aborted ? signal.reason : error) })
  }
}

process.on('message', (message: ToListener | Abort) => {
  if (message.kind === 'listen') void listen(message)
  else if (message.kind === 'sound') sound.push(message.chunk)
  else if (message.kind === 'over') sound.end()
  else {
    abort.abort(new SeamError('cancelled', 'Cancelled.'))
    // Whoever waits for sound need not wait longer.
    sound.end()
  }
})
// Whoever started this is gone.
process.on('disconnect', () => process.exit(0))

transcriber.load().then(
  () => send({ kind: 'ready' }),
  (error: unknown) => send({ kind: 'unusable', error: errorData(error) }),
)
