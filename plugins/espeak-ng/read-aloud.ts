import { PluginError } from '../sdk/typescript/errors.ts'
import { findProgram, runProgram } from '../sdk/typescript/external.ts'
import { WavSamples } from './wav-samples.ts'

export interface Reading {
  readonly text: string
  /** A voice or language of `espeak-ng --voices`, such as en-gb or de+f3. */
  readonly voice: string
  /** Words a minute. */
  readonly speed: number
  /** 0…99 */
  readonly pitch: number
}

/** Where eSpeak NG lies. @throws PluginError NEEDS_ESPEAK, with what to install */
export function findEspeak(): string {
  const program = findProgram('espeak-ng')
  if (program) return program
  throw new PluginError(
    'NEEDS_ESPEAK',
    'espeak-ng is not on this machine. Install it and try again: “apt install espeak-ng” on Debian and Ubuntu, “brew install espeak-ng” on a Mac.',
  )
}

/**
 * Reads a text aloud: samples of 16 bits at 22,050 Hz, as they come. `output` holds it up until it resolves.
 * @throws PluginError BAD_OPTION for a voice that is not there or of another rate, SPEECH_FAILED
 */
export async function readAloud(
  program: string,
  { text, voice, speed, pitch }: Reading,
  output: (samples: Buffer) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const wav = new WavSamples()
  // The text goes through its standard input, and so may begin with a hyphen.
  const args = ['--stdin', '--stdout', '-b', '1', '-v', voice, '-s', String(speed), '-p', String(pitch)]
  const input = (async function* () {
    yield Buffer.from(text)
  })()
  try {
    await runProgram({ program, args, input, output: bytes => output(wav.push(bytes)), signal })
  } catch (error) {
    if (!(error instanceof PluginError) || error.code !== 'PROGRAM_FAILED') throw error
    if (/voice/i.test(error.message)) {
      throw new PluginError('BAD_OPTION', `espeak-ng has no voice “${voice}”. Choose one of: espeak-ng --voices`, {
        cause: error,
      })
    }
    throw new PluginError('SPEECH_FAILED', error.message, { cause: error })
  }
}
