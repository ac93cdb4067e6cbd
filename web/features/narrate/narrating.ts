import type { Place } from '../../ui/text/places.ts'
import type { Script, ScriptSentence } from './script.ts'

/** Letters that a voice reads in a second at its own pace: for lengths that are not known yet. */
const LETTERS_A_SECOND = 14.5

/** Seconds that a sentence will take, guessed from its text until it is rendered. */
export function guessSeconds({ segment }: ScriptSentence): number {
  return segment.text.length / LETTERS_A_SECOND / segment.speed + segment.pauseAfter
}

/** Sentences of one paragraph, in order; the same array as long as the paragraph does not change. */
export function sentencesOf(script: Script, paragraph: string): readonly ScriptSentence[] {
  return script.reuse.get(paragraph)?.sentences ?? []
}

/** The sentence that a caret stands in or right behind; −1 in an empty paragraph. */
export function sentenceAt(script: Script, { paragraph, offset }: Place): number {
  const found =
    sentencesOf(script, paragraph).findLast(({ from }) => from <= offset) ?? sentencesOf(script, paragraph)[0]
  return found ? script.indexOf(found.id) : -1
}

/** A script's sentences on one clock: known lengths where there are some, guesses elsewhere. Seconds. */
export interface Timeline {
  readonly total: number
  /** Of sound that is there. */
  readonly rendered: number
  startOf(sentence: number): number
  /** The sentence that sounds at `seconds`, and how far into it. −1 when there is none. */
  at(seconds: number): { sentence: number; into: number }
}

export function createTimeline(script: Script, duration: (sentence: ScriptSentence) => number | undefined): Timeline {
  const { sentences } = script
  const starts = new Float64Array(sentences.length + 1)
  let rendered = 0
  for (const [index, sentence] of sentences.entries()) {
    const known = duration(sentence)
    const length = known === undefined ? guessSeconds(sentence) : known + sentence.segment.pauseAfter
    if (known !== undefined) rendered += length
    starts[index + 1] = starts[index]! + length
  }
  return {
    total: starts[sentences.length]!,
    rendered,
    startOf: sentence => starts[Math.max(0, Math.min(sentence, sentences.length))]!,
    at(seconds) {
      let low = 0
      let high = sentences.length - 1
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if (starts[middle]! <= seconds) low = middle
        else high = middle - 1
      }
      return { sentence: high < 0 ? -1 : low, into: Math.max(0, seconds - starts[low]!) }
    },
  }
}
