import { join } from 'node:path'
import { expect } from 'vitest'
import { frame } from '../frames.ts'
import { drive, type Drive, type Driven } from './drive.ts'
import { tone } from './sound.ts'

export const TAGS = { title: 'The Söa', author: 'A. “Nobody”' }

/** One run of an encoder: three seconds of a tone at 24 kHz, unless something else is said. */
export type EncoderRun = Partial<Drive> & {
  readonly input?: string
  readonly config?: Readonly<Record<string, unknown>>
}

/** What encoders are tested with. @param folder of the plugin @param output type of its file */
export function encoderBench(folder: string, output: string) {
  /** A path that leads to no program. */
  const NOWHERE = { PATH: folder }
  const encode = ({ input, config = {}, ...run }: EncoderRun = {}): Promise<Driven> =>
    drive({
      program: join(folder, 'main.ts'),
      folder,
      handshake: { input: input ?? 'audio/pcm;rate=24000;channels=1;format=s16le', output, config },
      payload: tone(3, 24_000),
      ...run,
    })

  async function expectNoFileOfNoSound(config: EncoderRun['config'] = {}): Promise<void> {
    const { code, payload, control } = await encode({ config, payload: '' })
    expect({ code, bytes: payload.length, warnings: control.map(each => each.code) }).toEqual({
      code: 0,
      bytes: 0,
      warnings: ['EMPTY_INPUT'],
    })
  }

  async function expectGivenUpInMidFrame(run: EncoderRun = {}): Promise<void> {
    const { code, control } = await encode({ trailer: frame('unfinished').subarray(0, 6), ...run })
    expect({ code, control }).toEqual({ code: 1, control: [] })
  }

  async function expectWhatToInstall(run: EncoderRun): Promise<void> {
    const { code, control, payload } = await encode({ env: NOWHERE, ...run })
    expect({ code, bytes: payload.length }).toEqual({ code: 1, bytes: 0 })
    expect(control).toMatchObject([
      { code: 'NEEDS_FFMPEG', fatal: true, message: expect.stringContaining('Install ffmpeg') },
    ])
  }

  return { encode, expectNoFileOfNoSound, expectGivenUpInMidFrame, expectWhatToInstall, NOWHERE }
}
