import { systemClock } from '#dialogue/clock.ts'
import { Conversation } from '#dialogue/conversation.ts'
import type { Partner } from '#dialogue/types.ts'
import { HEARING_RATE } from '#engine/transcribe/recogniser.ts'
import type { DialogueEvent, EventsDropped, Turn } from '#protocol/dialogue.ts'
import { errorData } from '#protocol/errors.ts'
import { loadSegmenter } from '#text/segment/segmenter.ts'
import type { Microphone } from '../../audio/capture/types.ts'
import type { SpeakerPlayer } from '../../audio/sink.ts'
import type { SpokenSound } from '../../storage/conversations-types.ts'
import type { StudioTranscriber } from '../studio.ts'
import { MicrophoneEars } from './ears.ts'
import type { TurnSounds } from './keeper.ts'
import { PlayerSink } from './sink.ts'
import { ReplySound, UserSound } from './sound.ts'
import { failureOf } from './talk-view.ts'
import type { TalkMode } from './types.ts'

export interface TalkParts {
  readonly player: SpeakerPlayer
  readonly transcriber: StudioTranscriber
  readonly partner: Partner
  readonly mode: TalkMode
  /** What was said before, when a conversation is gone on with. */
  readonly earlier?: readonly Turn[]
  /** @param partner who answers in the turn that it tells of */
  onEvent(event: DialogueEvent | EventsDropped, partner: Partner): void
}

/** One conversation in this page: the dialogue, a microphone that comes and goes, and the sound of both sides. */
export class Talk {
  readonly conversation: Conversation
  readonly #player: SpeakerPlayer
  readonly #ears: MicrophoneEars
  readonly #user = new UserSound(HEARING_RATE)
  readonly #replies = new ReplySound()
  #partner: Partner
  /** Who answers in this turn, once he began to. */
  #speaker: Partner | undefined
  #microphone: Microphone | undefined
  #closed = false

  static async open(parts: TalkParts): Promise<Talk> {
    const talk = new Talk(parts, await loadSegmenter())
    await parts.player.listenIn((samples, sampleRate) => talk.#ears.played(samples, sampleRate))
    return talk
  }

  private constructor(
    { player, transcriber, partner, mode, earlier = [], onEvent }: TalkParts,
    segmenter: Awaited<ReturnType<typeof loadSegmenter>>,
  ) {
    this.#player = player
    this.#partner = partner
    this.#ears = new MicrophoneEars(transcriber, {
      lang: () => this.#partner.lang,
      hear: event => this.conversation.hear(event),
      taken: samples => this.#user.append(samples),
      failed: error => {
        // Whatever is going on: it was not the answer.
        this.conversation.fail(failureOf('hearing', errorData(error)))
        void this.closeMicrophone()
      },
    })
    this.conversation = new Conversation({
      sink: new PlayerSink(player, this.#replies),
      ears: this.#ears,
      clock: systemClock,
      segmenter,
      partner,
      options: { earlier },
    })
    this.mode = mode
    void this.#read(onEvent)
  }

  get microphone(): Microphone | undefined {
    return this.#microphone
  }

  /** Whoever takes the floor in another way from now on has let go of the key. */
  set mode(mode: TalkMode) {
    this.conversation.releaseKey()
    this.conversation.mode = mode === 'hands-free' ? 'hands-free' : 'push-to-talk'
  }

  /** From the next reply on. */
  set partner(partner: Partner) {
    this.#partner = partner
    this.conversation.partner = partner
  }

  /** Listens to it from now on. A talk that was closed meanwhile closes it. */
  async listenTo(microphone: Microphone): Promise<void> {
    await this.closeMicrophone()
    if (this.#closed) return microphone.close()
    this.#microphone = microphone
    this.#ears.start(microphone)
  }

  /** What was said until now is still heard to its end, and is the whole turn. */
  async closeMicrophone(): Promise<void> {
    const microphone = this.#microphone
    this.#microphone = undefined
    const { state } = this.conversation
    if (state === 'idle') this.#ears.close()
    if (microphone && state === 'recording') {
      // No silence will end it any more: as though a key had been held, and went up.
      this.conversation.pressKey()
      this.conversation.releaseKey()
    }
    await microphone?.close()
  }

  /** What one side of a turn of this talk sounded like; empty when it is not kept, or was only to be read. */
  soundOf(turn: Turn, side: 'user' | 'reply'): SpokenSound {
    if (side === 'reply') return audible(this.#replies.of(turn.reply?.segments ?? []))
    const { start, end } = turn.user ?? {}
    return start === undefined || end === undefined
      ? { samples: new Float32Array(0), sampleRate: HEARING_RATE }
      : this.#user.slice(start, end)
  }

  /** Both, where there was anything to hear. */
  soundsOf(turn: Turn): TurnSounds {
    const sides = (['user', 'reply'] as const).map(side => [side, this.soundOf(turn, side)] as const)
    return Object.fromEntries(sides.filter(([, { samples }]) => samples.length > 0))
  }

  async close(): Promise<void> {
    this.#closed = true
    this.conversation.close()
    this.#ears.close()
    await this.closeMicrophone()
    await this.#player.close()
  }

  async #read(onEvent: TalkParts['onEvent']): Promise<void> {
    for await (const event of this.conversation.events()) {
      if (beginsReply(event)) this.#speaker = this.#partner
      onEvent(event, this.#speaker ?? this.#partner)
      if (event.type === 'TurnComplete') this.#speaker = undefined
    }
  }
}

const audible = (sound: SpokenSound): SpokenSound =>
  sound.samples.some(sample => sample !== 0) ? sound : { ...sound, samples: new Float32Array(0) }

/** A greeting is spoken at once; what is answered is told of. */
const beginsReply = (event: DialogueEvent | EventsDropped): boolean =>
  event.type === 'ReplyStarted' ||
  (event.type === 'StateChanged' && event.from === 'idle' && event.state === 'synthesizing')
