import { BE, DETERMINER, DO, HAVE, MODAL, OBJECT_NEXT, PREPOSITION, before, isPossessive, set } from '../sentence.ts'
import { at, near, type WordRule } from './common.ts'

const PAST_TIMES = set(
  'yesterday ago last once earlier previously then had was were did said went came took saw gave told thought knew felt got made sat stood left found wrote became began kept put loved wanted finished bought picked',
)
const HABITS = set(
  'always usually often every sometimes never rarely generally daily nightly weekly normally regularly tomorrow today nowadays',
)

/** "read": past after have, be, he or with a past time; present after to, will, do or with a habit. */
export const read: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  const { word: head, at: headAt } = before(sentence, index)
  if (previous === 'to' || MODAL.has(head) || DO.has(head)) return ''
  if (HAVE.has(head) || BE.has(head) || ['get', 'got', 'having', 'well', 'widely'].includes(previous)) return 'VBN'
  if (DETERMINER.has(previous) || isPossessive(previous) || previous === 'good') return ''
  const auxiliary = at(sentence, headAt - 1)
  if (/^(?:i|you|he|she|it|we|they|who|\p{L}+)$/u.test(head) && (DO.has(auxiliary) || MODAL.has(auxiliary))) return ''
  if (HAVE.has(auxiliary) && head !== 'to') return 'VBN'
  if (previous === '' || /^[,;:—“"(.]$/.test(previous))
    return near(sentence, index, set('i he she they we'), 2) && near(sentence, index, PAST_TIMES) ? 'VBD' : ''
  if (['he', 'she', 'it', 'that', 'which'].includes(head)) return 'VBD'
  if (near(sentence, index, PAST_TIMES)) return 'VBD'
  if (near(sentence, index, HABITS)) return ''
  if (['and', 'or'].includes(previous))
    return sentence.words.slice(0, index).some(word => word.endsWith('ed')) ? 'VBD' : ''
  if (['i', 'we', 'they', 'you', 'who'].includes(head)) return head === 'you' ? '' : 'VBD'
  return /[^s]s$|^(?:people|children|men|women)$/.test(head)
    ? sentence.words.some(word => word.endsWith('ed'))
      ? 'VBD'
      : ''
    : 'VBD'
}

const LEAD_THINGS = set(
  'pipe pipes paint paints poisoning bullet bullets shot acid ore mine mines shield shielding glass crystal sulfate oxide weight weights balloon balloons apron solder content exposure pencil pencils plate plates sheet sheets levels battery batteries',
)
const METALS = set(
  'zinc copper mercury arsenic cadmium tin poison toxic radioactive metal metals metallic molten iron gold silver nickel uranium bismuth',
)
export const lead: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  const next = at(sentence, index + 1)
  if (previous === 'to' || MODAL.has(previous) || DO.has(previous)) return ''
  if (LEAD_THINGS.has(next) || METALS.has(previous) || METALS.has(next)) return 'METAL'
  if (
    [
      'pencil',
      'liquid',
      'heavy',
      'melted',
      'contain',
      'contains',
      'containing',
      'contained',
      'contaminated',
      'solid',
    ].includes(previous)
  )
    return 'METAL'
  if (previous === 'of')
    return /^(?:made|out|full|pounds?|tons?|sheets?|pieces?|lumps?|bars?|ounces?|traces?|amounts?|levels?|grams?)$/.test(
      at(sentence, index - 2),
    )
      ? 'METAL'
      : ''
  if (previous === 'the' && next === 'out' && /^get|got|getting$/.test(at(sentence, index - 2))) return 'METAL'
  if (near(sentence, index, METALS, 6) && !['a', 'an', 'takes', 'take', 'took'].includes(previous)) return 'METAL'
  return ''
}

const CLOSE_AFTER = set(
  'to enough by friend friends relative relatives call shave attention range quarters together proximity look behind calls up-up knit ties family contact eye',
)
/** "close": the adjective next to "to", "very", or before a noun; the verb before an object. */
export const close: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  const next = at(sentence, index + 1)
  if (previous === 'to' || MODAL.has(previous) || DO.has(previous) || previous === 'not')
    return next === 'to' && previous !== 'to' ? '' : 'VERB'
  if (
    /^(?:too|so|very|as|how|that|quite|pretty|really|fairly|uncomfortably|dangerously|extremely|more|stay|stays|stayed|keep|kept|came|come|comes|got|get|getting|stood|stand|standing|sat|sit|live|lived|drew|near|hold|held|a|feel|felt|grew|moved)$/.test(
      previous,
    )
  )
    return ''
  if (BE.has(previous) || CLOSE_AFTER.has(next)) return ''
  if (previous === 'the' || previous === 'its' || previous === 'their')
    return next === 'of' || /^[,.;!?]$|^$/.test(next) ? 'NOUN' : ''
  if (OBJECT_NEXT.has(next) || next === 'down' || next === 'out') return 'VERB'
  if (/^(?:i|you|we|they)$/.test(previous)) return 'VERB'
  if (previous === '' && next !== '') return 'VERB'
  return undefined
}

const LIVE_THINGS = set(
  'music show shows broadcast broadcasts concert concerts performance performances audience audiences stream streams streaming album albums recording recordings coverage event events band bands wire wires ammunition ammo rounds round grenade fire bait animals animal chicken chickens birds fish oak tv television radio version feed chat video footage on-air entertainment theater theatre demonstration demo bands updates update',
)
export const live: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  const next = at(sentence, index + 1)
  if (previous === 'to' || MODAL.has(previous) || DO.has(previous))
    return LIVE_THINGS.has(next) && previous === 'to' ? undefined : 'VERB'
  if (/^(?:all|both|many|some|most|few|several|these|those|which)$/.test(previous) && !LIVE_THINGS.has(next))
    return 'VERB'
  if (LIVE_THINGS.has(next) || DETERMINER.has(previous) || PREPOSITION.has(previous) || isPossessive(previous))
    return 'ADJ'
  if (
    /^(?:go|goes|went|going|gone|broadcast|streamed|perform|performed|performing|played|play|recorded|sing|sang|shown|aired|air|coming|watch|watched)$/.test(
      previous,
    ) ||
    BE.has(previous)
  )
    return 'ADJ'
  return 'VERB'
}
export const lives: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  if (DETERMINER.has(previous) || PREPOSITION.has(previous) || isPossessive(previous)) return 'NOUN'
  if (
    /^(?:save|saved|saving|saves|lost|lose|risk|risked|human|people's|daily|private|personal|past|innocent|nine|cost|claimed|take|took|change|changed|live|lived|ruined|real|other|and|whole|entire)$/.test(
      previous,
    )
  )
    return 'NOUN'
  return 'VERB'
}

/** "use": the noun after its owner or an adjective; the verb elsewhere. */
export const use: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  const { word: head } = before(sentence, index)
  if (previous === 'to' || MODAL.has(head) || DO.has(head))
    return at(sentence, index - 2) === 'put' || at(sentence, index - 3) === 'put' ? 'NOUN' : ''
  if (
    DETERMINER.has(previous) ||
    PREPOSITION.has(previous) ||
    isPossessive(previous) ||
    ['her', 'that'].includes(previous)
  )
    return at(sentence, index - 1) === 'that' && OBJECT_NEXT.has(at(sentence, index + 1)) ? '' : 'NOUN'
  if (/^(?:i|you|we|they|who|and|or|,|people|please|)$/.test(previous))
    return OBJECT_NEXT.has(at(sentence, index + 1)) || previous !== 'and' ? '' : undefined
  if (/^$|^[.,;:!?)]/.test(at(sentence, index + 1)) && previous !== '') return 'NOUN'
  if (at(sentence, index + 1) === 'of') return 'NOUN'
  return undefined
}
export const uses: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  if (
    DETERMINER.has(previous) ||
    PREPOSITION.has(previous) ||
    isPossessive(previous) ||
    at(sentence, index + 1) === 'of' ||
    at(sentence, index + 1) === 'for'
  )
    return 'NOUN'
  return /^(?:he|she|it|who|which|that)$/.test(previous) || OBJECT_NEXT.has(at(sentence, index + 1)) ? '' : undefined
}

/** "used to": a past habit, or being accustomed; not what is used in order to do something. */
export const used: WordRule = (sentence, index) => {
  if (at(sentence, index + 1) !== 'to') return ''
  const { word: head } = before(sentence, index)
  const then = at(sentence, index + 2)
  if (/^(?:get|got|gets|getting|gotten|become|became|grown|grew)$/.test(head)) return 'VBD'
  if (HAVE.has(head)) return ''
  if (BE.has(head)) return then.endsWith('ing') || OBJECT_NEXT.has(then) || DETERMINER.has(then) ? 'VBD' : ''
  return 'VBD'
}
