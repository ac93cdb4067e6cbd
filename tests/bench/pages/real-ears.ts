import { openMicrophone } from '../../../web/audio/capture/open.ts'
import { Talk } from '../../../web/features/converse/talk.ts'
import { LEVEL, STORY } from './barge-in.ts'
import { Clock } from './clock.ts'
import { listener } from './listening.ts'
import { decodePcm } from './pcm.ts'
import { partnerOf, promptModel, steadyVoice } from './script.ts'
import { silenceAfter, softerAfter } from './silence.ts'
import { talkPlayer } from './talk.ts'
import { wait } from './turns.ts'

/** A room is never quite silent: loudest sample of its hiss. Speech is louder than this many times that. */
const HISS = 1e-3
const SPEECH = 10

/** Milliseconds from the first sound in the microphone. */
export interface HeardBargeIns {
  readonly ducked: number[]
  readonly silent: number[]
}

/** Somebody breaks into replies by voice: microphone, detector, recogniser and player are those of the page. */
export async function spokenBargeIns(spoken: string, sampleRate: number, count: number): Promise<HeardBargeIns> {
  const transcriber = await listener()
  const player = await talkPlayer()
  const clock = await Clock.behind(player.output)
  const say = microphoneIn(clock)
  let answer = ''
  const talk = await Talk.open({
    player,
    transcriber,
    partner: partnerOf(
      promptModel(() => answer),
      steadyVoice(() => LEVEL),
    ),
    mode: 'hands-free',
    onEvent: () => {},
  })
  const { conversation } = talk
  const times: HeardBargeIns = { ducked: [], silent: [] }
  const samples = decodePcm(spoken)
  try {
    await talk.listenTo(await openMicrophone({ echoCancellation: false, noiseSuppression: false, autoGain: false }))
    await wait(1500)
    for (let n = 0; n < count; n++) {
      conversation.cancel()
      answer = STORY
      conversation.write('Tell me a story.')
      while (conversation.state !== 'playing') await wait(10)
      // What is said next is not answered: it would sound.
      answer = ''
      await wait(400)
      await clock.settled()
      const from = clock.length
      await say(samples, sampleRate)
      // Its last words are still on their way, and must not begin a turn in the next round.
      await wait(1200)
      conversation.cancel()
      await wait(300)
      await clock.settled()
      const onset = from + clock.spoken(from).findIndex(sample => Math.abs(sample) > HISS * SPEECH)
      const since = (frame: number) => ((frame - onset) / clock.context.sampleRate) * 1000
      times.ducked.push(since(softerAfter(clock, onset, LEVEL)))
      times.silent.push(since(silenceAfter(clock, onset)))
    }
    return times
  } finally {
    clock.stop()
    await talk.close()
  }
}

/** Puts a microphone into the page that hears what is said here, and the clock with it. @returns what speaks into it */
function microphoneIn(clock: Clock): (samples: Float32Array<ArrayBuffer>, sampleRate: number) => Promise<void> {
  const { context } = clock
  const mouth = new GainNode(context)
  const device = context.createMediaStreamDestination()
  mouth.connect(device)
  clock.alsoRecord(mouth)
  const hiss = context.createBuffer(1, context.sampleRate, context.sampleRate)
  for (let n = 0; n < hiss.length; n++) hiss.getChannelData(0)[n] = (Math.random() - 0.5) * 2 * HISS
  const room = new AudioBufferSourceNode(context, { buffer: hiss, loop: true })
  room.connect(mouth)
  room.start()
  navigator.mediaDevices.getUserMedia = () => Promise.resolve(device.stream.clone())
  return async (samples, sampleRate) => {
    const buffer = context.createBuffer(1, samples.length, sampleRate)
    buffer.copyToChannel(samples, 0)
    const source = new AudioBufferSourceNode(context, { buffer })
    source.connect(mouth)
    source.start()
    await new Promise(resolve => (source.onended = resolve))
  }
}
