import type { EngineInfo, Segment } from '#protocol/speech.ts'

/**
 * The name of a segment's sound: SHA-256 over everything that shapes it, and over nothing else. A pause or another
 * sentence's lexicon entry leaves it alone; a word respelled, a voice or the engine's version does not.
 * @returns lower-case hex
 */
export async function segmentKey(segment: Segment, engine: EngineInfo): Promise<string> {
  const total = segment.voice.reduce((sum, { weight }) => sum + weight, 0)
  const voice = segment.voice
    .map(({ id, weight }) => [id, Math.round((weight / total) * 1e4)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const lexicon = segment.lexicon.map(({ word, as, ipa, exactCase }) => [word, as ?? '', ipa ?? '', exactCase ?? false])
  const said = JSON.stringify([engine.id, engine.version, segment.lang, voice, segment.speed, segment.text, lexicon])
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(said))
  return Array.from(new Uint8Array(digest), byte => byte.toString(16).padStart(2, '0')).join('')
}

/** The name of what another voice said in the place of the one that `key` is for. Nothing keeps it from being cleared. */
export const standInKey = (key: string): string => `${key}-in-place`

/** FNV-1a, 32 bits: tells the sentences of one paragraph apart, nothing more. */
export function shortHash(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(36)
}
