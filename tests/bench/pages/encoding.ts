import type { ExportSegment } from '../../../web/export/types.ts'
import { exportAudio } from '../../../web/export/client.ts'

const RATE = 24_000

/** A buzz with pauses, as busy for an encoder as a voice is. */
function sentence(index: number): ExportSegment {
  const samples = new Float32Array(5 * RATE)
  const pitch = 90 + (index % 7) * 15
  for (let i = 0; i < samples.length; i++) {
    const envelope = 0.5 + 0.5 * Math.sin((2 * Math.PI * 3 * i) / RATE)
    let value = 0
    for (let k = 1; k <= 12; k++) value += Math.sin((2 * Math.PI * pitch * k * i) / RATE) / k
    samples[i] = 0.15 * envelope * value
  }
  return { samples, sampleRate: RATE, text: 'A sentence.', words: [], pauseAfter: 0.3 }
}

/** @returns seconds of sound encoded in a second */
export async function mp3(seconds: number): Promise<number> {
  const made = Array.from({ length: 7 }, (_, index) => sentence(index))
  const count = Math.ceil(seconds / 5.3)
  let bytes = 0
  const target = new WritableStream<{ data: Uint8Array }>({
    write: ({ data }) => {
      bytes += data.byteLength
    },
  })
  const segments = (async function* () {
    for (let i = 0; i < count; i++) yield { ...made[i % made.length]!, samples: made[i % made.length]!.samples.slice() }
  })()
  const started = performance.now()
  const report = await exportAudio({ format: 'mp3', metadata: { title: 'Bench' }, segments }, target)
  const took = (performance.now() - started) / 1000
  if (bytes < report.duration * 1000) throw new Error(`Only ${bytes} bytes for ${report.duration} s of MP3.`)
  return report.duration / took
}
