import nlp from 'compromise/two'
import type { Tag } from './sentence.ts'

/** The longest stretch that is tagged at once, in words; a longer sentence is tagged around the word in question. */
const WINDOW = 40

interface Term {
  readonly text: string
  readonly tags: readonly string[]
}

/**
 * Tags the words of a sentence, lower-cost answers first: nothing runs before the first question.
 * @param shown the words and marks with their own case
 */
export function lazyTagger(shown: readonly string[]): (index: number) => Tag | undefined {
  const windows = new Map<number, (Tag | undefined)[]>()
  return index => {
    const start = shown.length <= WINDOW ? 0 : Math.max(0, Math.floor(index / (WINDOW / 2)) * (WINDOW / 2) - WINDOW / 4)
    let tags = windows.get(start)
    if (!tags) {
      tags = tagWords(shown.slice(start, start + WINDOW))
      windows.set(start, tags)
    }
    return tags[index - start]
  }
}

function tagWords(words: readonly string[]): (Tag | undefined)[] {
  let text = ''
  for (const word of words)
    text += (/^[,.;:!?]/.test(word) ? '' : ' ') + (/\p{L}/u.test(word) ? word.slice(0, 40) : word)
  const terms = (nlp(text.trim()).json({ terms: { tags: true } }) as { terms: Term[] }[])
    .flatMap(sentence => sentence.terms)
    .filter(term => term.text !== '')
  const tags: (Tag | undefined)[] = []
  let at = 0
  for (const word of words) {
    if (!/\p{L}/u.test(word)) {
      tags.push(undefined)
      continue
    }
    // Terms come in order; one that does not fit (a split at a slash or hyphen) is stepped over.
    let found = at
    while (found < terms.length && found < at + 4 && !sameWord(terms[found]?.text ?? '', word)) found++
    const term = found < at + 4 ? terms[found] : undefined
    tags.push(term && tagOf(term.tags))
    if (term) at = found + 1
  }
  return tags
}

const bare = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}']/gu, '')
const sameWord = (a: string, b: string) => bare(a) === bare(b)

function tagOf(tags: readonly string[]): Tag {
  if (tags.includes('Participle')) return 'VBN'
  if (tags.includes('PastTense')) return 'VBD'
  if (tags.includes('Verb')) return 'VERB'
  if (tags.includes('Adjective')) return 'ADJ'
  if (tags.includes('Noun')) return 'NOUN'
  return tags.includes('Adverb') ? 'ADV' : 'OTHER'
}
