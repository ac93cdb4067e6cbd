/** The words of one sentence as rules see them: lower case, marks as themselves. */
export interface Sentence {
  readonly words: readonly string[]
  /** With their own case. */
  readonly shown: readonly string[]
  /** Penn or universal tag of a word by a statistical tagger, asked for only when the rules do not know. */
  tag(index: number): Tag | undefined
}

export type Tag = 'NOUN' | 'VERB' | 'ADJ' | 'ADV' | 'VBD' | 'VBN' | 'OTHER'

export const set = (words: string): ReadonlySet<string> => new Set(words.split(' '))

export const BE = set(
  "is are was were be been being am 's 're 'm isn't aren't wasn't weren't it's that's there's he's she's they're we're you're i'm who's what's",
)
export const HAVE = set(
  "have has had having 've haven't hasn't hadn't i've you've we've they've should've could've would've might've must've who've",
)
export const MODAL = set(
  "will would can could shall should may might must cannot can't won't wouldn't couldn't shouldn't mustn't i'll you'll he'll she'll it'll we'll they'll i'd you'd he'd she'd we'd they'd that'll who'd who'll there'll let's please",
)
export const DO = set("do does did don't doesn't didn't")
export const SUBJECT = set('i you we they who')
export const SINGULAR_SUBJECT = set('he she it')
const ADVERB_BETWEEN = set(
  'not never always often also still just only even usually rarely seldom really actually simply ever already soon sometimes generally typically probably certainly easily quickly slowly fully clearly currently now then finally eventually to',
)
export const DETERMINER = set(
  'the a an my your our their its his this these those some any no every each another either neither whose several many few both all what which such more most one two three four five six seven eight nine ten',
)
export const PREPOSITION = set(
  'of in on at by for with from into onto about over under without within against between among through during before after since than as like per via toward towards upon beyond despite except across behind below above near off until inside outside around along',
)
export const OBJECT_NEXT = set(
  'the a an my your our their its his her him them it us me this these those myself yourself himself herself itself ourselves themselves everyone everything something someone anything anyone nothing',
)

/** The nearest word before `index` that is not an adverb such as "not" or "often"; '' at a mark or the start. */
export function before(sentence: Sentence, index: number): { word: string; at: number } {
  let at = index - 1
  while (at > 0 && ADVERB_BETWEEN.has(sentence.words[at] ?? '') && sentence.words[at] !== 'to') at--
  return { word: sentence.words[at] ?? '', at }
}

/** "children's", "Anna's": a possessor, so a noun follows. */
export function isPossessive(word: string): boolean {
  return (
    /\p{L}(?:'s|s')$/u.test(word) &&
    !BE.has(word) &&
    !/^(?:let|what|who|where|how|here|there|that|it|he|she)'s$/.test(word)
  )
}
