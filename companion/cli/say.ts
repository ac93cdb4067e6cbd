import { defineCommand } from 'citty'
import { SeamError } from '#protocol/errors.ts'
import type { Segment, SpeechEngine } from '#protocol/speech.ts'
import { spokenSegments } from '../core/sentences.ts'
import { checkLang } from '../core/config/speech.ts'
import type { WavSink } from '../core/wav.ts'
import { globalArgs, openContext } from './context.ts'
import { mayReplace } from './output-file.ts'
import { print, printJson, tell } from './output.ts'
import { readText } from './text.ts'
import { wavOutput } from './wav-output.ts'
import { parseVoice, voiceName } from '../core/voice.ts'

export const say = defineCommand({
  meta: { name: 'say', description: 'turn text into speech, as a WAV file' },
  args: {
    text: { type: 'positional', required: true, description: 'the text, or - to read it from the input' },
    output: { type: 'string', alias: 'o', description: 'the file to write, or - for the output', valueHint: 'FILE' },
    voice: { type: 'string', description: 'a voice, or a mix: af_heart:0.7,bf_emma:0.3', valueHint: 'VOICE' },
    speed: { type: 'string', description: '0.5 to 2; 1 is the voice’s own pace', valueHint: 'N' },
    lang: { type: 'string', description: 'language of the text; the voice’s own when absent', valueHint: 'LANG' },
    threads: { type: 'string', description: 'processor threads', valueHint: 'N' },
    force: { type: 'boolean', alias: 'f', description: 'replace a file that is there' },
    ...globalArgs,
  },
  async run({ args }) {
    const context = await openContext(args, {
      voice: 'speech.voice',
      speed: 'speech.speed',
      lang: 'speech.lang',
      threads: 'speech.threads',
    })
    const { config, signal, json } = context
    const { settings } = config
    const output = args.output ?? (process.stdout.isTTY ? undefined : '-')
    if (!output) throw new SeamError('bad-input', 'Say where the sound goes: -o hello.wav, or -o - for a pipe.')
    const given = settings['speech.lang']
    if (given !== undefined) checkLang(given)
    const threads = settings['speech.threads']
    // Only now: it brings a native library with it, which help and mistakes need not wait for.
    const { openSpeech } = await import('../core/speech.ts')
    const engine = openSpeech({ models: config.models, ...(threads !== undefined && { threads }) })
    try {
      const voices = await engine.voices()
      const voice = parseVoice(settings['speech.voice']!, voices)
      const lang = given ?? voices.find(({ id }) => id === voice[0]!.id)!.lang
      const text = await readText(args.text, { signal })
      if (output !== '-') await mayReplace(output, args.force === true)
      const segments = await spokenSegments(text, { lang, voice, speed: settings['speech.speed']! })
      const sink = await wavOutput(output, engine.info.sampleRate)
      const report = await speakTo(sink, engine, segments, signal)
      const result = {
        output,
        voice: voiceName(voice),
        lang,
        speed: settings['speech.speed'],
        sampleRate: engine.info.sampleRate,
        ...report,
      }
      // Standard output is taken by the sound then.
      if (json && output === '-') tell(JSON.stringify(result))
      else if (json) printJson(result)
      else if (output !== '-')
        print(
          `${output}: ${report.duration.toFixed(1)} s of sound made in ${report.took.toFixed(1)} s, ${result.voice}`,
        )
    } finally {
      await engine.close()
    }
  },
})

interface Report {
  /** Seconds of sound. */
  readonly duration: number
  /** Seconds spent on making it, loading left out. */
  readonly took: number
  readonly loading: number
  readonly realTimeFactor: number
  readonly sentences: number
}

/** Writes each piece as it is made. Whatever goes wrong, no half a file is left. */
async function speakTo(
  sink: WavSink,
  engine: SpeechEngine,
  segments: readonly Segment[],
  signal: AbortSignal,
): Promise<Report> {
  try {
    const begun = performance.now()
    await engine.load({ signal })
    const loaded = performance.now()
    let samples = 0
    let waiting = 0
    const byId = new Map(segments.map(segment => [segment.id, segment]))
    for await (const chunk of engine.speak(from(segments), { signal })) {
      signal.throwIfAborted()
      const writing = performance.now()
      await sink.write(chunk.samples)
      samples += chunk.samples.length
      const pause = chunk.last ? byId.get(chunk.segment)!.pauseAfter : 0
      if (pause > 0) {
        const silence = new Float32Array(Math.round(pause * chunk.sampleRate))
        await sink.write(silence)
        samples += silence.length
      }
      // A slow pipe is not the voice's fault.
      waiting += performance.now() - writing
      tellProgress(byId, chunk.segment, segments)
    }
    if (samples === 0)
      throw new SeamError('bad-input', 'Nothing in the text can be spoken: it holds no word that the voice knows.')
    await sink.finish()
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
    const took = (performance.now() - loaded - waiting) / 1000
    const duration = samples / engine.info.sampleRate
    return {
      duration,
      took,
      loading: (loaded - begun) / 1000,
      realTimeFactor: took / duration,
      sentences: segments.length,
    }
  } catch (error) {
    await sink.discard()
    throw error
  }
}

async function* from(segments: readonly Segment[]): AsyncIterable<Segment> {
  yield* segments
}

function tellProgress(byId: ReadonlyMap<string, Segment>, id: string, segments: readonly Segment[]): void {
  if (!process.stderr.isTTY || segments.length < 2) return
  const at = segments.indexOf(byId.get(id)!) + 1
  process.stderr.write(`\r\u001b[KSpeaking: sentence ${at} of ${segments.length}`)
}
