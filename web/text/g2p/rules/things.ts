import { BE, DETERMINER, DO, HAVE, isPossessive, MODAL, OBJECT_NEXT, PREPOSITION, set } from '../sentence.ts'
import { at, near, type WordRule } from './common.ts'

const FISH = set(
  'sea fishing fish caught catch largemouth smallmouth striped lake river trout salmon perch bait boat grilled fried pond angler hook angling freshwater',
)
export const bass: WordRule = (sentence, index) => {
  if (
    /^(?:guitars?|guitarists?|drums?|players?|lines?|clef|notes?|voice|solos?|clarinet|boost|drop|tones?|frequencies|riffs?|singers?|strings?|amps?|amplifiers?|part|parts)$/.test(
      at(sentence, index + 1),
    )
  )
    return 'ADJ'
  if (
    /^(?:sea|striped|largemouth|smallmouth|fried|grilled|black|rock|stone)$/.test(at(sentence, index - 1)) ||
    at(sentence, index + 1) === 'fishing'
  )
    return ''
  return near(sentence, index, FISH) ? '' : 'ADJ'
}

/** Wound, wind, tear: the verb by its helper or its object. */
export const wound: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  const next = at(sentence, index + 1)
  if (
    DETERMINER.has(previous) ||
    isPossessive(previous) ||
    ['her', 'gunshot', 'head', 'stab', 'flesh', 'bullet', 'open', 'deep', 'fresh', 'exit'].includes(previous)
  )
    return /^(?:around|up|through|tight|tightly)$/.test(next) && previous === 'that' ? 'VBD' : ''
  if (previous === 'to' || MODAL.has(previous) || DO.has(previous)) return ''
  if (
    BE.has(previous) ||
    HAVE.has(previous) ||
    /^(?:around|up|through|down|its|their|his|the|tight|tightly|along|itself|round|across|past)$/.test(next)
  )
    return 'VBD'
  return PREPOSITION.has(previous)
    ? ''
    : /^(?:he|she|it|they|we|i|who|that|which|road|path|river|trail|tightly)$/.test(previous)
      ? 'VBD'
      : undefined
}
export const wind: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  const next = at(sentence, index + 1)
  if (previous === 'to' || MODAL.has(previous) || DO.has(previous)) return 'VERB'
  if (/^(?:your|his|my|their|our|it|them)$/.test(next)) return 'VERB'
  if (DETERMINER.has(previous) || PREPOSITION.has(previous) || isPossessive(previous)) return ''
  if (OBJECT_NEXT.has(next) || /^(?:up|down|around|through|along)$/.test(next))
    return /^(?:strong|cold|and|the|warm|icy|north|south|east|west|high|bitter)$/.test(previous) ? '' : 'VERB'
  return ''
}
export const winds: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  if (
    /^(?:through|around|along|up|down|past|its|between)$/.test(at(sentence, index + 1)) &&
    !DETERMINER.has(previous) &&
    !/^(?:strong|high|cold|and|trade)$/.test(previous)
  )
    return 'VERB'
  return previous === 'it' || previous === 'he' || previous === 'she' ? 'VERB' : ''
}
export const tear: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  const next = at(sentence, index + 1)
  if (previous === 'to' || MODAL.has(previous) || DO.has(previous)) return 'VERB'
  if (
    /^(?:in|along|through|it|down|apart|off|up|out|open|at|them|into|away)$/.test(next) &&
    !(previous === 'a' && next === 'in' && at(sentence, index + 3) === 'eye')
  ) {
    // A tear in a dress is a rip; a tear in an eye is not.
    return next === 'in' && /^(?:eyes?)$/.test(at(sentence, index + 3)) ? '' : 'VERB'
  }
  if (
    /^(?:wear|muscle|ligament|meniscus|tendon|retinal|acl|cuff)$/.test(previous) ||
    (previous === 'and' && at(sentence, index - 2) === 'wear')
  )
    return 'VERB'
  if (OBJECT_NEXT.has(next)) return 'VERB'
  return ''
}
export const tears: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  if (/^(?:he|she|it|who|which|that)$/.test(previous)) return 'VERB'
  return /^(?:apart|through|into|off|up|open|at)$/.test(at(sentence, index + 1)) &&
    !PREPOSITION.has(previous) &&
    !DETERMINER.has(previous)
    ? 'VERB'
    : ''
}

const MINUTE_THINGS = set(
  'chance detail details amount amounts quantity quantities particle particles fraction trace traces difference differences changes size crack cracks scale inspection examination hole holes insects creatures variations quantities pieces specks',
)
export const minute: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  if (MINUTE_THINGS.has(at(sentence, index + 1)) && !/^\d+$|^(?:one|last|ten|five|per|every)$/.test(previous))
    return 'ADJ'
  if (/^(?:are|were)$/.test(previous)) return 'ADJ'
  return /^(?:very|so|extremely|most|incredibly|too|quite)$/.test(previous) ? 'ADJ' : ''
}

const AUXILIARY_DOES = set(
  "not he she it the this that anyone anybody someone everyone so n't a an any his her my your our their one what",
)
export const does: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  const next = at(sentence, index + 1)
  if (
    /^(?:the|two|three|four|five|several|some|female|young|many|these|those|bucks|of)$/.test(previous) &&
    !AUXILIARY_DOES.has(next)
  )
    return 'DEER'
  return previous === 'and' && /^(?:bucks|stags|fawns)$/.test(at(sentence, index - 2)) ? 'DEER' : ''
}
