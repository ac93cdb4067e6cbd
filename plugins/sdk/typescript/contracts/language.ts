import { ContractError } from './errors.ts'
import { untilStop } from './stop-sequences.ts'
import type { CallRun, Message, Methods, Sampling } from './types.ts'

/** A language model, or a server of several, in the two things that it can do. */
export interface LanguageServer {
  models(run: CallRun): Promise<readonly string[]>
  /** The reply in pieces as they come. Leaving the loop ends the work. Stop sequences are seen to by the caller. */
  reply(messages: readonly Message[], sampling: Sampling, run: CallRun): AsyncIterable<string>
}

/** The four methods of the contract `llm`. A text to go on with is given as a message of the user. */
export function languageMethods(server: LanguageServer): Required<Methods['llm']> {
  async function* reply(messages: readonly Message[], sampling: Sampling, run: CallRun) {
    if (!messages.some(({ role, content }) => role !== 'system' && content.trim() !== '')) {
      throw new ContractError('INVALID_PARAMS', 'There is nothing to answer: the dialogue has no words in it.')
    }
    yield* untilStop(server.reply(messages, sampling, run), sampling.stop_sequences)
  }
  const whole = async (pieces: AsyncIterable<string>) => {
    let said = ''
    for await (const piece of pieces) said += piece
    return said
  }
  const asked = (prompt = ''): readonly Message[] => [{ role: 'user', content: prompt }]
  return {
    complete: ({ prompt, ...sampling }, run) => whole(reply(asked(prompt), sampling, run)),
    chat: ({ messages, ...sampling }, run) => whole(reply(messages, sampling, run)),
    get_models: async (_, run) => (await server.models(run)).map(id => ({ id })),
    async *stream_complete({ prompt, messages, ...sampling }, run) {
      yield* reply(messages ?? asked(prompt), sampling, run)
    },
  }
}
