import { SeamError } from '#protocol/errors.ts'
import type { ModelServer } from './http.ts'
import type { ToldError } from './words.ts'

/** Model names that a sentence lists. */
export const MOST_LISTED = 12

/** What a server means by its status and its words. @param wait milliseconds that it asks to be left alone */
export function failureOf(server: ModelServer, status: number, told: ToldError | undefined, wait?: number): SeamError {
  const { name, base } = server
  const said = told?.message ? ` It said: “${told.message}”` : ''
  const details = { status, server: name }
  switch (status) {
    case 401:
      return new SeamError('refused', `${name} ${keyTrouble(server)}${said}`, { details })
    case 402:
      return noCredit(name, said, details)
    case 403:
      // Ollama answers so to pages that it does not list.
      return new SeamError('refused', `${name} does not let us in: ${reasonFor403(server)}${said}`, { details })
    case 413:
      return new SeamError('bad-input', `The dialogue is too long for ${name}. Begin a new one.${said}`, { details })
    case 429:
      return told?.kind === 'insufficient_quota' ? noCredit(name, said, details) : busy(name, said, details, wait)
  }
  if (status >= 300 && status < 400) {
    return new SeamError('refused', `${base} sends on to another address, and was not followed.`, { details })
  }
  if (status >= 500) {
    return new SeamError(
      'engine',
      `${name} failed inside (${status}). Try again; nothing of the dialogue is lost.${said}`,
      {
        details,
        retryable: true,
      },
    )
  }
  return new SeamError('bad-input', `${name} did not take the request (${status}).${said}`, { details })
}

const keyTrouble = ({ key }: ModelServer) =>
  key
    ? 'refuses the key that it was given. Put the right one in at Settings, Language models.'
    : 'wants a key, and it has none. Put it in at Settings, Language models.'

const reasonFor403 = ({ key }: ModelServer) =>
  key ? 'the key may not use this model.' : 'it wants a key, or does not allow this page; the companion may ask it.'

type Details = Readonly<Record<string, string | number>>

const noCredit = (name: string, said: string, details: Details) =>
  new SeamError('refused', `The account at ${name} has no credit left.${said}`, { details })

function busy(name: string, said: string, details: Details, wait: number | undefined): SeamError {
  const when = wait === undefined ? 'a little later' : `in ${Math.ceil(wait / 1000)} s`
  return new SeamError('engine', `${name} has too many requests. Try again ${when}.${said}`, {
    details: { ...details, ...(wait === undefined ? {} : { wait: Math.ceil(wait / 1000) }) },
    retryable: true,
  })
}

/** @param models what there is; undefined when that could not be learnt either */
export function noModel({ name, base }: ModelServer, model: string, models: readonly string[] | undefined): SeamError {
  const details = { status: 404, server: name, model }
  if (!models) {
    return new SeamError('not-found', `There is no language model at ${base}. ${ADDRESS_HELP}`, { details })
  }
  const shown = models.slice(0, MOST_LISTED).map(each => `“${each}”`)
  const more = models.length > shown.length ? ` and ${models.length - shown.length} more` : ''
  const there = shown.length === 0 ? 'It has none at all yet.' : `There are ${shown.join(', ')}${more}.`
  return new SeamError('not-found', `${name} has no model “${model}”. ${there}`, { details })
}

const ADDRESS_HELP = 'Look at the address: of most servers it ends in /v1, of Ollama it has no path.'

export function notAnApi({ name, base }: ModelServer, what: string): SeamError {
  return new SeamError('bad-input', `${base} answers with ${what} in place of a reply. ${ADDRESS_HELP}`, {
    details: { server: name },
  })
}

export function nobody({ name, base }: ModelServer, cause: unknown): SeamError {
  return new SeamError('offline', `${name} does not answer at ${base}. Start it, or look at the address.`, {
    cause,
    details: { server: name },
  })
}

/** Not an end: what came before may be half a sentence. */
export function cutOff({ name }: ModelServer, cause?: unknown): SeamError {
  return new SeamError(
    'offline',
    `The connection to ${name} broke off in the middle of the reply. What came is kept.`,
    {
      ...(cause === undefined ? {} : { cause }),
      details: { server: name },
    },
  )
}

/** @param why what the server gave as the reason for its end */
export function emptyReply({ name }: ModelServer, why: string | undefined, hasThought: boolean): SeamError {
  const because =
    why === 'length'
      ? hasThought
        ? 'it was still thinking when the longest length of a reply was reached. Allow more, or use a model that does not think aloud'
        : 'the dialogue fills what it can take in. Begin a new one'
      : why === 'content_filter'
        ? 'its filter held the reply back'
        : 'it gave no reason. Try again'
  return new SeamError('engine', `${name} gave an empty reply: ${because}.`, {
    retryable: why === undefined || why === 'stop',
    details: { server: name },
  })
}
