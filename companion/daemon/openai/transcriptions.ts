import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { readContractId } from '#protocol/contracts.ts'
import { errorData, SeamError } from '#protocol/errors.ts'
import type { Lang } from '#protocol/speech.ts'
import type { Caption } from '#protocol/transcribe.ts'
import { transcriberOf } from '../../core/contracts/transcriber.ts'
import { heardLang, HEARING_MODEL } from '../../core/listening/open.ts'
import { checkModel } from '../../core/openai/models.ts'
import { deltaOf, TRANSCRIPT_FORMATS, transcriptAs } from '../../core/openai/transcript.ts'
import { begun } from '../../core/sound/begun.ts'
import { MeasuredSound } from '../../core/sound/measured.ts'
import { openSound } from '../../core/sound/open.ts'
import { bytes } from '../answers.ts'
import { failures, streamedError } from './errors.ts'
import { gone } from './gone.ts'
import type { ModelsHere, OpenAiParts } from './routes.ts'
import { withUpload, type Upload } from './upload.ts'

const list = z.union([z.string(), z.array(z.string())]).transform(value => [value].flat())

const fieldsSchema = z.object({
  model: z.string().max(256),
  language: z.string().max(35).optional(),
  response_format: z.enum(TRANSCRIPT_FORMATS).default('json'),
  stream: z.enum(['true', 'false', '1', '0', 'True', 'False']).default('false'),
  timestamp_granularities: list.pipe(z.array(z.enum(['word', 'segment']))).default(['segment']),
})

type Fields = z.infer<typeof fieldsSchema>

/** `POST /v1/audio/transcriptions`: what is said in a sound, at once or sentence by sentence. */
export function transcriptionRoute(app: FastifyInstance, parts: OpenAiParts, models: ModelsHere): void {
  const { contracts } = parts
  app.post(
    '/v1/audio/transcriptions',
    {
      schema: {
        operationId: 'createTranscription',
        summary: 'Transcribe a sound, as OpenAI’s clients ask for it',
        tags: ['openai'],
        response: {
          200: bytes('The transcript, in the type that Content-Type says'),
          ...failures(400, 404, 413, 415, 422, 507),
        },
      },
    },
    (request, reply) =>
      withUpload(request, async ({ path, fields }) => {
        const wanted = readFields(fields)
        checkModel(wanted.model, 'transcription', contracts?.lights() ?? [])
        const plugin = readContractId(wanted.model)?.name
        // What a plugin understands is its own to say.
        const lang = plugin === undefined ? langOf(wanted.language) : wanted.language || undefined
        if (plugin === undefined) await models.need([HEARING_MODEL])
        const transcriber = plugin === undefined ? parts.listeners : transcriberOf(contracts!.recogniser(plugin))
        const signal = gone(reply)
        const sound = await openSound({ path }, signal).catch((error: unknown) => {
          throw unreadable(error, path)
        })
        const told = new MeasuredSound(sound.chunks)
        try {
          const captions = transcriber.transcribe(told, { signal, ...(lang !== undefined && { lang }) })
          const isStream = ['true', '1', 'True'].includes(wanted.stream)
          // Waits until it was sent, or the caller is gone: the file is needed as long.
          if (isStream) return await sendEvents(reply, finals(captions, path))
          const said: Caption[] = []
          for await (const caption of finals(captions, path)) said.push(caption)
          const found = {
            captions: said,
            duration: told.seconds,
            lang: lang ?? transcriber.info.languages[0] ?? '',
          }
          const { type, body } = await transcriptAs(wanted.response_format, found, {
            words: wanted.timestamp_granularities.includes('word'),
            segments: wanted.timestamp_granularities.includes('segment'),
          })
          await reply.type(type).send(body)
        } finally {
          await sound.close()
        }
      }),
  )
}

/** @throws SeamError bad-input, naming the field */
function readFields(fields: Upload['fields']): Fields {
  const parsed = fieldsSchema.safeParse(fields)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const param = String(issue?.path[0] ?? '')
  throw new SeamError('bad-input', `The form can’t be used: “${param}”: ${issue?.message}.`, {
    details: { param, code: 'invalid_value' },
  })
}

function langOf(tag: string | undefined): Lang | undefined {
  if (tag === undefined || tag === '') return undefined
  try {
    return heardLang(tag)
  } catch (error) {
    if (!(error instanceof SeamError)) throw error
    throw new SeamError('bad-input', error.message, {
      details: { param: 'language', code: 'invalid_value' },
      cause: error,
    })
  }
}

/** The caller knows its file by another name than the one that it has here. */
function unreadable(error: unknown, path: string): unknown {
  if (!(error instanceof SeamError)) return error
  return new SeamError(error.code, error.message.replaceAll(path, 'The file'), {
    retryable: error.retryable,
    details: { ...error.details, param: 'file' },
    cause: error,
  })
}

async function* finals(captions: AsyncIterable<Caption>, path: string): AsyncGenerator<Caption> {
  try {
    for await (const caption of captions) if (caption.final && caption.text.trim() !== '') yield caption
  } catch (error) {
    throw error instanceof SeamError && error.code === 'bad-input' ? unreadable(error, path) : error
  }
}

/** Server-sent events. What fails before the first sentence still has a status. */
async function sendEvents(reply: FastifyReply, captions: AsyncIterable<Caption>): Promise<void> {
  const known = await begun(captions)
  await reply.type('text/event-stream').send(Readable.from(events(known ?? []), { objectMode: false }))
}

async function* events(captions: AsyncIterable<Caption> | readonly Caption[]): AsyncGenerator<string> {
  const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`
  let text = ''
  try {
    for await (const caption of captions) {
      const delta = deltaOf(text, caption)
      text += delta
      yield event({ type: 'transcript.text.delta', delta })
    }
    yield event({ type: 'transcript.text.done', text })
  } catch (error) {
    yield event(streamedError(errorData(error)))
  }
}
