import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { modelsFolder, root } from '../support/models.ts'
import { pythonWith } from '../support/python.ts'
import type { Read, Sound } from './pages/hearing.ts'

/** The recogniser's makers' own native library, on the same weights. */
export interface NativeMoonshine {
  transcribe(sound: Sound): Promise<Read>
  close(): Promise<void>
}

const programs = join(root, 'tests', 'bench', 'programs')

export async function openNativeMoonshine(): Promise<NativeMoonshine> {
  const bin = await pythonWith('moonshine-python', join(programs, 'moonshine.txt'))
  const folder = await mkdtemp(join(tmpdir(), 'voxloom-bench-'))
  const child = spawn(join(bin, 'python'), [join(programs, 'moonshine.py'), join(modelsFolder, 'moonshine-tiny-en')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error('The native library of Moonshine ended.')
    return JSON.parse(value) as Read
  }
  await answer()
  return {
    async transcribe({ samples, sampleRate }) {
      const path = join(folder, 'sound.f32')
      await writeFile(path, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength))
      child.stdin.write(`${JSON.stringify({ path, rate: sampleRate })}\n`)
      return answer()
    },
    async close() {
      const over = once(child, 'exit')
      child.stdin.end()
      await over
      await rm(folder, { recursive: true, force: true })
    },
  }
}
