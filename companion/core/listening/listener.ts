// A process that listens: it holds one recogniser, and answers the messages of pool.ts and live.ts. A process rather
// than a thread, for the reasons of speakers/speaker.ts.
import { errorData, SeamError } from '#protocol/errors.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import { Flow } from '../process/flow.ts'
import type { Abort, Lifecycle } from '../process/pool.ts'
import type { FromListener, ToListener } from './messages.ts'
import { openTranscriber } from './transcriber.ts'

const [models = '', threads = '1'] = process.argv.slice(2)
const transcriber = await openTranscriber({ models, threads: Number(threads) })
/** What is listened to now. */
const sounds = new Map<number, { readonly abort: AbortController; readonly flow: Flow<SoundChunk> }>()

const send = (message: FromListener | Lifecycle) =>
  new Promise<void>(resolve => process.send!(message, () => resolve()))

/** Whoever sends is told of each piece that was heard, and so sends no more than there is room for. */
async function* heard(sound: number, pieces: AsyncIterable<SoundChunk>): AsyncGenerator<SoundChunk> {
  for await (const piece of pieces) {
    yield piece
    // After what was found in it is on its way.
    setImmediate(() => void send({ kind: 'more', sound }))
  }
}

async function listen({ sound, lang, live, talk }: Extract<ToListener, { kind: 'listen' }>): Promise<void> {
  const abort = new AbortController()
  const { signal } = abort
  const flow = new Flow<SoundChunk>()
  sounds.set(sound, { abort, flow })
  const pieces = heard(sound, flow)
  const run = { signal, live, ...(lang !== undefined && { lang }) }
  try {
    if (talk) {
      // Not awaited: `more` tells whoever waits, and must not come before them.
      for await (const event of transcriber.listen(pieces, { ...run, ...talk })) {
        void send({ kind: 'event', sound, event })
      }
    } else {
      const onProgress = ({ done }: { readonly done: number }) => void send({ kind: 'progress', sound, seconds: done })
      for await (const caption of transcriber.transcribe(pieces, { ...run, onProgress })) {
        await send({ kind: 'caption', sound, caption })
      }
    }
    sounds.delete(sound)
    await send({ kind: 'done', sound })
  } catch (error) {
    sounds.delete(sound)
    await send({ kind: 'failed', sound, error: errorData(signal.aborted ? signal.reason : error) })
  }
}

function leave(sound: number): void {
  const left = sounds.get(sound)
  left?.abort.abort(new SeamError('cancelled', 'Cancelled.'))
  // Whoever waits for sound need not wait longer.
  left?.flow.end()
}

process.on('message', (message: ToListener | Abort) => {
  if (message.kind === 'listen') void listen(message)
  else if (message.kind === 'sound') sounds.get(message.sound)?.flow.push(message.chunk)
  else if (message.kind === 'over') sounds.get(message.sound)?.flow.end()
  else if (message.kind === 'leave') leave(message.sound)
  else for (const sound of sounds.keys()) leave(sound)
})
// Whoever started this is gone.
process.on('disconnect', () => process.exit(0))

transcriber.load().then(
  () => send({ kind: 'ready' }),
  (error: unknown) => send({ kind: 'unusable', error: errorData(error) }),
)
