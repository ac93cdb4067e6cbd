import { openBench } from '../browser.ts'
import { atMost, type Row } from '../rows.ts'

interface Figures {
  /** Seconds from asking for the project to its first chapter on the screen, every sentence found. */
  readonly open: number
  /** Segments whose sound would have to be made again after one sentence was edited. */
  readonly rendered: number
}

/** A project of ten thousand sentences. */
export async function project(): Promise<Row[]> {
  const bench = await openBench()
  try {
    const { open, rendered } = await bench.call<Figures>('project', 'large', 10_000)
    return [
      atMost('project of 10,000 sentences, open to interactive', open, 's', 1.5),
      atMost('segments made again after one sentence is edited', rendered, 'segments', 1),
    ]
  } finally {
    await bench.close()
  }
}
