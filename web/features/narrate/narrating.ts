import type { Script, ScriptSentence } from './script.ts'

/** Letters that a voice reads in a second at its own pace: for lengths that are not known yet. */
const LETTERS_A_SECOND = 14.5

/** Seconds that a sentence will take, guessed from its text until it is rendered. */
export function guessSeconds({ segment }: ScriptSentence): number {
  return segment.text.length / LETTERS_A_SECOND / segment.speed + segment.pauseAfter
}

/** Sentences of one paragraph, in order; empty when it has none. */
export function sentencesOf(script: Script, paragraph: string): readonly ScriptSentence[] {
  return byParagraph(script).get(paragraph) ?? []
}

const grouped = new WeakMap<Script, ReadonlyMap<string, readonly ScriptSentence[]>>()

function byParagraph(script: Script): ReadonlyMap<string, readonly ScriptSentence[]> {
  let known = grouped.get(script)
  if (!known) {
    known = Map.groupBy(script.sentences, ({ paragraph }) => paragraph)
    grouped.set(script, known)
  }
  return known
}
