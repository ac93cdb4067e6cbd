import { toSeamError } from '#protocol/errors.ts'
import { contractFailure } from '../../ui/contract-words.ts'
import { failureText, type Translate } from '../../ui/failure.ts'
import { microphoneWords } from '../../ui/microphone-words.ts'

/** Who failed in a talk: what hears the user, what answers, or what speaks. */
export type TalkPart = 'hearing' | 'answer' | 'voice'

/** What an error says of itself, in English; only it can name what a language model's server did not like. */
interface TalkFailure {
  readonly title: string
  readonly text: string
  /** Empty where the words above say it all. */
  readonly detail: string
}

/** What keeps one from talking, in words. */
export function talkWords(error: unknown, t: Translate, locale: string): TalkFailure {
  const microphone = microphoneWords(error, t)
  if (microphone) return { ...microphone, detail: '' }
  const { code, details } = toSeamError(error)
  const { title, text, detail } = failureText(error, t, locale)
  const part = details['part'] ?? (code === 'engine' ? 'begin' : undefined)
  if (part === undefined) return { title, text, detail }
  // What a plugin did is known by its code, in the user's language.
  const why = contractFailure(error, t)?.title
  const what = t(`converse.failure.${part}.text`, {})
  return { title: t(`converse.failure.${part}.title`, {}), text: why ? `${why} ${what}` : what, detail }
}
