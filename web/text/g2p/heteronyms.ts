import type { Senses } from './lexicon.ts'
import {
  BE, before, DETERMINER, DO, HAVE, isPossessive, MODAL, OBJECT_NEXT, PREPOSITION, set, SINGULAR_SUBJECT, SUBJECT, type Sentence,
} from './sentence.ts' // prettier-ignore
import { WORD_RULES } from './word-rules.ts'

/**
 * Which reading of a word the sentence asks for: the name of one of its senses, or undefined for the usual one.
 * Rules for single words come first, then what the neighbours of any word say, then the tagger.
 */
export function chooseSense(word: string, senses: Senses, sentence: Sentence, index: number): string | undefined {
  const own = Object.hasOwn(WORD_RULES, word) ? WORD_RULES[word] : undefined
  const chosen = own?.(sentence, index)
  if (chosen !== undefined) return chosen === '' ? undefined : chosen
  const nounOrVerb = 'NOUN' in senses || 'VERB' in senses || 'ADJ' in senses || 'ADV' in senses
  if (!nounOrVerb) return undefined
  return byNeighbours(word, sentence, index, senses) ?? byTagger(sentence, index)
}

function byTagger(sentence: Sentence, index: number): string | undefined {
  const tag = sentence.tag(index)
  return tag === 'VBD' || tag === 'VBN' ? 'VERB' : tag === 'OTHER' ? undefined : tag
}

/** After these, "to" is a preposition as often as the mark of an infinitive. */
const TO_NOUN = set(
  'close next due thanks according related access approach similar leads led contrast return key addition subject exposure response reference opposed prior',
)
const NUMBER = set('one two three four five six seven eight nine ten')
const PLURAL_SUBJECT_BREAK = set('and or but , ; : — ( )')

function byNeighbours(word: string, sentence: Sentence, index: number, senses: Senses): string | undefined {
  const { words } = sentence
  const next = words[index + 1] ?? ''
  const previous = words[index - 1] ?? ''
  const { word: head, at } = before(sentence, index)
  const plural = word.endsWith('s') && !word.endsWith('ss')
  if (previous === 'to') return TO_NOUN.has(words[index - 2] ?? '') || plural ? (plural ? 'NOUN' : undefined) : 'VERB'
  if (MODAL.has(head) || DO.has(head) || (head === 'to' && at < index - 1)) return plural ? undefined : 'VERB'
  if (previous === ',' && next === ',') return 'NOUN'
  if (SUBJECT.has(head))
    return plural && head !== 'who' ? undefined : asksQuestion(sentence, at) || !plural ? 'VERB' : undefined
  if (SINGULAR_SUBJECT.has(head) && (plural || questioned(sentence, at))) return 'VERB'
  if (plural && NUMBER.has(previous)) return undefined
  if (DETERMINER.has(previous) || isPossessive(previous)) {
    if ('ADJ' in senses && !plural && isNounNext(sentence, index)) return 'ADJ'
    return 'NOUN'
  }
  if (previous === 'her')
    return OBJECT_NEXT.has(next) ? 'VERB' : 'ADJ' in senses && isNounNext(sentence, index) ? 'ADJ' : 'NOUN'
  if (previous === 'that' && !plural) {
    // "that object" names one; "things that produce heat" acts.
    const actor = words[index - 2] ?? ''
    if (/[^s]s$/.test(actor) && !BE.has(actor) && next !== '' && !PLURAL_SUBJECT_BREAK.has(next)) return 'VERB'
    return PREPOSITION.has(actor) || actor === 'to' || actor === '' ? 'NOUN' : undefined
  }
  if (BE.has(head)) return 'ADJ' in senses ? 'ADJ' : 'NOUN' in senses && 'VERB' in senses ? undefined : 'NOUN'
  if (PREPOSITION.has(previous) && previous !== 'than' && previous !== 'as') return 'NOUN'
  // "often rebel": an adverb of frequency stands before a verb.
  if (!plural && at < index - 1 && /\p{L}/u.test(head) && !BE.has(head)) return 'VERB'
  if (OBJECT_NEXT.has(next) && !PLURAL_SUBJECT_BREAK.has(previous) && previous !== '') return 'VERB'
  if (OBJECT_NEXT.has(next) && previous === '' && !plural) return 'VERB'
  // "rebels rebel against", "muscles contract when": a bare plural acts.
  if (
    !plural &&
    /[^su']s$/.test(previous) &&
    !HAVE.has(previous) &&
    !DO.has(previous) &&
    (PREPOSITION.has(next) || next === 'when' || next === 'if')
  )
    return 'VERB'
  return undefined
}

/** "do you", "can they": the subject stands after its auxiliary. */
function questioned(sentence: Sentence, at: number): boolean {
  const word = sentence.words[at - 1] ?? ''
  return DO.has(word) || MODAL.has(word)
}
function asksQuestion(sentence: Sentence, at: number): boolean {
  return questioned(sentence, at)
}

const NOT_NOUNS = set(
  'and or but is are was were be been has have had will would can could may might must do does did to of in on at by for with from that which who when while if as than then so because about into over under not it he she they we i you , . ; : ! ? — … " ( ) “ ” -',
)
/** Whether the next word can be the noun that an adjective here belongs to. */
function isNounNext(sentence: Sentence, index: number): boolean {
  const next = sentence.words[index + 1]
  return next !== undefined && next !== '...' && !NOT_NOUNS.has(next)
}
