import type { Handshake } from '#protocol/plugin-manifest.ts'
import { planOrThrow } from '../pipelines/plan.ts'
import type { UsablePlugin } from '../plugins/discovery.ts'
import { parseMediaType, type MediaType } from '../plugins/media-type.ts'
import { sampleInput } from '../plugins/samples.ts'
import { concreteType } from '../plugins/verify.ts'
import { frame } from '../frames/frame.ts'
import { drive, handshakeFrame, type Driven, type DriveOptions, type Step } from './drive.ts'

/** The plugin under test, and what it is given. */
export interface Subject {
  readonly mode: 'streaming' | 'batch'
  readonly outputType: MediaType
  readonly maxInputBytes: number
  readonly handshakeData: Handshake
  readonly handshake: Buffer
  readonly sample: Uint8Array
  /** The usual course: handshake, sample, end. */
  readonly plain: readonly Step[]
  /** The usual course, tried twice. */
  readonly tries: readonly Driven[]
  /** Output of the usual course; undefined when it failed. */
  readonly reference: Buffer | undefined
  /** Whether two runs gave the same bytes. */
  readonly isRepeatable: boolean
  /** Milliseconds that it may take over a long input before it writes. */
  readonly patience: number
  /** The sample over and over, `size` bytes of it. */
  repeated(size: number): Buffer
  drive(steps: readonly Step[], options?: Partial<DriveOptions>): Promise<Driven>
}

/** @throws SeamError when there is no sample, or the options don't fit */
export async function prepareSubject(plugin: UsablePlugin, models: string, abort?: AbortSignal): Promise<Subject> {
  const { manifest } = plugin
  const inputType = concreteType(manifest.input[0]!)
  const sample = await sampleInput(inputType, manifest, plugin.folder)
  const plan = planOrThrow({
    pipeline: {
      name: 'test',
      version: '1',
      description: '',
      nodes: [{ id: plugin.id, plugin: plugin.id, options: manifest.test.options }],
    },
    plugins: [plugin],
    inputType,
    models,
  })
  const node = plan.nodes[0]!
  const handshake = handshakeFrame(node.handshake)
  const plain: Step[] = [{ write: handshake }, { write: frame(sample) }, 'end']
  const run = (steps: readonly Step[], options: Partial<DriveOptions> = {}) =>
    drive(node.command, steps, { limit: manifest.startupTimeout + 30_000, ...(abort && { abort }), ...options })
  const first = await run(plain)
  const second = await run(plain)
  return {
    mode: manifest.mode,
    outputType: parseMediaType(plan.outputType),
    maxInputBytes: manifest.mode === 'batch' ? manifest.maxInputBytes : Number.POSITIVE_INFINITY,
    handshakeData: node.handshake,
    handshake,
    sample,
    plain,
    tries: [first, second],
    reference: first.exit?.code === 0 && !first.fault ? first.payload : undefined,
    isRepeatable: first.payload.equals(second.payload),
    patience: Math.max(5000, Math.min(manifest.startupTimeout, 20_000)),
    repeated(size) {
      const once = sample.length === 0 ? Buffer.from('\n') : Buffer.from(sample)
      // Whole samples of sound: a border inside one would be noise.
      const whole = Math.max(1, Math.floor(size / once.length)) * once.length
      const all = Buffer.alloc(size)
      for (let at = 0; at < Math.min(whole, size); at += once.length) once.copy(all, at)
      if (whole < size) once.copy(all, whole, 0, size - whole)
      return all
    },
    drive: run,
  }
}
