import { paragraphs, PluginError, runPlugin, type Plugin } from '../sdk/typescript/index.ts'
import { findProgram, runProgram } from '../sdk/typescript/external.ts'
import { WavSamples } from './wav-samples.ts'

runPlugin(async plugin => {
  const program = findProgram('espeak-ng')
  if (!program) {
    throw new PluginError(
      'NEEDS_ESPEAK',
      'espeak-ng is not on this machine. Install it and try again: “apt install espeak-ng” on Debian and Ubuntu, “brew install espeak-ng” on a Mac.',
    )
  }
  for await (const { text } of paragraphs(plugin.text())) await speak(plugin, program, text)
})

async function speak({ options, write, signal }: Plugin, program: string, text: string): Promise<void> {
  const wav = new WavSamples()
  const voice = options.text('voice', 'en-us')
  // The text goes through its standard input, and so may begin with a hyphen.
  const args = [
    '--stdin',
    '--stdout',
    '-b',
    '1',
    '-v',
    voice,
    '-s',
    String(options.number('speed', 175)),
    '-p',
    String(options.number('pitch', 50)),
  ]
  const input = (async function* () {
    yield Buffer.from(text)
  })()
  try {
    await runProgram({ program, args, input, output: bytes => write(wav.push(bytes)), signal })
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
