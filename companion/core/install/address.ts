import { lookup as systemLookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { SeamError } from '#protocol/errors.ts'
import { isPublicAddress } from './ranges.ts'

export interface ResolvedAddress {
  readonly address: string
  readonly family: number
}

/** Every address of a host, as `dns.lookup` with `all` gives them. */
export type Resolve = (host: string) => Promise<readonly ResolvedAddress[]>

/** What a test may change. Whoever installs for a user changes nothing. */
export interface AddressRules {
  readonly resolve?: Resolve
  readonly isAllowed?: (address: string) => boolean
}

/** An address that was checked: connect to one of `addresses`, and to nothing else. */
export interface CheckedAddress {
  readonly url: URL
  readonly addresses: readonly ResolvedAddress[]
}

/** Characters of an address. */
const MAX_URL = 4096

/** Whether this names something on the net rather than a file. `C:\x.zip` is a file. */
export const isAddress = (source: string): boolean => /^[a-z][a-z0-9+.-]+:/i.test(source)

/** @throws SeamError bad-input, refused */
export function readAddress(text: string, base?: URL): URL {
  if (text.length > MAX_URL) throw new SeamError('bad-input', `The address is longer than ${MAX_URL} characters.`)
  if (!URL.canParse(text, base?.href)) throw new SeamError('bad-input', `“${text.slice(0, 200)}” is no address.`)
  const url = new URL(text, base)
  if (url.protocol === 'file:') {
    throw new SeamError('bad-input', 'For an archive on this machine give its path, without “file:”.')
  }
  if (url.protocol !== 'https:') {
    throw new SeamError('refused', `${shown(url)} was not fetched: plugins are fetched over https:// alone.`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new SeamError('refused', 'The address has a name or password in it, and was not used. Leave them out.')
  }
  return url
}

/**
 * Asks for all addresses of the host and refuses it when any of them is not public: this machine, its network and a
 * cloud's metadata answer requests that come from here, and no archive of a stranger may be the reason for one.
 * @throws SeamError refused, offline
 */
export async function checkAddress(url: URL, rules: AddressRules = {}): Promise<CheckedAddress> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const family = isIP(host)
  const addresses = family === 0 ? await resolveHost(host, rules.resolve ?? resolveAll) : [{ address: host, family }]
  const isAllowed = rules.isAllowed ?? isPublicAddress
  const wrong = addresses.find(({ address }) => !isAllowed(address))
  if (wrong) {
    const where = family === 0 ? `${host} leads to ${wrong.address}, which` : `${host}`
    throw new SeamError(
      'refused',
      `${where} is an address of this machine, a private network or another special purpose. Plugins are fetched from public hosts alone; download the archive yourself and name the file.`,
    )
  }
  return { url, addresses }
}

/** The host, without what may be secret behind it. */
export const shown = (url: URL): string => `${url.protocol}//${url.host}${url.pathname}`

const resolveAll: Resolve = host => systemLookup(host, { all: true, verbatim: true })

async function resolveHost(host: string, resolve: Resolve): Promise<readonly ResolvedAddress[]> {
  let found: readonly ResolvedAddress[]
  try {
    found = await resolve(host)
  } catch (cause) {
    throw new SeamError('offline', `The host ${host} was not found. Check the address, and whether you are online.`, {
      cause,
    })
  }
  if (found.length === 0) throw new SeamError('offline', `The host ${host} has no address.`)
  return found
}
