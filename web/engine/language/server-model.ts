import { SeamError } from '#protocol/errors.ts'
import type { LanguageModel, LanguageModelHealth, LanguageModelInfo, Message, ReplyRun } from '#protocol/language.ts'
import type { Run } from '#protocol/run.ts'
import { Call } from './call.ts'
import type { Dialect } from './dialect.ts'
import { emptyReply, noModel, notAnApi } from './failures.ts'
import type { HttpResponse, ModelServer } from './http.ts'
import { BETWEEN_TOKENS_PATIENCE, FIRST_TOKEN_PATIENCE, HEALTH_PATIENCE } from './limits.ts'
import { requireDialogue } from './messages.ts'
import { readPieces } from './pieces.ts'
import { ask, askJson } from './request.ts'
import { ThoughtFilter } from './thoughts.ts'

export interface ServerModelOptions {
  readonly info: LanguageModelInfo
  readonly server: ModelServer
  readonly dialect: Dialect
  /** The model's name at the server. */
  readonly model: string
}

/** A language model behind an address. */
export function createServerModel({ info, server, dialect, model }: ServerModelOptions): LanguageModel {
  const models = async (call: Call): Promise<readonly string[]> => {
    const value = await askJson(server, dialect.modelsPath, call)
    const names = dialect.models(value)
    if (!names) throw notAnApi(server, 'something else')
    return names
  }

  async function health(run: Run = {}): Promise<LanguageModelHealth> {
    const call = new Call(run.signal)
    try {
      call.expect(HEALTH_PATIENCE, `${server.name} did not answer within ${HEALTH_PATIENCE / 1000} s.`)
      return { state: 'ready', models: await models(call) }
    } catch (error) {
      return healthOf(error)
    } finally {
      call.close()
    }
  }

  /** The answer, once it begins. A model that is not there is told with those that are. */
  async function open(messages: readonly Message[], run: ReplyRun, call: Call): Promise<HttpResponse> {
    try {
      return await ask(server, dialect.chatPath, call, JSON.stringify(dialect.chat(model, messages, run)))
    } catch (error) {
      if (!(error instanceof SeamError) || error.code !== 'not-found') throw error
      throw noModel(server, model, await models(call).catch(() => undefined))
    }
  }

  async function* reply(messages: readonly Message[], run: ReplyRun = {}): AsyncGenerator<string, void> {
    requireDialogue(messages)
    if (model === '') {
      throw new SeamError('bad-input', `No model of ${server.name} is chosen. Choose one at Settings, Language models.`)
    }
    const call = new Call(run.signal)
    const thoughts = new ThoughtFilter()
    let end: string | undefined
    let hasThought = false
    let isEmpty = true
    // A role without words may come long before the first of them.
    let patience: number = FIRST_TOKEN_PATIENCE
    try {
      call.expect(patience, silence(server, patience))
      const response = await open(messages, run, call)
      for await (const piece of call.each(readPieces(server, dialect, response, call))) {
        call.rest()
        hasThought ||= piece.isThought === true
        if (piece.text !== '' || hasThought) patience = BETWEEN_TOKENS_PATIENCE
        end = piece.end ?? end
        const said = thoughts.push(piece.text)
        if (said !== '') {
          isEmpty = false
          yield said
        }
        call.expect(patience, silence(server, patience))
      }
    } finally {
      call.close()
    }
    const rest = thoughts.end()
    if (rest !== '') yield rest
    else if (isEmpty) throw emptyReply(server, end, hasThought || thoughts.hasThought)
  }

  return { info, health, reply }
}

const silence = ({ name }: ModelServer, milliseconds: number) =>
  `${name} was silent for ${milliseconds / 1000} s, and was not waited for any longer. Try again, or choose a smaller model.`

function healthOf(error: unknown): LanguageModelHealth {
  if (!(error instanceof SeamError)) return { state: 'down', why: 'The server could not be asked.' }
  const { code, message: why, details } = error
  if (code === 'refused') return { state: 'refused', why }
  if (details.status === 503) return { state: 'loading', why }
  return { state: code === 'bad-input' || code === 'not-found' ? 'unsupported' : 'down', why }
}
