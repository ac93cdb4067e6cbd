import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { errorData, SeamError } from '#protocol/errors.ts'
import type { Segment } from '#protocol/speech.ts'
import type { ContractHost } from '../../core/contracts/host.ts'
import { checkModel } from '../../core/openai/models.ts'
import { readVoice } from '../../core/openai/voices.ts'
import { begun } from '../../core/sound/begun.ts'
import { encodeSound, FORMAT_TYPES, SPEECH_FORMATS } from '../../core/sound/encode.ts'
import { spokenSegments } from '../../core/sentences.ts'
import {
  FASTEST,
  SLOWEST,
  SPEECH_MODELS,
  SPEECH_RATE,
  speakText,
  type Speaking,
} from '../../core/speakers/speak-text.ts'
import { bytes } from '../answers.ts'
import { failures, streamedError } from './errors.ts'
import { gone } from './gone.ts'
import type { ModelsHere, OpenAiParts } from './routes.ts'

/** Characters of one request, as OpenAI has it: programs cut their texts to it. */
export const MOST_INPUT = 4096

const speechBody = z
  .object({
    model: z.string().max(256),
    input: z
      .string()
      .min(1)
      .max(MOST_INPUT, {
        error: `at most ${MOST_INPUT} characters: cut the text, or send it to POST /pipeline/run`,
      }),
    voice: z.union([z.string().max(512), z.object({ id: z.string().max(512) })]),
    response_format: z.enum(SPEECH_FORMATS).nullish(),
    speed: z.number().min(SLOWEST).max(FASTEST).nullish(),
    stream_format: z.enum(['audio', 'sse']).nullish(),
    instructions: z.string().max(MOST_INPUT).nullish().meta({ description: 'Read by nobody: the voice takes none.' }),
  })
  .meta({ id: 'CreateSpeech' })

/** `POST /v1/audio/speech`: the sound of a text, sent as it is made. A caller that leaves stops the voice. */
export function speechRoute(app: FastifyInstance, parts: OpenAiParts, models: ModelsHere): void {
  const { speakers, contracts } = parts
  app.withTypeProvider<ZodTypeProvider>().post(
    '/v1/audio/speech',
    {
      schema: {
        operationId: 'createSpeech',
        summary: 'Speak a text, as OpenAI’s clients ask for it',
        tags: ['openai'],
        body: speechBody,
        response: { 200: bytes('The sound, in the type that Content-Type says'), ...failures(400, 404, 413, 415, 422) },
      },
    },
    async ({ body }, reply) => {
      const lights = contracts?.lights() ?? []
      checkModel(body.model, 'speech', lights)
      const wanted = typeof body.voice === 'string' ? body.voice : body.voice.id
      const { voice, lang, plugin } = readVoice(wanted, body.model, lights)
      if (plugin === undefined) await models.need(SPEECH_MODELS)
      const speaking = plugin === undefined ? speakers : byPlugin(contracts!, plugin)
      const format = body.response_format ?? 'mp3'
      const segments = await spokenSegments(body.input, { lang, voice, speed: body.speed ?? 1 })
      const signal = gone(reply)
      const sound = await begun(audible(speakText(speaking, each(segments), signal)))
      if (!sound) throw nothingSpoken()
      const encoded = await begun(encodeSound(sound, { format, rate: SPEECH_RATE, signal }))
      if (!encoded) throw nothingSpoken()
      const isEvents = body.stream_format === 'sse'
      return reply
        .type(isEvents ? 'text/event-stream' : FORMAT_TYPES[format])
        .send(Readable.from(isEvents ? events(encoded) : encoded, { objectMode: false }) as never)
    },
  )
}

/** A plugin speaks one sentence after the other. */
function byPlugin(contracts: ContractHost, name: string): Speaking {
  const speech = contracts.speech(name)
  return {
    options: { speakers: 1 },
    speak: (segment, signal) => speech.speak(each([segment]), signal ? { signal } : {}),
  }
}

const nothingSpoken = () =>
  new SeamError('bad-input', 'Nothing in the text can be spoken: it holds no word that the voice knows.', {
    details: { param: 'input' },
  })

async function* each(segments: readonly Segment[]): AsyncGenerator<Segment> {
  yield* segments
}

/** Without the empty pieces of sentences that hold nothing to be spoken. */
async function* audible(sound: AsyncIterable<Float32Array<ArrayBuffer>>): AsyncGenerator<Float32Array<ArrayBuffer>> {
  for await (const samples of sound) if (samples.length > 0) yield samples
}

/** Server-sent events. Tokens are not counted here: there are none. */
async function* events(sound: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`
  try {
    for await (const piece of sound)
      yield event({ type: 'speech.audio.delta', audio: Buffer.from(piece).toString('base64') })
    yield event({ type: 'speech.audio.done', usage: { input_tokens: 0, output_tokens: 0, total_tokens: 0 } })
  } catch (error) {
    yield event(streamedError(errorData(error)))
  }
}
