import { PRIMARY, restress, SECONDARY, weight, type Stress } from './alphabet.ts'
import { toBritish } from './british.ts'
import type { Found, Lexicon, Senses } from './lexicon.ts'
import type { NeuralG2p } from './neural/model.ts'
import type { WordSource } from './phonemizer.ts'
import { EXTRA_SENSES } from './senses.ts'
import { CLITICS, ENDINGS, PREFIXES, stems } from './suffixes.ts'
import { weakForm, type Around } from './weak.ts'

export interface Reading {
  readonly phonemes: string
  readonly source: WordSource
}

/** Words that the speller has read, kept; a book repeats its names. */
const MEMORY = 20_000
/** Capitals up to this many letters are spelled when no list has them. */
const SPELLED_UP_TO = 5

/** Prefixes that another word is spelled like. */
const HYPHENED: Readonly<Record<string, readonly [us: string, gb: string]>> = {
  re: ['ɹˌi', 'ɹˌiː'],
  co: ['kˌO', 'kˌQ'],
  de: ['dˌi', 'dˌiː'],
}

const FRENCH_E: Readonly<Record<string, string>> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ß: 'ss',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
}

/** Reads single words: list, rules, letters, and the speller, in that order. */
export class WordReader {
  readonly lexicon: Lexicon
  readonly #neural: () => NeuralG2p
  readonly #spelled = new Map<string, string>()

  constructor(lexicon: Lexicon, neural: () => NeuralG2p) {
    this.lexicon = lexicon
    this.#neural = neural
  }

  /** The readings of a word by sense, when it has more than one. */
  senses(word: string): Senses | undefined {
    const lower = word.toLowerCase()
    if (lower === "that's") return this.senses('that')
    const found = this.lexicon.find(word) ?? this.lexicon.find(lower)
    const extra = Object.hasOwn(EXTRA_SENSES, lower) ? EXTRA_SENSES[lower] : undefined
    if (!found) return undefined
    if (!extra) return typeof found.entry === 'string' ? undefined : found.entry
    const usual = typeof found.entry === 'string' ? { DEFAULT: found.entry } : found.entry
    const own = this.lexicon.british
      ? Object.fromEntries(
          Object.entries(extra).map(([sense, ps]) => [sense, ps === null ? null : toBritish(ps, lower)]),
        )
      : extra
    return { ...usual, ...own }
  }

  read(text: string, around: Around): Reading {
    const word = text.replaceAll('’', "'")
    const weak = weakForm(around.shouted ? word.toLowerCase() : word, around, this.lexicon)
    if (weak !== undefined && !(around.shouted && word === 'I')) return { phonemes: weak, source: 'lexicon' }
    if (word === 'I') return { phonemes: 'ˌI', source: 'lexicon' }
    if (word.length === 1) return this.#letter(word) ?? this.#spellOut(word)
    const shown = around.shouted && this.#common(word.toLowerCase()) && !this.#acronym(word) ? word.toLowerCase() : word
    return (
      this.#whole(shown, around) ??
      this.#plainLetters(shown, around) ??
      this.#parts(shown, around) ??
      this.#unknown(shown)
    )
  }

  /** Letter by letter, the last one stressed most: "EU". */
  spell(letters: string): string | undefined {
    let phonemes = ''
    for (const letter of letters.toUpperCase()) {
      if (!/\p{L}/u.test(letter)) continue
      const entry = this.lexicon.gold(letter) ?? this.lexicon.gold(plain(letter))
      if (typeof entry !== 'string') return undefined
      phonemes += entry
    }
    if (phonemes === '') return undefined
    const light = phonemes.replaceAll(SECONDARY, '').replaceAll(PRIMARY, SECONDARY)
    const last = light.lastIndexOf(SECONDARY)
    return last < 0 ? light : light.slice(0, last) + PRIMARY + light.slice(last + 1)
  }

  /** A word that the list has in capitals only, or says to spell. */
  #acronym(word: string): boolean {
    const entry = this.lexicon.gold(word)
    return entry !== undefined && this.lexicon.gold(word.toLowerCase()) === undefined
  }

  /** Known in small letters, as it is or in a regular form; or too long for an abbreviation. */
  #common(word: string): boolean {
    const known = (text: string) => this.lexicon.find(text) !== undefined
    return (
      word.length > SPELLED_UP_TO + 2 || known(word) || stems(word).some(({ stem }) => stem.length > 2 && known(stem))
    )
  }

  #letter(letter: string): Reading | undefined {
    const entry = this.lexicon.gold(letter.toUpperCase())
    return typeof entry === 'string' ? { phonemes: entry, source: 'lexicon' } : undefined
  }

  #whole(word: string, around: Around): Reading | undefined {
    const capitals = word === word.toUpperCase() && /\p{Lu}{2}/u.test(word)
    const stress: Stress | undefined = word === word.toLowerCase() ? undefined : capitals ? 2 : 0.5
    const exact = this.#listed(word, stress, around)
    if (exact) return exact
    if (capitals) return this.#capitals(word, stress, around)
    const plural = /^(\p{Lu}{2,})('?s)$/u.exec(word)
    if (plural) {
      const stem = (this.#listed(plural[1] ?? '', 2, around) ?? this.#capitals(plural[1] ?? '', 2, around))?.phonemes
      if (stem !== undefined) return { phonemes: grow(stem, 's', this.lexicon.british), source: 'spelled' }
    }
    const lower = word.toLowerCase()
    const inner = /\p{L}.*\p{Lu}/u.test(word)
    return (
      (inner ? undefined : this.#listed(lower, stress, around)) ??
      this.#regular(inner ? word : lower, word, stress, around)
    )
  }

  /** In the lists, with the sense that the sentence asks for. */
  #listed(word: string, stress: Stress | undefined, around: Around): Reading | undefined {
    const found = this.lexicon.find(word)
    if (!found) return undefined
    const phonemes = this.#pick(word, found, around)
    if (phonemes === null) {
      const letters = this.spell(word)
      return letters === undefined ? undefined : { phonemes: letters, source: 'spelled' }
    }
    return { phonemes: restress(phonemes, stress), source: found.silver ? 'lexicon-silver' : 'lexicon' }
  }

  #pick(word: string, found: Found, around: Around): string | null {
    const { entry } = found
    const senses = around.sense === undefined ? undefined : this.senses(word)
    if (senses && around.sense !== undefined) {
      const sense = senses[around.sense] ?? (/^VB/.test(around.sense) ? senses.VERB : undefined)
      if (sense !== undefined) return sense
    }
    if (typeof entry === 'string') return entry
    if (around.vowelNext === undefined && entry.None !== undefined) return entry.None
    // "US", "IT": letters, unless the whole sentence is in capitals or the word plainly is one.
    if (entry.NOUN === null && !around.shouted && spelledAsNoun(word, around)) return null
    return entry.DEFAULT ?? null
  }

  #capitals(word: string, stress: Stress | undefined, around: Around): Reading | undefined {
    const lower = word.toLowerCase()
    const checked = this.lexicon.gold(lower)
    if (checked !== undefined) return this.#listed(lower, stress, around)
    const letters = word.replace(/[^\p{L}]/gu, '')
    const vowels = /[AEIOUY]/u.test(letters) && /[^AEIOU]/u.test(letters)
    const formed =
      letters.length > 3 && stems(lower).some(({ stem }) => stem.length > 2 && this.lexicon.gold(stem) !== undefined)
    if (formed || (letters.length > SPELLED_UP_TO && vowels)) {
      return this.#listed(lower, stress, around) ?? this.#regular(lower, word, stress, around)
    }
    if (/[-']/.test(word)) return undefined
    const phonemes = this.spell(word)
    return phonemes === undefined ? undefined : { phonemes, source: 'spelled' }
  }

  /** Regular forms of a listed word, and listed words with a clitic. */
  #regular(word: string, shown: string, stress: Stress | undefined, around: Around): Reading | undefined {
    for (const { stem, grow: add } of stems(word)) {
      // A past or an -ing form is a verb's.
      const inner: Around =
        /(?:ed|ing)$/.test(word) && around.sense === undefined ? { ...around, sense: 'VERB', vowelNext: false } : around
      const base = shown === word ? stem : shown.slice(0, Math.min(stem.length, shown.length))
      const found =
        (base.toLowerCase() === stem ? this.#listed(base, stress, inner) : undefined) ??
        this.#listed(stem, stress, inner)
      if (found) return { phonemes: add(found.phonemes, this.lexicon.british), source: 'rule' }
      if (word.includes("'") && stem.length > 1 && !/in'$/.test(word)) {
        const host = this.read(base, { ...around, vowelNext: false, sense: undefined })
        return {
          phonemes: add(host.phonemes, this.lexicon.british),
          source: host.source === 'lexicon' ? 'rule' : host.source,
        }
      }
    }
    for (const { ending, us, gb } of CLITICS) {
      if (!word.endsWith(ending) || word.length === ending.length) continue
      const host = this.read(shown.slice(0, -ending.length), { ...around, vowelNext: false, sense: undefined })
      const tail = this.lexicon.british ? gb : us
      const clash = tail === 'd' && /[dt]$/.test(host.phonemes) ? 'əd' : tail
      return { phonemes: host.phonemes + clash, source: 'rule' }
    }
    return undefined
  }

  /** The same word without its accents, or with a letter that was drawn out: café, sooo. */
  #plainLetters(word: string, around: Around): Reading | undefined {
    const bare = plain(word)
    if (bare !== word) {
      const found = this.#whole(bare, around)
      if (found) return { ...found, source: found.source === 'lexicon' ? 'rule' : found.source }
    }
    if (!/(\p{L})\1\1/iu.test(bare)) return undefined
    for (const kept of ['$1$1', '$1']) {
      const short = bare.replace(/(\p{L})\1{2,}/giu, kept)
      const found = this.#whole(short, around)
      if (found) return { ...found, source: 'rule' }
    }
    return undefined
  }

  /** Compounds: hyphens, inner capitals, a prefix or ending on a listed word, two listed words. */
  #parts(word: string, around: Around): Reading | undefined {
    const pieces = word
      .replace(/(\p{Ll})(\p{Lu})/gu, '$1-$2')
      .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1-$2')
      .split('-')
      .filter(piece => piece !== '')
    if (pieces.length > 1) {
      const readings = pieces.map((piece, index) => {
        const prefix =
          index < pieces.length - 1 ? HYPHENED[piece.toLowerCase()]?.[this.lexicon.british ? 1 : 0] : undefined
        if (prefix !== undefined) return { phonemes: prefix }
        return this.read(piece, {
          ...around,
          sense: undefined,
          vowelNext: index === pieces.length - 1 ? around.vowelNext : false,
          glued: false,
        })
      })
      return {
        phonemes: joined(
          readings.map(reading => reading.phonemes),
          pieces,
        ),
        source: 'rule',
      }
    }
    const lower = plain(word).toLowerCase()
    return this.#affixed(lower) ?? this.#twoWords(lower)
  }

  #affixed(word: string): Reading | undefined {
    const accent = this.lexicon.british ? 1 : 0
    for (const [prefix, sound] of Object.entries(PREFIXES)) {
      const rest = word.slice(prefix.length)
      if (!word.startsWith(prefix) || rest.length < 4) continue
      const base = this.#plainGold(rest)
      if (base !== undefined) return { phonemes: sound[accent] + base, source: 'rule' }
    }
    for (const [ending, sound] of Object.entries(ENDINGS)) {
      const rest = word.slice(0, -ending.length)
      if (!word.endsWith(ending) || rest.length < 4 || ending === 'man' || ending.startsWith('er')) continue
      const base = this.#plainGold(rest) ?? (ending === 'able' ? this.#plainGold(`${rest}e`) : undefined)
      if (base !== undefined) return { phonemes: base + sound[accent], source: 'rule' }
    }
    return undefined
  }

  #twoWords(word: string): Reading | undefined {
    for (let at = word.length - 4; at >= 4; at--) {
      const first = this.#plainGold(word.slice(0, at))
      const second = first === undefined ? undefined : this.#plainGold(word.slice(at))
      if (first !== undefined && second !== undefined)
        return { phonemes: first + restress(second, -0.5), source: 'rule' }
    }
    return undefined
  }

  #plainGold(word: string): string | undefined {
    const entry = this.lexicon.gold(word)
    if (entry !== undefined) return typeof entry === 'string' ? entry : (entry.DEFAULT ?? undefined)
    for (const { stem, grow: add } of stems(word)) {
      const base = this.lexicon.gold(stem)
      if (typeof base === 'string') return add(base, this.lexicon.british)
    }
    return undefined
  }

  #unknown(word: string): Reading {
    const bare = plain(word)
    if (bare.length <= SPELLED_UP_TO && !/[aeiouy]/i.test(bare)) return this.#spellOut(bare)
    const known = this.#spelled.get(bare)
    if (known !== undefined) return { phonemes: known, source: 'neural' }
    const neural = this.#neural()
    let phonemes = ''
    for (let at = 0; at < bare.length; at += neural.longest)
      phonemes += neural.pronounce(bare.slice(at, at + neural.longest))
    if (phonemes === '') return this.#spellOut(bare)
    phonemes = tidy(phonemes)
    if (this.lexicon.british) phonemes = toBritish(phonemes, bare)
    if (this.#spelled.size >= MEMORY) this.#spelled.clear()
    this.#spelled.set(bare, phonemes)
    return { phonemes, source: 'neural' }
  }

  #spellOut(word: string): Reading {
    return { phonemes: this.spell(word) ?? '', source: 'spelled' }
  }
}

const LETTER_NOUNS = /^(?:US|ID|AD|LA|PA|OS|GI|MI|OD|ISO)$/
const IT_NOUN =
  /^(?:department|support|team|teams|systems|industry|staff|manager|managers|professional|professionals|services|infrastructure|security|specialist|specialists|sector|company|companies|guy|people|department's|consultant|project|projects|director|skills|budget)$/

function spelledAsNoun(word: string, around: Around): boolean {
  if (LETTER_NOUNS.test(word))
    return word !== 'ISO' && !(word === 'US' && /^(?:let|tell|give|join|help)$/.test(around.previous))
  if (word === 'IT') return IT_NOUN.test(around.next)
  return word === 'WHO' && around.previous === 'the'
}

/** Latin letters without their accents. */
function plain(word: string): string {
  if (/^[\u0000-\u007f]*$/.test(word)) return word
  return word
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[æœøßłđðþı]/giu, letter => FRENCH_E[letter.toLowerCase()] ?? letter)
}

function grow(stem: string, ending: 's', british: boolean): string {
  return (stems(`xx${ending}`)[0]?.grow ?? ((phonemes: string) => phonemes))(stem, british)
}

/** The speller sometimes forgets the stress or gives it twice. */
function tidy(phonemes: string): string {
  let seen = false
  let result = ''
  for (const symbol of phonemes) {
    if (symbol === PRIMARY && seen) result += SECONDARY
    else result += symbol
    seen ||= symbol === PRIMARY
  }
  return seen ? result : restress(result, 2)
}

/** One compound from its parts: the lighter parts give up their main stress. */
function joined(parts: readonly string[], pieces: readonly string[]): string {
  const result = [...parts]
  const sounding = result.flatMap((phonemes, index) => (phonemes === '' ? [] : [index]))
  const [first, second] = sounding
  if (sounding.length === 2 && first !== undefined && second !== undefined && pieces[first]?.length === 1) {
    result[second] = restress(result[second] ?? '', -0.5)
    return result.join('')
  }
  const main = sounding.filter(index => result[index]?.includes(PRIMARY))
  if (sounding.length < 2 || main.length <= (sounding.length + 1) >> 1) return result.join('')
  const lightest = [...sounding].sort(
    (a, b) =>
      Number(result[a]?.includes(PRIMARY)) - Number(result[b]?.includes(PRIMARY)) ||
      weight(result[a] ?? '') - weight(result[b] ?? '') ||
      a - b,
  )
  for (const index of lightest.slice(0, sounding.length >> 1)) result[index] = restress(result[index] ?? '', -0.5)
  return result.join('')
}
