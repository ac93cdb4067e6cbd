// Captions one sound for as many minutes as its argument says, as fast as it can, and writes what memory it had after
// each: a line of JSON a minute. Run with --expose-gc.
import { openTranscriber } from '../../../companion/core/listening/transcriber.ts'
import { modelsFolder } from '../../support/models.ts'
import { recording } from '../../support/recordings.ts'
import { LoopedCaptions } from '../pages/looped.ts'
import { LOOPED, type MinuteOfCaptions } from '../looped.ts'

const minutes = Number(process.argv[2])
const transcriber = await openTranscriber({ models: modelsFolder, threads: 2 })
await transcriber.load()
const captions = new LoopedCaptions(transcriber, await Promise.all(LOOPED.map(recording)))
for (let minute = 0; minute < minutes; minute++) {
  await captions.hear(60)
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  const line: MinuteOfCaptions = { captions: captions.captions, rss, heap: heapUsed + external }
  console.log(JSON.stringify(line))
}
process.exit(0)
