import { SeamError } from '#protocol/errors.ts'
import type { Segment, Voice } from '#protocol/speech.ts'

const family = (tag: string) => tag.split('-')[0]

/**
 * Which voice of this page speaks a sentence whose own voice is not there: one of its language, and of the same gender.
 * @param missing the one that is not there, where anything is known of it
 * @throws SeamError not-found
 */
export function nearestTo(
  { lang }: Pick<Segment, 'lang'>,
  missing: Pick<Voice, 'gender'> | undefined,
  voices: readonly Voice[],
): Pick<Segment, 'voice' | 'lang'> {
  const likeness = (each: Voice) =>
    Number(each.lang === lang) * 4 +
    Number(family(each.lang) === family(lang)) * 2 +
    Number(each.gender === missing?.gender)
  const [first, ...others] = voices
  if (!first) throw new SeamError('not-found', 'There is no other voice in this page.')
  const best = others.reduce((best, each) => (likeness(each) > likeness(best) ? each : best), first)
  // A plugin may say “en”; a voice of this page reads it as its own kind of English.
  return { voice: [{ id: best.id, weight: 1 }], lang: family(best.lang) === family(lang) ? best.lang : lang }
}
