import type { Turn } from '#protocol/dialogue.ts'
import { greetingsOf } from '#dialogue/personas/prompt/prompt.ts'
import type { Clock } from '#dialogue/types.ts'
import { SeamError } from '#protocol/errors.ts'
import type { ConnectionWish } from '#protocol/session-client.ts'
import type { ServerMessage } from '#protocol/session-server.ts'
import { INPUT_RATE, OUTPUT_RATE, type SessionCommand, type SessionInfo, type SessionWish } from '#protocol/sessions.ts'
import { Resampler } from '#dsp/resampler.ts'
import { kokoroInfo } from '#engine/speech/kokoro/meta.ts'
import { HEARING_RATE } from '#engine/transcribe/recogniser.ts'
import { loadSegmenter } from '#text/segment/segmenter.ts'
import type { ListenerPool } from '../listening/pool.ts'
import { voiceName } from '../voice.ts'
import { LEAD } from './limits.ts'
import { errorMessage } from './messages.ts'
import { modelName } from './model.ts'
import type { SessionLine } from './outlet.ts'
import { partnerFor, type PartnerServices, type SessionPartner } from './partner.ts'
import { Talk } from './talk.ts'

export interface SessionServices extends PartnerServices {
  readonly listeners: Pick<ListenerPool, 'info' | 'listen'>
  readonly clock?: Clock
}

/** WebSocket codes with which the companion ends a connection, 1001 being that it ends itself. */
export const CLOSE = { ended: 1000, leaving: 1001, replaced: 4001 } as const

const segmenter = loadSegmenter()

/** A talk that outlives its connections: who answers, and what was said. One client at a time. */
export class Session {
  readonly id: string
  readonly created = new Date().toISOString()
  readonly #services: SessionServices
  readonly #changed: () => void
  #wish: SessionWish = {}
  #with: SessionPartner
  #turns: readonly Turn[] = []
  #talk: Talk | undefined
  #line: SessionLine | undefined
  #isOver = false

  /** @throws SeamError not-found (persona, voice, model), bad-input */
  static async open(id: string, wish: SessionWish, services: SessionServices, changed: () => void): Promise<Session> {
    const session = new Session(id, services, changed, await partnerFor(services, wish))
    session.#wish = wish
    return session
  }

  private constructor(id: string, services: SessionServices, changed: () => void, partner: SessionPartner) {
    this.id = id
    this.#services = services
    this.#changed = changed
    this.#with = partner
  }

  get isConnected(): boolean {
    return this.#talk !== undefined
  }

  /** What was said, oldest first. */
  get history(): readonly Turn[] {
    return this.#talk?.conversation.turns ?? this.#turns
  }

  get info(): SessionInfo {
    return {
      id: this.id,
      created: this.created,
      connected: this.isConnected,
      state: this.#talk?.conversation.state ?? 'idle',
      turns: this.history.length,
      ...this.#who,
    }
  }

  /** Changes who answers and how, from the next reply on. @throws SeamError; then all is as it was */
  async change(wish: SessionWish): Promise<void> {
    const next = { ...this.#wish, ...wish }
    this.#with = await partnerFor(this.#services, next)
    this.#wish = next
    if (!this.#talk) return
    this.#talk.conversation.partner = this.#with.partner
    this.#talk.conversation.mode = this.#mode
  }

  /**
   * A client is there. One that was there before is told so, and loses the session. For the same one it begins anew.
   * @throws SeamError not-found, bad-input, unsupported; then nothing has changed
   */
  async connect(line: SessionLine, wish: ConnectionWish): Promise<void> {
    const { input_rate: inputRate = INPUT_RATE, output_rate: outputRate = OUTPUT_RATE, greet, ...rest } = wish
    requireRates(inputRate, outputRate)
    const isAgain = this.#line === line
    await this.change(rest)
    const parts = { segmenter: await segmenter, inputRate, outputRate }
    if (isAgain && this.#line === line) await this.#drop()
    if (this.#isOver) throw new SeamError('cancelled', 'The session was ended while you connected.')
    // It has left meanwhile, or lost the session.
    if (isAgain && this.#line !== line) return
    if (this.#line && this.#line !== line) {
      const why = 'Another client has taken this session over.'
      this.#line.tell(errorMessage(new SeamError('conflict', why)))
      this.#line.end(CLOSE.replaced, why)
    }
    this.#leave()
    this.#line = line
    line.tell(this.#started(inputRate, outputRate))
    const { listeners, clock } = this.#services
    this.#talk = new Talk({
      ...parts,
      line,
      listeners,
      partner: this.#with.partner,
      mode: this.#mode,
      patience: this.#wish.patience ?? 1,
      earlier: this.#turns,
      ...(clock && { clock }),
    })
    this.#changed()
    // Made ready before the first answer, not after it. What is wrong with it is told then.
    void this.#services.speech.load().catch(() => undefined)
    if (greet && this.#turns.length === 0) this.#greet()
  }

  /** What the client does. Undefined for one that has lost the session. */
  talkOf(line: SessionLine): Talk | undefined {
    return this.#line === line ? this.#talk : undefined
  }

  /** A client is gone: what was under way for it stops. */
  disconnect(line: SessionLine): void {
    if (this.#line !== line) return
    this.#leave()
    this.#changed()
  }

  /** For whoever is not the client itself: a hot key. @throws SeamError conflict, when no client is there to talk */
  async press(command: SessionCommand): Promise<void> {
    if (!this.#talk) {
      throw new SeamError(
        'conflict',
        `Nobody is connected to the session “${this.id}”: there is no microphone to switch. Start a client first, for example with: voxloom talk --session ${this.id}`,
      )
    }
    await this.#talk.press(command)
  }

  /** The session is over. */
  end(code: number, reason: string): void {
    this.#isOver = true
    const line = this.#line
    this.#leave()
    line?.end(code, reason)
  }

  /** What was begun is told to its end, and forgotten: it was nobody's wish. */
  async #drop(): Promise<void> {
    const talk = this.#talk
    this.#talk = undefined
    await talk?.close()
  }

  #leave(): void {
    const talk = this.#talk
    this.#talk = undefined
    this.#line = undefined
    void talk?.close()
    if (talk) this.#turns = talk.conversation.turns
  }

  #greet(): void {
    const { persona, user } = this.#with
    const [greeting = ''] = greetingsOf(persona, { user })
    this.#talk?.conversation.say(greeting)
  }

  get #mode(): 'hands-free' | 'push-to-talk' {
    return this.#wish.mode ?? 'hands-free'
  }

  get #who(): Pick<SessionInfo, 'mode' | 'persona' | 'voice' | 'model'> {
    const { persona, partner, model } = this.#with
    return {
      mode: this.#mode,
      persona: { id: persona.id, name: persona.name },
      voice: voiceName(partner.voice),
      model: this.#modelName(model),
    }
  }

  #modelName(model: string | undefined): string | null {
    try {
      return modelName(model, this.#services.languages) ?? null
    } catch {
      // Its server was removed meanwhile.
      return null
    }
  }

  #started(inputRate: number, outputRate: number): ServerMessage {
    const format = { channels: 1, format: 'f32le' } as const
    return {
      type: 'session_started',
      session: this.id,
      input: { sample_rate: inputRate, ...format },
      output: { sample_rate: outputRate, ...format, lead: LEAD },
      ...this.#who,
    }
  }
}

function requireRates(inputRate: number, outputRate: number): void {
  const isFit = Resampler.supports(inputRate, HEARING_RATE) && Resampler.supports(kokoroInfo.sampleRate, outputRate)
  if (isFit) return
  throw new SeamError(
    'unsupported',
    `Sound at ${inputRate} Hz in and ${outputRate} Hz out can’t be converted. Use standard rates, such as 16000, 24000, 44100 or 48000.`,
  )
}
