import { BE, DETERMINER, MODAL, PREPOSITION, isPossessive, set } from '../sentence.ts'
import { at, type WordRule } from './common.ts'

const CLAUSE_NEXT = set(
  "the a an my your our their its his her he she it i you we they there this these those who if when what how not no some any one many most each every all both he's she's it's i'm you're we're they're there's i'll you'll he'll we'll they'll i'd he'd she'd they'd we'd i've you've we've they've",
)
/** "that": stressed when it points at something, light when it only joins two clauses. */
export const that: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  const next = at(sentence, index + 1)
  if (next === '' || /^[,.;:!?…—)”]/.test(next)) return 'DT'
  if (/^(?:so|such|now|provided|except)$/.test(previous)) return ''
  if (previous === '' || /^[,;:—“(…]/.test(previous)) return CLAUSE_NEXT.has(next) && previous !== '' ? '' : 'DT'
  if (
    PREPOSITION.has(previous) ||
    /^(?:to|and|but|or|like|not|all|just|only|do|does|did|doing|then|why)$/.test(previous)
  )
    return CLAUSE_NEXT.has(next) ? '' : 'DT'
  if (/^(?:which|of|way|name|feeling|one|kind|sort)$/.test(next)) return 'DT'
  if (BE.has(previous)) return ''
  if (MODAL.has(previous) || /^(?:if|when|even|what|always|because|although|unless|spare|kill|hit)$/.test(previous))
    return CLAUSE_NEXT.has(next) ? '' : 'DT'
  if (
    /^(?:exactly|at|saw|see|take|took|give|gave|get|got|make|made|keep|want|wanted|use|used|hear|heard|put|buy|bought|leave|left|love|loved|hate|hated|need|needed|watch|read|call|called|remember|about)$/.test(
      previous,
    )
  )
    return CLAUSE_NEXT.has(next) && next !== 'one' ? '' : 'DT'
  return ''
}

/** "that's" is light only after the thing it describes. */
export const thats: WordRule = (sentence, index) =>
  /^$|^[^\p{L}\p{N}]|^(?:and|but|or|so|if|because|maybe|think|guess|say|says|said|now|well|oh|yes|no|then|as|what|like|hope|sure|suppose)$/u.test(
    at(sentence, index - 1),
  )
    ? 'DT'
    : ''

/** Words whose rarer reading needs a determiner before it. */
export const rarelyNoun: WordRule = (sentence, index) =>
  DETERMINER.has(at(sentence, index - 1)) || isPossessive(at(sentence, index - 1)) || at(sentence, index + 1) === 'of'
    ? 'NOUN'
    : ''
export const inside: WordRule = (sentence, index) =>
  DETERMINER.has(at(sentence, index - 1)) && !/^(?:of|$|[.,;:!?])/.test(at(sentence, index + 1)) ? 'ADJ' : ''

export const adjective: WordRule = (sentence, index) =>
  /^(?:by|him|her|his|them|me|us|their)$/.test(at(sentence, index + 1)) ? 'VERB' : ''
export const objects: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  if (
    at(sentence, index + 1) === 'to' &&
    !DETERMINER.has(previous) &&
    !PREPOSITION.has(previous) &&
    !isPossessive(previous)
  )
    return 'VERB'
  if (at(sentence, index) === 'object') return undefined
  return /^(?:he|she|it|who|nobody|somebody|everyone)$/.test(previous) ? 'VERB' : ''
}
