import { SeamError } from '#protocol/errors.ts'
import type { Lang } from '#protocol/speech.ts'
import { clean, cleanedOffset, sourceSpan } from '../normalise/clean.ts'
import { WORD_LIMIT, type Skipped, type SkipReason } from '../normalise/types.ts'
import { KOKORO_SYMBOLS } from './alphabet.ts'
import { fixedStretches } from './fixed.ts'
import type { Analysis, Phonemizer, WordSource } from './phonemizer.ts'
import { createSpoken } from './spoken.ts'

/** eSpeak NG, as far as it is needed. It is GPL, thus no part of this code: whoever has it hands it in. */
export interface Espeak {
  /** @returns IPA of one clause: phonemes parted by `_`, words by spaces, pauses as ` | ` */
  phonemise(clause: string, voice: string): string
}

/** The languages beside English and Japanese that Kokoro learnt, through eSpeak, and eSpeak's voice for each. */
export const ESPEAK_VOICES: Readonly<Record<Lang, string>> = {
  es: 'es',
  fr: 'fr',
  hi: 'hi',
  it: 'it',
  'pt-br': 'pt-br',
}

const MARK = /[.,!?;:…—“”"()¡¿–]/u
const MARKS: Readonly<Record<string, string>> = { '–': '—', '¡': '', '¿': '' }
/** Kokoro has one letter for each of these (misaki's alphabet). */
const SINGLE: Readonly<Record<string, string>> = {
  eɪ: 'A', aɪ: 'I', aʊ: 'W', oʊ: 'O', əʊ: 'Q', ɔɪ: 'Y', tʃ: 'ʧ', dʒ: 'ʤ', ts: 'ʦ', dz: 'ʣ', tɕ: 'ʨ', dʑ: 'ʥ',
} // prettier-ignore
/** Of one clause: eSpeak breaks longer ones up in places of its own. */
const CLAUSE_LIMIT = 400

/** One phoneme of eSpeak → Kokoro's alphabet: "ˈeɪ" → "ˈA", "tː" stays, ties and elision signs go. */
function symbolOf(phoneme: string): string {
  const [, stress = '', sound = ''] = /^([ˈˌ]*)(.*)$/u.exec(phoneme.normalize('NFD')) ?? []
  const single = SINGLE[sound.replace(/[ː-]/g, '')]
  const kept = single === undefined ? sound : single + (sound.includes('ː') ? 'ː' : '')
  return [...stress, ...kept.replaceAll('g', 'ɡ')].filter(symbol => KOKORO_SYMBOLS.has(symbol)).join('')
}

/** Words of eSpeak's answer, in Kokoro's alphabet. */
function soundsOf(answer: string): string[] {
  return answer
    .split(/[\s|]+/u)
    .map(word => word.split('_').map(symbolOf).join(''))
    .filter(sounds => sounds !== '')
}

interface Stretch {
  readonly from: number
  readonly to: number
}

/**
 * Spanish, French, Hindi, Italian and Brazilian Portuguese → Kokoro's phonemes. A clause is read as a whole, because
 * words change beside others (liaison, elision); its sounds are then shared out among its words.
 */
export function createEspeakReader(espeak: Espeak): Phonemizer {
  const languages = Object.keys(ESPEAK_VOICES)
  return {
    languages,
    analyse(text, options): Analysis {
      const voice = ESPEAK_VOICES[options.lang]
      if (voice === undefined) {
        throw new SeamError('unsupported', `eSpeak reads ${languages.join(', ')} here, not “${options.lang}”.`)
      }
      const read = (clause: string) => soundsOf(espeak.phonemise(clause, voice))
      const known = options.lang === 'hi' ? /[\p{Script=Devanagari}\p{Script=Latin}]/u : /\p{Script=Latin}/u
      const cleaned = clean(text)
      const source = cleaned.text
      const skipped: Skipped[] = [...cleaned.skipped]
      const spoken = createSpoken(text, cleaned)
      const add = ({ from, to }: Stretch, ...what: [said: string, sounds: string, source: WordSource]) =>
        spoken.add(from, to, ...what)
      const skip = ({ from, to }: Stretch, reason: SkipReason) =>
        skipped.push({ ...sourceSpan(cleaned, from, to), reason })

      let clause: Stretch[] = []
      const flush = () => {
        if (clause.length === 0) return
        const texts = clause.map(({ from, to }) => source.slice(from, to))
        for (const [index, sounds] of shareOut(texts, read).entries()) {
          if (sounds === '') skip(clause[index]!, 'symbol')
          else add(clause[index]!, texts[index]!, sounds, 'rule')
        }
        clause = []
      }

      const given = fixedStretches(text, options).map(item => ({
        ...item,
        start: cleanedOffset(cleaned, item.from),
        end: cleanedOffset(cleaned, item.to),
      }))
      for (let at = 0; at < source.length;) {
        while (given[0] && given[0].end <= at) given.shift()
        const stop = given[0]
        if (stop && stop.start <= at) {
          flush()
          const place = { from: at, to: stop.end }
          const sounds = stop.ipa ?? read(stop.as ?? '').join(' ')
          if (sounds !== '') add(place, stop.as ?? source.slice(at, stop.end), sounds, stop.by === 'mark' ? 'mark' : 'user') // prettier-ignore
          at = stop.end
          continue
        }
        const end = wordEnd(source, at, stop?.start ?? source.length)
        const place = { from: at, to: Math.min(end, at + WORD_LIMIT) }
        const piece = source.slice(at, end)
        if (/^\s/u.test(piece)) {
          at = end
          continue
        }
        if (MARK.test(piece) && !/[\p{L}\p{N}]/u.test(piece)) {
          flush()
          const sign = MARKS[piece] ?? piece
          if (sign !== '') add(place, sign, sign, 'punctuation')
        } else if (/\p{Extended_Pictographic}/u.test(piece) && !/[\p{L}\p{N}]/u.test(piece)) skip(place, 'emoji')
        else if ([...piece.matchAll(/\p{L}/gu)].some(([letter]) => !known.test(letter))) skip(place, 'script')
        else {
          clause.push(place)
          if (place.to < end) skip({ from: place.to, to: end }, 'too-long')
          if (place.to - clause[0]!.from > CLAUSE_LIMIT) flush()
        }
        at = end
      }
      flush()
      return spoken.finish(skipped)
    },
  }
}

/** Where the white space, mark or word that begins at `from` ends. Marks inside figures ("7:30", "1,5") belong to them. */
function wordEnd(source: string, from: number, limit: number): number {
  if (/\s/u.test(source[from]!)) {
    let at = from + 1
    while (at < limit && /\s/u.test(source[at]!)) at++
    return at
  }
  if (MARK.test(source[from]!)) return from + 1
  let at = from + 1
  while (at < limit && !/\s/u.test(source[at]!)) {
    const inFigure = /\d/.test(source[at - 1]!) && /\d/.test(source[at + 1] ?? '')
    if (MARK.test(source[at]!) && !inFigure) break
    at++
  }
  return at
}

/** The sounds of a clause, one entry for each of its words; a word that makes none has an empty one. */
function shareOut(clause: readonly string[], read: (clause: string) => string[]): string[] {
  const sounds = read(clause.join(' '))
  if (sounds.length === clause.length) return sounds
  // A figure is several words, two short words may be one: each word alone tells how many it usually is.
  const counts = clause.map(word => read(word).length)
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return clause.map(() => '')
  let taken = 0
  let before = 0
  return counts.map(count => {
    before += count
    const end = Math.round((before / total) * sounds.length)
    const own = count === 0 ? [] : sounds.slice(taken, Math.max(end, taken))
    if (count > 0) taken = Math.max(end, taken)
    return own.join(' ')
  })
}
