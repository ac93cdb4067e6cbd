import { BE, DETERMINER, DO, HAVE, isPossessive, MODAL, OBJECT_NEXT, PREPOSITION, set } from '../sentence.ts'
import { at, near, type WordRule } from './common.ts'

/** "content": pleased after be or feel, or before with and to; otherwise what is inside. */
export const content: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  const next = at(sentence, index + 1)
  if (DETERMINER.has(previous) || isPossessive(previous) || next === 'of') return 'NOUN'
  if (
    /^(?:with|to)$/.test(next) ||
    BE.has(previous) ||
    /^(?:feel|feels|felt|seem|seems|seemed|not|quite|very|perfectly|remain|remained|less|i'm|fully|look|looked|you)$/.test(
      previous,
    )
  )
    return 'ADJ'
  return 'NOUN'
}
export const invalid: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  const next = at(sentence, index + 1)
  if (
    /^(?:an|the|this|that|every|each|poor|bedridden|elderly|old|chronic|helpless|her|his)$/.test(previous) &&
    (next === '' ||
      /^[,.;:!?]$|^(?:in|who|and|was|is|had|has|chair|husband|wife|mother|father|sister|brother|for|since|from|to|son|daughter|aunt|with|on|could|would)$/.test(
        next,
      ))
  )
    return 'NOUN'
  return ''
}

export const bow: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  const next = at(sentence, index + 1)
  if (
    near(sentence, index, set('arrow arrows violin string hair ribbon cross tie archer quiver fiddle cello'), 8) ||
    next === 'tie'
  )
    return ''
  if (near(sentence, index, set('ship boat stern deck starboard bows vessel hull yacht'), 8)) return 'VERB'
  if (
    previous === 'to' ||
    MODAL.has(previous) ||
    DO.has(previous) ||
    /^(?:down|to|before|low|deeply|your|his|her|their|out)$/.test(next)
  )
    return 'VERB'
  if (
    /^(?:took|take|takes|taking|deep|low|slight|polite|final|formal|courtly|little|small|stiff|respectful|gave)$/.test(
      previous,
    ) ||
    (previous === 'a' && /^(?:took|take|with|made|gave)$/.test(at(sentence, index - 2)))
  )
    return 'VERB'
  return undefined
}
export const row: WordRule = (sentence, index) =>
  /^(?:having|had|have|big|blazing|terrible|furious)$/.test(at(sentence, index - 2)) &&
  at(sentence, index - 1) === 'a' &&
  !/^(?:of|in)$/.test(at(sentence, index + 1))
    ? 'QUARREL'
    : ''
export const dove: WordRule = (sentence, index) => {
  if (
    /^(?:into|in|off|down|for|under|through|from|headfirst|back|right|straight|behind|deep|to|over|out)$/.test(
      at(sentence, index + 1),
    ) &&
    !DETERMINER.has(at(sentence, index - 1))
  )
    return 'VERB'
  return /^(?:he|she|i|they|we|who|it)$/.test(at(sentence, index - 1)) ? 'VERB' : ''
}
export const sow: WordRule = (sentence, index) =>
  DETERMINER.has(at(sentence, index - 1)) || /^(?:pregnant|old|boar|pig|big|fat)$/.test(at(sentence, index - 1))
    ? 'NOUN'
    : ''
export const house: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  if (/^(?:them|us|him|everyone|everybody)$/.test(at(sentence, index + 1))) return 'VERB'
  if (previous === 'to' || MODAL.has(previous) || DO.has(previous))
    return OBJECT_NEXT.has(at(sentence, index + 1)) ||
      previous !== 'to' ||
      /^(?:\p{L}+s|up|all|over|about|more|around|nearly)$/u.test(at(sentence, index + 1))
      ? at(sentence, index + 1) === 'to'
        ? ''
        : 'VERB'
      : ''
  return /^(?:they|we|which|that|\p{L}{2,}[^s']s)$/u.test(previous) &&
    (OBJECT_NEXT.has(at(sentence, index + 1)) || /\p{L}s$/u.test(at(sentence, index + 1)))
    ? 'VERB'
    : ''
}
export const houses: WordRule = (sentence, index) =>
  /^(?:it|which|that|building|museum|center|centre|library|now|also|complex|facility|he|she)$/.test(
    at(sentence, index - 1),
  ) && !PREPOSITION.has(at(sentence, index + 1))
    ? 'VERB'
    : ''

export const resume: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  return DETERMINER.has(previous) ||
    isPossessive(previous) ||
    /^(?:her|professional|updated|impressive|strong)$/.test(previous)
    ? 'NOUN'
    : ''
}
export const blessed: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  return /^(?:the|this|that|every|whole|our|a|those)$/.test(previous) &&
    !/^(?:by|with|the|him|her|them|,|\.)$/.test(at(sentence, index + 1))
    ? 'ADJ'
    : ''
}
export const aged: WordRule = (sentence, index) =>
  /^(?:the|an|his|her|their|my|and|our)$/.test(at(sentence, index - 1)) &&
  !/^(?:\d+|cheese|beef|wine|whiskey|whisky|well|between|over|under|by|in|like|cheddar|steak|oak|rum|vinegar)$/.test(
    at(sentence, index + 1),
  )
    ? 'ADJ'
    : ''
export const bases: WordRule = (sentence, index) => {
  if (
    /^(?:military|naval|air|army|all|data|customer|user|loaded|force|missile|enemy|strong|acids|and|purine)$/.test(
      at(sentence, index - 1),
    ) ||
    at(sentence, index + 1) === 'loaded'
  )
    return 'BASE'
  return /^(?:he|she|it)$/.test(at(sentence, index - 1)) ||
    near(sentence, index, set('baseball runner runners acid acids dna nucleotide soldiers inning'), 12)
    ? 'BASE'
    : ''
}
export const sewer: WordRule = (sentence, index) =>
  near(sentence, index, set('sewing stitches seams needle thread garments quilter quilts fabric'), 10) ? 'PERSON' : ''
export const putting: WordRule = (sentence, index) =>
  /^(?:green|greens|stroke)$/.test(at(sentence, index + 1)) ? 'GOLF' : ''

/** A town when a capital stands inside the sentence after a word of place. */
export const town: WordRule = (sentence, index) =>
  /^\p{Lu}\p{Ll}/u.test(sentence.shown[index] ?? '') &&
  index > 0 &&
  /^(?:in|of|at|from|to|near|through|via|leave|left|visited|visit)$/.test(at(sentence, index - 1))
    ? 'CITY'
    : ''

/** "Polish the silver", "Mobile phones": the common word at the head of a sentence. */
export const polish: WordRule = (sentence, index) => (index === 0 && OBJECT_NEXT.has(at(sentence, 1)) ? 'SHINE' : '')
export const mobile: WordRule = (sentence, index) =>
  /^(?:phones?|devices?|homes?|apps?|networks?|data|games?|users?|banking|computing|internet|web|and)$/.test(
    at(sentence, index + 1),
  )
    ? 'MOVING'
    : ''

export const learned: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  if (BE.has(previous) || HAVE.has(previous))
    return /^(?:,|\.|man|and)$/.test(at(sentence, index + 1)) && previous === 'very' ? 'ADJ' : ''
  if (/^(?:a|the|very|most|his|her|our|my|more|these|those)$/.test(previous)) return 'ADJ'
  return ''
}
