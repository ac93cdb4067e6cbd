import { SeamError } from '#protocol/errors.ts'
import { isPluginName, isVersion } from './version.ts'

/** What the author of a plugin signs: this archive is this version of this plugin, for this platform. */
export interface Statement {
  readonly id: string
  readonly version: string
  /** `linux-x64` and the like, or `any`. */
  readonly platform: string
  /** Of the archive, lower-case hex. */
  readonly sha256: string
}

/** Characters of the file. */
const MAX_STATEMENT = 4096

const RULES: { readonly [Key in keyof Statement]: (value: string) => boolean } = {
  id: isPluginName,
  platform: value => /^(any|[a-z0-9]+-[a-z0-9]+)$/.test(value) && value.length <= 64,
  sha256: value => /^[0-9a-f]{64}$/.test(value),
  version: isVersion,
}
/** In the order of the canonical form. */
const KEYS = Object.keys(RULES) as (keyof Statement)[]

/**
 * The bytes that are signed: the JSON object with exactly the keys `id`, `platform`, `sha256`, `version`, in this
 * order, without spaces or a line end, in UTF-8. What the values may be leaves nothing to escape, so that any language
 * can write it with a format string.
 */
export function canonicalStatement(statement: Statement): Buffer {
  return Buffer.from(JSON.stringify(Object.fromEntries(KEYS.map(key => [key, statement[key]]))), 'utf8')
}

/** The file may be laid out in any way. @throws SeamError bad-input */
export function readStatement(text: string): Statement {
  if (text.length > MAX_STATEMENT) throw refusal(`it is longer than ${MAX_STATEMENT} characters`)
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    throw refusal('it is not JSON')
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw refusal('it is no JSON object')
  const strange = Object.keys(data).find(key => !Object.hasOwn(RULES, key))
  if (strange !== undefined) throw refusal(`the key “${strange.slice(0, 40)}” has no meaning there`)
  const values = data as Readonly<Record<string, unknown>>
  for (const key of KEYS) {
    const value = values[key]
    if (typeof value !== 'string' || !RULES[key](value)) throw refusal(`“${key}” is missing or not what it should be`)
  }
  return values as unknown as Statement
}

/** @throws SeamError unsupported */
export function checkPlatform({ platform }: Statement, here = `${process.platform}-${process.arch}`): void {
  if (platform === 'any' || platform === here) return
  throw new SeamError(
    'unsupported',
    `The statement is for ${platform}, and this machine is ${here}. Get the archive for it.`,
  )
}

function refusal(why: string): SeamError {
  return new SeamError(
    'bad-input',
    `The statement can’t be used: ${why}. It is written { "id": …, "version": …, "platform": …, "sha256": … }.`,
  )
}
