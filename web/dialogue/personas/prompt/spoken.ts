import type { Lang } from '#protocol/speech.ts'

/** Told to every persona that does not decline it: what reads well sounds wrong. */
export function spokenInstruction(lang: Lang): string {
  return (
    'You are heard, not read: a voice speaks your replies aloud, and what {{user}} says was recognised from speech, so ' +
    `a word may be misheard. Speak ${languageOf(lang)}. Answer in one to three short sentences, as people do when they ` +
    'talk, and stop there. Write plain sentences only: no Markdown, lists, headings, emoji, code or stage directions, ' +
    'and numbers and signs the way they are said.'
  )
}

/** "British English" for `en-gb`; the tag itself where it is none. */
function languageOf(lang: Lang): string {
  try {
    return new Intl.DisplayNames('en', { type: 'language' }).of(lang) ?? lang
  } catch {
    return lang
  }
}
