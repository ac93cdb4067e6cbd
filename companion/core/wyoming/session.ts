import type { Socket } from 'node:net'
import { SeamError } from '#protocol/errors.ts'
import { gapBehind } from '#text/captions/plain.ts'
import type { Lang } from '#protocol/speech.ts'
import type { Caption, SoundChunk, Transcriber } from '#protocol/transcribe.ts'
import { heardLang } from '../listening/open.ts'
import { Flow } from '../process/flow.ts'
import type { Manner } from '../sentences.ts'
import { ByteReader } from '../sound/byte-reader.ts'
import type { SpeakerPool } from '../speakers/pool.ts'
import { SPEECH_RATE, speakText } from '../speakers/speak-text.ts'
import { streamedSegments } from '../speakers/streamed-text.ts'
import { toPcm16 } from '../wav.ts'
import { readEvent, type WyomingEvent } from './events.ts'
import { describe, type Offer } from './info.ts'
import { EventLine } from './line.ts'
import { readSound } from './sound.ts'
import { mannerOf, type OwnManner } from './voice.ts'

export interface WyomingParts {
  readonly speakers: SpeakerPool
  readonly listeners: Transcriber
  readonly own: OwnManner
  readonly offer: () => Promise<Offer>
}

/** Characters of one text, however it comes. */
export const MOST_TEXT = 100_000
/** Chunks of sound that may wait to be heard before the client has to wait. */
const MOST_WAITING = 4
/** Samples of one chunk that is sent: a sixth of a second. */
const CHUNK = 4096

interface Speaking {
  readonly text: Flow<string>
  readonly done: Promise<void>
  letters: number
}

interface Hearing {
  readonly sound: Flow<SoundChunk>
  readonly done: Promise<void>
}

/** One client: it may ask for speech, and have its own heard, any number of times. */
export class WyomingSession {
  readonly #socket: Socket
  readonly #line: EventLine
  readonly #parts: WyomingParts
  readonly #gone = new AbortController()
  /** A text that still comes. */
  #speaking: Speaking | undefined
  #hearing: Hearing | undefined
  #lang: Lang | undefined
  #busy = false

  constructor(socket: Socket, parts: WyomingParts) {
    this.#socket = socket
    this.#line = new EventLine(socket)
    this.#parts = parts
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.#gone.abort(new SeamError('cancelled', 'The client has left.'))
      this.#speaking?.text.leave()
      this.#hearing?.sound.leave()
    })
  }

  /** Whether the client waits for something, and need not say anything meanwhile. */
  get isBusy(): boolean {
    return this.#busy
  }

  /** Until the client leaves, or something went wrong, which it is told. */
  async run(): Promise<void> {
    try {
      const reader = new ByteReader(this.#socket as AsyncIterable<Buffer>)
      for (let event = await readEvent(reader); event; event = await readEvent(reader)) {
        this.#busy = true
        await this.#handle(event)
        this.#busy = false
      }
    } catch (error) {
      await this.#line.fail(error)
    } finally {
      this.#socket.destroy()
    }
  }

  async #handle(event: WyomingEvent): Promise<void> {
    const { type, data } = event
    switch (type) {
      case 'describe':
        return this.#line.send('info', describe(await this.#parts.offer()))
      case 'ping':
        return this.#line.send('pong', typeof data['text'] === 'string' ? { text: data['text'] } : {})
      case 'synthesize':
        // Clients that stream send the whole as well, for servers that don't.
        if (this.#speaking) return
        return this.#speak(only(textOf(data)), this.#manner(data))
      case 'synthesize-start':
        return this.#beginText(this.#manner(data))
      case 'synthesize-chunk':
        return this.#addText(textOf(data))
      case 'synthesize-stop':
        return this.#endText()
      case 'transcribe':
        this.#lang = typeof data['language'] === 'string' ? heardLang(data['language']) : undefined
        return
      case 'audio-start':
        return this.#hear()
      case 'audio-chunk':
        return this.#addSound(event)
      case 'audio-stop':
        return this.#endSound()
    }
  }

  #manner({ voice, text_format: format }: WyomingEvent['data']): Manner {
    if (format === 'ssml') throw new SeamError('bad-input', 'SSML is not read here: send plain text.')
    return mannerOf(voice, this.#parts.own)
  }

  async #speak(text: AsyncIterable<string>, manner: Manner): Promise<void> {
    const format = { rate: SPEECH_RATE, width: 2, channels: 1 }
    const at = (samples: number) => Math.round((samples * 1000) / SPEECH_RATE)
    let sent = 0
    await this.#line.send('audio-start', { ...format, timestamp: 0 })
    for await (const samples of speakText(this.#parts.speakers, streamedSegments(text, manner), this.#gone.signal)) {
      for (let from = 0; from < samples.length; from += CHUNK) {
        const piece = samples.subarray(from, from + CHUNK)
        await this.#line.send('audio-chunk', { ...format, timestamp: at(sent) }, toPcm16(piece))
        sent += piece.length
      }
    }
    await this.#line.send('audio-stop', { timestamp: at(sent) })
  }

  #beginText(manner: Manner): void {
    if (this.#speaking) throw new SeamError('bad-input', 'A text is being spoken already: end it first.')
    const text = new Flow<string>()
    const done = this.#speak(text, manner).then(() => this.#line.send('synthesize-stopped'))
    this.#speaking = { text, done, letters: 0 }
    // While its text comes, nobody else would hear of it.
    done.catch((error: unknown) => this.#line.fail(error))
  }

  #addText(text: string): void {
    const speaking = this.#speaking
    if (!speaking) throw new SeamError('bad-input', 'Text came without synthesize-start.')
    speaking.letters += text.length
    if (speaking.letters > MOST_TEXT) throw tooLong()
    speaking.text.push(text)
  }

  async #endText(): Promise<void> {
    const speaking = this.#speaking
    speaking?.text.end()
    await speaking?.done.catch(() => undefined)
    this.#speaking = undefined
  }

  #hear(): void {
    if (this.#hearing) throw new SeamError('bad-input', 'A sound is being heard already: end it with audio-stop.')
    const sound = new Flow<SoundChunk>()
    const done = this.#transcribe(sound).finally(() => sound.leave())
    this.#hearing = { sound, done }
    done.catch((error: unknown) => this.#line.fail(error))
  }

  async #transcribe(sound: Flow<SoundChunk>): Promise<void> {
    const lang = this.#lang
    const language = lang ?? this.#parts.listeners.info.languages[0]
    const run = { signal: this.#gone.signal, ...(lang !== undefined && { lang }) }
    let text = ''
    for await (const caption of this.#parts.listeners.transcribe(sound, run)) {
      if (!isSaid(caption)) continue
      if (text === '') await this.#line.send('transcript-start', { language })
      const chunk = (text === '' ? '' : gapBehind(text)) + caption.text.trim()
      text += chunk
      await this.#line.send('transcript-chunk', { text: chunk })
    }
    if (text === '') await this.#line.send('transcript-start', { language })
    await this.#line.send('transcript', { text, language })
    await this.#line.send('transcript-stop')
  }

  async #addSound(event: WyomingEvent): Promise<void> {
    if (!this.#hearing) this.#hear()
    const { sound } = this.#hearing!
    const chunk = readSound(event)
    if (chunk) sound.push(chunk)
    await sound.room(MOST_WAITING)
  }

  async #endSound(): Promise<void> {
    const hearing = this.#hearing
    hearing?.sound.end()
    await hearing?.done.catch(() => undefined)
    this.#hearing = undefined
  }
}

const tooLong = () =>
  new SeamError('bad-input', `The text is longer than ${MOST_TEXT} characters. Send it in several requests.`)

function textOf({ text }: WyomingEvent['data']): string {
  if (typeof text !== 'string') throw new SeamError('bad-input', 'The event has no “text”.')
  if (text.length > MOST_TEXT) throw tooLong()
  return text
}

const isSaid = ({ final, text }: Caption): boolean => final && text.trim() !== ''

async function* only(text: string): AsyncGenerator<string> {
  yield text
}
