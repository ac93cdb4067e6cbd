import { SeamError } from '#protocol/errors.ts'
import type { LanguagePreset } from '#protocol/language.ts'

/** Names and addresses of this machine and of the network that it is in. */
const NEAR = [
  /^localhost$/,
  /\.(?:localhost|local|lan|home|internal|home\.arpa)$/,
  // All four parts: “10.example.com” is somebody's name.
  /^(?:127|10)(?:\.\d+){3}$/,
  /^192\.168(?:\.\d+){2}$/,
  /^172\.(?:1[6-9]|2\d|3[01])(?:\.\d+){2}$/,
  /^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])(?:\.\d+){2}$/,
  /^\[::1\]$/,
  /^\[f[cd][0-9a-f]{2}:/,
  // A name without a dot is one of the local network.
  /^[^.:[\]]+$/,
]

/** Link-local: what answers there is a cloud's description of the machine, with its secrets. */
const LINK_LOCAL = [/^169\.254\./, /^\[fe[89ab][0-9a-f]:/, /^\[::ffff:a9fe:/]

export const isNear = (host: string): boolean => NEAR.some(pattern => pattern.test(host))

/**
 * What a person typed as the address of a server, as it is kept: with a scheme, with `/v1` where a path is missing and
 * the API has one, without a slash at its end.
 * @param hasKey whether a key is sent there
 * @throws SeamError bad-input, refused
 */
export function readBase(typed: string, preset: LanguagePreset, hasKey = false): string {
  const text = typed.trim()
  const url = parse(text)
  if (!url)
    throw new SeamError('bad-input', `“${text.slice(0, 80)}” is no address. One is like http://localhost:11434.`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new SeamError('bad-input', 'The address must begin with http:// or https://.')
  }
  if (url.username !== '' || url.password !== '') {
    throw new SeamError(
      'bad-input',
      'The address has a name or password in it. Leave them out; a key has its own field.',
    )
  }
  if (url.search !== '' || url.hash !== '') {
    throw new SeamError('bad-input', 'The address has a ? or # in it. Give the address of the API alone.')
  }
  if (LINK_LOCAL.some(pattern => pattern.test(url.hostname))) {
    throw new SeamError('refused', `${url.host} is an address that no server of language models has.`)
  }
  if (hasKey && url.protocol === 'http:' && !isNear(url.hostname)) {
    throw new SeamError('refused', `A key would go to ${url.host} for everybody on the way to read. Use https://.`)
  }
  return url.origin + pathOf(url.pathname, preset)
}

function parse(text: string): URL | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return URL.canParse(text) ? new URL(text) : undefined
  if (text === '' || !URL.canParse(`https://${text}`)) return undefined
  const scheme = isNear(new URL(`https://${text}`).hostname) ? 'http' : 'https'
  return new URL(`${scheme}://${text}`)
}

/** People copy addresses of other pages of a server, too. */
function pathOf(path: string, preset: LanguagePreset): string {
  const bare = path.replace(/\/+$/, '').replace(/\/(?:chat\/completions|models|api\/(?:chat|tags))$/, '')
  if (preset === 'ollama') return bare.replace(/\/(?:api|v1)$/, '')
  return bare === '' ? '/v1' : bare
}
