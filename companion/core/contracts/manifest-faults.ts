import { z } from 'zod'
import type { JsonSchema } from '#protocol/contracts.ts'
import { rawContractManifest } from '#protocol/contract-manifest.ts'
import { nearest } from '../nearest.ts'
import { schemaAt, shownValue, valueAt, wanted } from './schema-words.ts'

const SCHEMA = z.toJSONSchema(rawContractManifest, { io: 'input' }) as JsonSchema
const KEYS = Object.keys(rawContractManifest.shape)
/** Keys that only people read: a mistyped one does no harm. */
const FOR_PEOPLE: ReadonlySet<string> = new Set(['display_name', 'description', 'author', 'license', 'homepage'])
/** Unknown keys told by name. */
const MAX_NAMED = 10

/** What the keys of the manifest that nobody knows mean: one that is nearly known was meant to be that. */
export function keyFindings(raw: Readonly<Record<string, unknown>>): { faults: string[]; notes: string[] } {
  const faults: string[] = []
  const notes: string[] = []
  const unknown = Object.keys(raw).filter(key => !KEYS.includes(key) && !key.startsWith('$'))
  for (const key of unknown.slice(0, MAX_NAMED)) {
    const name = key.slice(0, 80)
    const meant = nearest(key, KEYS)
    const hint = meant && !(meant in raw) ? ` Did you mean “${meant}”?` : ''
    if (hint === '' || FOR_PEOPLE.has(meant!)) notes.push(`The key “${name}” is unknown, and not used.${hint}`)
    else faults.push(`There is no key “${name}”.${hint}`)
  }
  return { faults, notes }
}

/** A path that stays in the folder on every system. */
export function pathFaults(key: string, path: string): string[] {
  const parts = path.split('/')
  const leaves = /[\\:\0]/.test(path) || parts.some(part => part === '' || part === '.' || part === '..')
  return leaves
    ? [`“${key}” is “${path.slice(0, 80)}”: a path inside the folder is needed, with “/” and without “..”.`]
    : []
}

interface Issue {
  readonly code?: string | undefined
  readonly path: readonly PropertyKey[]
  readonly keys?: readonly string[]
}

/** What a pattern asks for, in words. */
const MEANT: Readonly<Record<string, string>> = {
  name: 'small letters, digits, “-” and “_” are needed, a letter first, at most 64 in all',
  contract: 'small letters, digits and “-” are needed, a letter first: tts, stt, llm',
  platform: 'system and processor are needed: linux-x64, darwin-arm64',
  env: 'the name of a variable is needed',
}

/** One finding of the schema as a sentence. */
export function manifestFault(issue: Issue, raw: unknown): string {
  const [key = ''] = issue.path
  const at = issue.path.map(String).join('.').slice(0, 80)
  if (issue.code === 'unrecognized_keys') {
    const names = (issue.keys ?? []).slice(0, MAX_NAMED).map(name => `“${at}.${name.slice(0, 80)}”`)
    return `There is no key ${names.join(', ')}.`
  }
  const value = valueAt(raw, issue.path)
  if (value === undefined) return `“${at}” is missing.`
  const meant = issue.code === 'invalid_format' ? MEANT[String(key)] : undefined
  return `“${at}” is ${shownValue(value)}: ${meant ?? `it must be ${wanted(schemaAt(SCHEMA, issue.path))}`}.`
}
