import {
  BE,
  before,
  DETERMINER,
  DO,
  HAVE,
  isPossessive,
  MODAL,
  OBJECT_NEXT,
  PREPOSITION,
  set,
  type Sentence,
} from './sentence.ts'

/** The sense's name; '' for the usual reading for sure; undefined when this rule cannot tell. */
type WordRule = (sentence: Sentence, index: number) => string | undefined

const at = (sentence: Sentence, index: number) => sentence.words[index] ?? ''
const near = (sentence: Sentence, index: number, words: ReadonlySet<string>, reach = 40) => {
  for (let i = Math.max(0, index - reach); i <= Math.min(sentence.words.length - 1, index + reach); i++) {
    if (i !== index && words.has(at(sentence, i))) return true
  }
  return false
}

const PAST_TIMES = set(
  'yesterday ago last once earlier previously then had was were did said went came took saw gave told thought knew felt got made sat stood left found wrote became began kept put loved wanted finished bought picked',
)
const HABITS = set(
  'always usually often every sometimes never rarely generally daily nightly weekly normally regularly tomorrow today nowadays',
)

/** "read": past after have, be, he or with a past time; present after to, will, do or with a habit. */
const read: WordRule = (sentence, index) => {
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
const lead: WordRule = (sentence, index) => {
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
const close: WordRule = (sentence, index) => {
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
const live: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  const next = at(sentence, index + 1)
  if (previous === 'to' || MODAL.has(previous) || DO.has(previous))
    return LIVE_THINGS.has(next) && previous === 'to' ? undefined : 'VERB'
  if (LIVE_THINGS.has(next) || DETERMINER.has(previous) || isPossessive(previous)) return 'ADJ'
  if (
    /^(?:go|goes|went|going|gone|broadcast|streamed|perform|performed|performing|played|play|recorded|sing|sang|shown|aired|air|coming|watch|watched)$/.test(
      previous,
    ) ||
    BE.has(previous)
  )
    return 'ADJ'
  return 'VERB'
}
const lives: WordRule = (sentence, index) => {
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
const use: WordRule = (sentence, index) => {
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
  if (at(sentence, index + 1) === 'of') return 'NOUN'
  return undefined
}
const uses: WordRule = (sentence, index) => {
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
const used: WordRule = (sentence, index) => {
  if (at(sentence, index + 1) !== 'to') return ''
  const { word: head } = before(sentence, index)
  const then = at(sentence, index + 2)
  if (/^(?:get|got|gets|getting|gotten|become|became|grown|grew)$/.test(head)) return 'VBD'
  if (HAVE.has(head)) return ''
  if (BE.has(head)) return then.endsWith('ing') || OBJECT_NEXT.has(then) || DETERMINER.has(then) ? 'VBD' : ''
  return 'VBD'
}

const FISH = set(
  'sea fishing fish caught catch largemouth smallmouth striped lake river trout salmon perch bait boat grilled fried pond angler hook angling freshwater',
)
const bass: WordRule = (sentence, index) => {
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
const wound: WordRule = (sentence, index) => {
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
const wind: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  const next = at(sentence, index + 1)
  if (previous === 'to' || MODAL.has(previous) || DO.has(previous)) return 'VERB'
  if (DETERMINER.has(previous) || PREPOSITION.has(previous) || isPossessive(previous)) return ''
  if (OBJECT_NEXT.has(next) || /^(?:up|down|around|through|along)$/.test(next))
    return /^(?:strong|cold|and|the|warm|icy|north|south|east|west|high|bitter)$/.test(previous) ? '' : 'VERB'
  return ''
}
const winds: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  if (
    /^(?:through|around|along|up|down|past|its|between)$/.test(at(sentence, index + 1)) &&
    !DETERMINER.has(previous) &&
    !/^(?:strong|high|cold|and|trade)$/.test(previous)
  )
    return 'VERB'
  return previous === 'it' || previous === 'he' || previous === 'she' ? 'VERB' : ''
}
const tear: WordRule = (sentence, index) => {
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
const tears: WordRule = (sentence, index) => {
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
const minute: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  if (MINUTE_THINGS.has(at(sentence, index + 1)) && !/^\d+$|^(?:one|last|ten|five|per|every)$/.test(previous))
    return 'ADJ'
  return /^(?:very|so|extremely|most|incredibly|too|quite)$/.test(previous) ? 'ADJ' : ''
}

const AUXILIARY_DOES = set(
  "not he she it the this that anyone anybody someone everyone so n't a an any his her my your our their one what",
)
const does: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  const next = at(sentence, index + 1)
  if (
    /^(?:the|two|three|four|five|several|some|female|young|many|these|those|bucks|of)$/.test(previous) &&
    !AUXILIARY_DOES.has(next)
  )
    return 'DEER'
  return previous === 'and' && /^(?:bucks|stags|fawns)$/.test(at(sentence, index - 2)) ? 'DEER' : ''
}

/** "content": pleased after be or feel, or before with and to; otherwise what is inside. */
const content: WordRule = (sentence, index) => {
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
const invalid: WordRule = (sentence, index) => {
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

const bow: WordRule = (sentence, index) => {
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
const row: WordRule = (sentence, index) =>
  /^(?:having|had|have|big|blazing|terrible|furious)$/.test(at(sentence, index - 2)) &&
  at(sentence, index - 1) === 'a' &&
  !/^(?:of|in)$/.test(at(sentence, index + 1))
    ? 'QUARREL'
    : ''
const dove: WordRule = (sentence, index) => {
  if (
    /^(?:into|in|off|down|for|under|through|from|headfirst|back|right|straight|behind|deep|to|over|out)$/.test(
      at(sentence, index + 1),
    ) &&
    !DETERMINER.has(at(sentence, index - 1))
  )
    return 'VERB'
  return /^(?:he|she|i|they|we|who|it)$/.test(at(sentence, index - 1)) ? 'VERB' : ''
}
const sow: WordRule = (sentence, index) =>
  DETERMINER.has(at(sentence, index - 1)) || /^(?:pregnant|old|boar|pig|big|fat)$/.test(at(sentence, index - 1))
    ? 'NOUN'
    : ''
const house: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  if (previous === 'to' || MODAL.has(previous) || DO.has(previous))
    return OBJECT_NEXT.has(at(sentence, index + 1)) ||
      previous !== 'to' ||
      /^(?:\p{L}+s|up|all|over|about|more|around|nearly)$/u.test(at(sentence, index + 1))
      ? at(sentence, index + 1) === 'to'
        ? ''
        : 'VERB'
      : ''
  return /^(?:they|we|which|that|buildings|facilities)$/.test(previous) &&
    (OBJECT_NEXT.has(at(sentence, index + 1)) || /\p{L}s$/u.test(at(sentence, index + 1)))
    ? 'VERB'
    : ''
}
const houses: WordRule = (sentence, index) =>
  /^(?:it|which|that|building|museum|center|centre|library|now|also|complex|facility|he|she)$/.test(
    at(sentence, index - 1),
  ) && !PREPOSITION.has(at(sentence, index + 1))
    ? 'VERB'
    : ''

const resume: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  return DETERMINER.has(previous) ||
    isPossessive(previous) ||
    /^(?:her|professional|updated|impressive|strong)$/.test(previous)
    ? 'NOUN'
    : ''
}
const blessed: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  return /^(?:the|this|that|every|whole|our|a|those)$/.test(previous) &&
    !/^(?:by|with|the|him|her|them|,|\.)$/.test(at(sentence, index + 1))
    ? 'ADJ'
    : ''
}
const aged: WordRule = (sentence, index) =>
  /^(?:the|an|his|her|their|my|and|our)$/.test(at(sentence, index - 1)) &&
  !/^(?:\d+|cheese|beef|wine|whiskey|whisky|well|between|over|under|by|in|like|cheddar|steak|oak|rum|vinegar)$/.test(
    at(sentence, index + 1),
  )
    ? 'ADJ'
    : ''
const bases: WordRule = (sentence, index) => {
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
const sewer: WordRule = (sentence, index) =>
  near(sentence, index, set('sewing stitches seams needle thread garments quilter quilts fabric'), 10) ? 'PERSON' : ''
const putting: WordRule = (sentence, index) => (/^(?:green|greens|stroke)$/.test(at(sentence, index + 1)) ? 'GOLF' : '')

/** A town when a capital stands inside the sentence after a word of place. */
const town: WordRule = (sentence, index) =>
  /^\p{Lu}\p{Ll}/u.test(sentence.shown[index] ?? '') &&
  index > 0 &&
  /^(?:in|of|at|from|to|near|through|via|leave|left|visited|visit)$/.test(at(sentence, index - 1))
    ? 'CITY'
    : ''

const learned: WordRule = (sentence, index) => {
  const previous = at(sentence, index - 1)
  if (BE.has(previous) || HAVE.has(previous))
    return /^(?:,|\.|man|and)$/.test(at(sentence, index + 1)) && previous === 'very' ? 'ADJ' : ''
  if (/^(?:a|the|very|most|his|her|our|my|more|these|those)$/.test(previous)) return 'ADJ'
  return ''
}

const CLAUSE_NEXT = set(
  "the a an my your our their its his her he she it i you we they there this these those who if when what how not no some any one many most each every all both he's she's it's i'm you're we're they're there's i'll you'll he'll we'll they'll i'd he'd she'd they'd we'd i've you've we've they've",
)
/** "that": stressed when it points at something, light when it only joins two clauses. */
const that: WordRule = (sentence, index) => {
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
  if (BE.has(previous)) return CLAUSE_NEXT.has(next) ? '' : 'DT'
  if (
    /^(?:at|saw|see|take|took|give|gave|get|got|make|made|keep|want|wanted|use|used|hear|heard|put|buy|bought|leave|left|love|loved|hate|hated|need|needed|watch|read|call|called|remember|about)$/.test(
      previous,
    )
  )
    return CLAUSE_NEXT.has(next) ? '' : 'DT'
  return ''
}

/** "upset", "perfect", "separate" and their like go by their neighbours; these words need rules of their own. */
export const WORD_RULES: Readonly<Record<string, WordRule>> = {
  read, reread: read, lead, close, live, lives, use, uses, used, bass, wound, wind, winds, tear, tears, minute, does, content, invalid,
  bow, row, dove, sow, house, houses, resume, blessed, aged, bases, sewer, putting, that, reading: town, nice: town, mobile: town, learned,
} // prettier-ignore
