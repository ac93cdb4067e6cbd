import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import type { LookupFunction } from 'node:net'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import { productVersion } from '../version.ts'
import { checkAddress, readAddress, shown, type AddressRules, type CheckedAddress } from './address.ts'

/** Times that a host may send us elsewhere. */
export const MAX_REDIRECTS = 5

export interface TransportOptions extends AddressRules {
  readonly signal: AbortSignal
  /** Certificates of a test's own server. */
  readonly ca?: string
}

/** Follows redirects, each checked as the first address was. @throws SeamError refused, offline, not-found */
export async function openAddress(
  address: URL,
  options: TransportOptions,
): Promise<{ readonly answer: IncomingMessage; readonly url: URL }> {
  let url = address
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const answer = await get(await checkAddress(url, options), options)
    const { statusCode = 0, headers } = answer
    if (statusCode === 200) return { answer, url }
    answer.destroy()
    if (![301, 302, 303, 307, 308].includes(statusCode) || !headers.location) throw refusal(url, statusCode)
    url = readAddress(headers.location, url)
  }
  throw new SeamError(
    'refused',
    `${shown(address)} sends us on more than ${MAX_REDIRECTS} times, and was not followed further.`,
  )
}

/** One request, to the addresses that were checked: asking the DNS again could give others. */
function get({ url, addresses }: CheckedAddress, { signal, ca }: TransportOptions): Promise<IncomingMessage> {
  const pinned: LookupFunction = (_host, { all }, callback) => {
    if (all) callback(null, [...addresses])
    else callback(null, addresses[0]!.address, addresses[0]!.family)
  }
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      // No connection of an earlier host is used again.
      agent: new Agent({ keepAlive: false }),
      lookup: pinned,
      signal,
      headers: { 'user-agent': `voxloom/${productVersion()}`, accept: '*/*', 'accept-encoding': 'identity' },
      ...(ca !== undefined && { ca }),
    })
    sent.once('response', resolve)
    sent.once('error', error => reject(networkError(error, url)))
    sent.end()
  })
}

/** What the network says, in words. */
export function networkError(error: unknown, url: URL): SeamError {
  if (error instanceof SeamError) return error
  if (error instanceof Error && error.name === 'AbortError') return toSeamError(error)
  const { code = '', message } = error as NodeJS.ErrnoException
  if (/CERT|SIGNATURE|ISSUER|ALTNAME|SSL|TLS|EPROTO/.test(code)) {
    return new SeamError(
      'refused',
      `${url.host} can’t show that it is ${url.hostname}, and was not used: ${message}.`,
      {
        cause: error,
      },
    )
  }
  return new SeamError(
    'offline',
    `${shown(url)} can’t be reached: ${message}. Check the address, or try again later.`,
    {
      cause: error,
    },
  )
}

function refusal(url: URL, status: number): SeamError {
  if (status === 404 || status === 410) return new SeamError('not-found', `There is no ${shown(url)}.`)
  if (status === 401 || status === 403) {
    return new SeamError('refused', `${url.host} refused ${shown(url)} (HTTP ${status}). It may ask for an account.`)
  }
  return new SeamError('offline', `${url.host} answered ${shown(url)} with HTTP ${status}. Try again later.`)
}
