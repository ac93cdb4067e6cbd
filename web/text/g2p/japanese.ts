import { SeamError } from '#protocol/errors.ts'
import { clean, cleanedOffset, sourceSpan, type Cleaned } from '../normalise/clean.ts'
import type { Skipped, SkipReason } from '../normalise/types.ts'
import { fixedStretches } from './fixed.ts'
import { kanaSounds, numberKana, toHiragana } from './kana.ts'
import type { AnalyseOptions, Analysis, Phonemizer } from './phonemizer.ts'
import { createSpoken } from './spoken.ts'

const KANA = /[ぁ-ゖァ-ヺー]{1,200}/y
const NUMBER = /\d{1,200}/y
const KANJI = /[\p{Script=Han}々〆]+/uy
const MARK = /[。、！？「」『』（）：；・…—〜～.,!?:;()“”"]/uy
const LETTERS = /[\p{L}\p{N}\p{M}]+/uy
const MARKS: Readonly<Record<string, string>> = {
  '。': '.', '、': ',', '！': '!', '？': '?', '「': '“', '」': '”', '『': '“', '』': '”', '（': '(', '）': ')', '：': ':', '；': ';',
  '〜': '—', '～': '—', '・': '',
} // prettier-ignore
/** Words that end in は said as わ wherever they stand. */
const GREETINGS = /(こんにち|こんばん)は/g

/**
 * Japanese written in kana → Kokoro's phonemes. Kanji need a dictionary of readings, which is not part of this: they are
 * left out and reported as skipped, so that the user can add them to the lexicon (`as` in kana, or `ipa`).
 */
export function createJapanese(): Phonemizer {
  return {
    languages: ['ja'],
    analyse(text, options) {
      if (options.lang === 'ja') return analyse(text, options)
      throw new SeamError('unsupported', `This reads Japanese (ja), not “${options.lang}”. Choose another language.`)
    },
  }
}

function analyse(text: string, options: AnalyseOptions): Analysis {
  const cleaned = clean(text)
  const source = cleaned.text
  const skipped: Skipped[] = [...cleaned.skipped]
  const { add, finish } = createSpoken(text, cleaned)
  const given = japaneseFixed(text, options, cleaned)
  let at = 0
  const look = (expression: RegExp) => {
    expression.lastIndex = at
    return expression.exec(source)?.[0]
  }
  while (at < source.length) {
    while (given[0] && given[0].end <= at) given.shift()
    const stop = given[0]
    if (stop && stop.start <= at) {
      const sounds = stop.ipa ?? kanaSounds(stop.as ?? '')
      add(at, stop.end, stop.as ?? source.slice(at, stop.end), sounds, stop.by === 'mark' ? 'mark' : 'user')
      at = stop.end
      continue
    }
    const limit = (run: string) => (stop ? run.slice(0, Math.max(1, stop.start - at)) : run)
    const skip = (run: string, reason: SkipReason) => {
      skipped.push({ ...sourceSpan(cleaned, at, at + run.length), reason })
      at += run.length
    }
    const kana = look(KANA)
    const mark = kana === undefined ? look(MARK) : undefined
    const number = look(NUMBER)
    const kanji = look(KANJI)
    const letters = look(LETTERS)
    if (kana !== undefined) {
      const run = limit(kana)
      const reading = withParticles(toHiragana(run))
      add(at, at + run.length, run, kanaSounds(reading), 'lexicon')
      at += run.length
    } else if (number !== undefined) {
      const run = limit(number)
      const reading = numberKana(run)
      add(at, at + run.length, reading, kanaSounds(reading), 'rule')
      at += run.length
    } else if (mark !== undefined) {
      const sign = MARKS[mark] ?? mark
      if (sign !== '') add(at, at + mark.length, sign, sign, 'punctuation')
      at += mark.length
    } else if (kanji !== undefined) skip(limit(kanji), 'kanji')
    else if (letters !== undefined) skip(limit(letters), 'script')
    else at++
  }
  return finish(skipped)
}

/** The topic particle は and the direction へ close a run of kana: わたしは, がっこうへ. */
function withParticles(hiragana: string): string {
  const run = hiragana.replace(GREETINGS, '$1わ')
  return run.length > 1 && !/^.は$|^はは$/.test(run) ? run.replace(/は$/, 'わ').replace(/へ$/, 'え') : run
}

function japaneseFixed(text: string, options: AnalyseOptions, cleaned: Cleaned) {
  // Words are not set apart by spaces, so a listed word may stand anywhere.
  const overrides = fixedStretches(text, { lang: 'ja', overrides: options.overrides ?? [] })
  const listed = (options.lexicon ?? []).filter(entry => entry.word !== '' && (entry.as ?? entry.ipa ?? '') !== '')
  const found = listed
    .toSorted((a, b) => b.word.length - a.word.length)
    .flatMap(entry => {
      const places: { from: number; to: number; by: 'lexicon'; as?: string; ipa?: string }[] = []
      for (let from = text.indexOf(entry.word); from >= 0; from = text.indexOf(entry.word, from + entry.word.length)) {
        const span = { from, to: from + entry.word.length, by: 'lexicon' } as const
        places.push(entry.ipa === undefined ? { ...span, as: entry.as ?? '' } : { ...span, ipa: entry.ipa })
      }
      return places
    })
  const taken: ((typeof found)[number] | (typeof overrides)[number])[] = []
  for (const item of [...overrides, ...found]) {
    if (!taken.some(other => item.from < other.to && other.from < item.to)) taken.push(item)
  }
  return taken
    .sort((a, b) => a.from - b.from)
    .map(item => ({ ...item, start: cleanedOffset(cleaned, item.from), end: cleanedOffset(cleaned, item.to) }))
}
