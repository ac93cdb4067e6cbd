import { SeamError } from '#protocol/errors.ts'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

export const MAX_JSON_DEPTH = 32
/** Keys that reach the prototype of whatever they are copied into. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * JSON from outside. @param what for the sentence: "project.json"
 * @throws SeamError bad-input when it isn't JSON, nests deeper than MAX_JSON_DEPTH, or uses a forbidden key
 */
export function parseJson(text: string, what: string): Json {
  // Before parsing: a million brackets would overflow the parser's stack in some browsers.
  if (depthOf(text) > MAX_JSON_DEPTH) throw refusal(what, `nests deeper than ${MAX_JSON_DEPTH} levels`)
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch {
    throw refusal(what, 'is not valid JSON')
  }
  const key = forbiddenKey(value)
  if (key !== undefined) throw refusal(what, `uses the key “${key}”, which no project does`)
  return value
}

/** Brackets open at once, outside strings. */
export function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let quoted = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (quoted) {
      if (code === 0x5c) index++
      else if (code === 0x22) quoted = false
    } else if (code === 0x22) quoted = true
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth)
    else if (code === 0x5d || code === 0x7d) depth--
  }
  return deepest
}

function forbiddenKey(value: Json): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) {
      const found = forbiddenKey(item)
      if (found !== undefined) return found
    }
    return undefined
  }
  for (const [key, item] of Object.entries(value)) {
    const found = FORBIDDEN.has(key) ? key : forbiddenKey(item)
    if (found !== undefined) return found
  }
  return undefined
}

/** The same text for equal values: keys sorted, two spaces, a newline at the end. What is undefined is left out. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (isRecord(item) ? sorted(item) : item), 2) + '\n'
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sorted(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
}

function refusal(what: string, why: string): SeamError {
  return new SeamError('bad-input', `The archive’s ${what} ${why}. Nothing was imported.`)
}
