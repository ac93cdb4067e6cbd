import { extname } from 'node:path'
import { defineCommand } from 'citty'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { Lang } from '#protocol/speech.ts'
import type { Caption, Transcriber } from '#protocol/transcribe.ts'
import { heardLang } from '../core/listening/open.ts'
import { TRANSCRIPT_FILES, transcriptText, type TranscriptFile } from '../core/listening/transcript.ts'
import { MeasuredSound } from '../core/sound/measured.ts'
import { openSound, type OpenedSound } from '../core/sound/open.ts'
import { globalArgs, openContext } from './context.ts'
import { fileOutput, keepInput, mayReplace, pipeOutput, type OutputSink } from './output-file.ts'
import { print, printJson, tell } from './output.ts'

export const transcribe = defineCommand({
  meta: { name: 'transcribe', description: 'turn speech into text or captions' },
  args: {
    file: { type: 'positional', required: true, description: 'the sound, or - to read WAV from the input' },
    format: {
      type: 'string',
      description: `${TRANSCRIPT_FILES.join(', ')}; as the output’s name says, or txt`,
      valueHint: 'FORMAT',
    },
    output: {
      type: 'string',
      alias: 'o',
      description: 'the file to write; the output when absent, or -',
      valueHint: 'FILE',
    },
    lang: { type: 'string', description: 'the language that is spoken', valueHint: 'LANG' },
    threads: { type: 'string', description: 'processor threads', valueHint: 'N' },
    force: { type: 'boolean', alias: 'f', description: 'replace a file that is there' },
    ...globalArgs,
  },
  async run({ args }) {
    const context = await openContext(args, { threads: 'speech.threads' })
    const { config, signal, json } = context
    const output = args.output ?? '-'
    const format = formatFor(args.format, output)
    const lang = args.lang === undefined ? undefined : heardLang(args.lang)
    if (output !== '-') {
      await keepInput(args.file, output)
      await mayReplace(output, args.force === true)
    }
    const sound = await openSound(args.file === '-' ? { bytes: process.stdin } : { path: args.file }, signal)
    const threads = config.settings['speech.threads']
    // Only now: it brings a native library with it, which help and mistakes need not wait for.
    const { openTranscriber } = await import('../core/listening/transcriber.ts')
    const transcriber = await openTranscriber({ models: config.models, ...(threads !== undefined && { threads }) })
    try {
      const begun = performance.now()
      await transcriber.load({ signal })
      const loading = (performance.now() - begun) / 1000
      const sink = output === '-' ? pipeOutput() : await fileOutput(output)
      const report = await write({ transcriber, sound, sink, format, lang, signal, isShown: output === '-' })
      const result = { output, format, lang: lang ?? transcriber.info.languages[0], loading, ...report }
      if (report.words === 0 && !json) tell('No words were heard in it.')
      // Standard output is taken by the text then.
      if (json && output === '-') tell(JSON.stringify(result))
      else if (json) printJson(result)
      else if (output !== '-')
        print(`${output}: ${report.words} words of ${clock(report.duration)} of sound in ${report.took.toFixed(1)} s`)
    } finally {
      await sound.close()
      await transcriber.close()
    }
  },
})

/** @throws SeamError bad-input */
function formatFor(given: string | undefined, output: string): TranscriptFile {
  const wanted = given ?? extname(output).slice(1).toLowerCase()
  const found = TRANSCRIPT_FILES.find(format => format === wanted)
  if (found || given === undefined) return found ?? 'txt'
  throw new SeamError(
    'bad-input',
    `--format is “${given.slice(0, 40)}”, and must be one of ${TRANSCRIPT_FILES.join(', ')}.`,
  )
}

interface Hearing {
  readonly transcriber: Transcriber
  readonly sound: OpenedSound
  readonly sink: OutputSink
  readonly format: TranscriptFile
  readonly lang: Lang | undefined
  readonly signal: AbortSignal
  /** Whether what is heard goes to standard output. */
  readonly isShown: boolean
}

interface Report {
  /** Seconds of sound. */
  readonly duration: number
  /** Seconds spent on it, loading left out. */
  readonly took: number
  readonly realTimeFactor: number
  readonly captions: number
  readonly words: number
  /** Captions that should be looked at: the recogniser went astray, or there was no pause to cut at. */
  readonly doubtful: number
}

/** Writes each caption as it is heard. What was written when something goes wrong is kept. */
async function write({ transcriber, sound, sink, format, lang, signal, isShown }: Hearing): Promise<Report> {
  // Text on a terminal shows by itself how far it is.
  const line = hearingLine(sound.duration, isShown && process.stdout.isTTY === true)
  const measured = new MeasuredSound(sound.chunks)
  const counts = { captions: 0, words: 0, doubtful: 0 }
  const begun = performance.now()
  try {
    const captions = transcriber.transcribe(measured, {
      signal,
      onProgress: ({ done }) => line.update(done),
      ...(lang !== undefined && { lang }),
    })
    for await (const piece of transcriptText(format, counted(captions, counts))) {
      await sink.write(Buffer.from(piece))
    }
    signal.throwIfAborted()
    await sink.finish()
  } catch (error) {
    const kept = await sink.keep()
    const failure = toSeamError(error)
    if (kept === undefined || failure.code === 'quota') throw error
    const words = failure.code === 'cancelled' ? 'Stopped.' : failure.message
    throw new SeamError(failure.code, `${words} What was heard so far is kept as ${kept}.`, {
      cause: error,
      details: failure.details,
    })
  } finally {
    line.end()
  }
  const took = (performance.now() - begun) / 1000
  const duration = measured.seconds
  return { duration, took, realTimeFactor: duration === 0 ? 0 : took / duration, ...counts }
}

async function* counted(
  captions: AsyncIterable<Caption>,
  counts: { captions: number; words: number; doubtful: number },
): AsyncGenerator<Caption> {
  for await (const caption of captions) {
    const words = caption.text.split(/\s+/).filter(Boolean).length
    if (caption.final && words > 0) {
      counts.captions++
      counts.words += words
      if (caption.doubt) counts.doubtful++
    }
    yield caption
  }
}

/** A line that grows on a terminal, and nothing at all in a pipe. @param total seconds */
function hearingLine(total: number | undefined, isQuiet: boolean): { update(seconds: number): void; end(): void } {
  const isLive = process.stderr.isTTY === true && !isQuiet
  let shown = false
  return {
    update(seconds) {
      if (!isLive) return
      shown = true
      const share = total ? ` of ${clock(total)} (${Math.min(100, Math.floor((seconds / total) * 100))} %)` : ''
      process.stderr.write(`\r\u001b[KListening: ${clock(seconds)}${share}`)
    },
    end() {
      if (shown) process.stderr.write('\r\u001b[K')
    },
  }
}

/** `4:05`, `1:02:03` */
function clock(seconds: number): string {
  const whole = Math.floor(seconds)
  const digits = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  return `${hours > 0 ? `${hours}:${digits(minutes)}` : minutes}:${digits(whole % 60)}`
}
