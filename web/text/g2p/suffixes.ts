/** Vowels after which an American t turns into a flap. */
const BEFORE_FLAP = 'AIOWYiuæɑəɛɪɹʊʌ'

/** The plural, possessive or third person of a word's phonemes. */
export function withS(stem: string, british: boolean): string {
  const last = stem.at(-1) ?? ''
  if ('ptkfθ'.includes(last)) return `${stem}s`
  if ('szʃʒʧʤ'.includes(last)) return `${stem}${british ? 'ɪ' : 'ᵻ'}z`
  return `${stem}z`
}

/** The past of a word's phonemes. */
export function withEd(stem: string, british: boolean): string {
  const last = stem.at(-1) ?? ''
  if (last === 'd') return `${stem}${british ? 'ɪ' : 'ᵻ'}d`
  if (last === 't') {
    if (british) return `${stem}ɪd`
    return stem.length > 1 && BEFORE_FLAP.includes(stem.at(-2) ?? '') ? `${stem.slice(0, -1)}ɾᵻd` : `${stem}ᵻd`
  }
  return 'pkfθʃsʧ'.includes(last) ? `${stem}t` : `${stem}d`
}

/** The -ing form of a word's phonemes. */
export function withIng(stem: string, british: boolean, spelling: string): string {
  if (british && 'əː'.includes(stem.at(-1) ?? '')) return `${stem}${/re?$/.test(spelling) ? 'ɹ' : ''}ɪŋ`
  if (!british && stem.length > 1 && stem.endsWith('t') && BEFORE_FLAP.includes(stem.at(-2) ?? '')) {
    return `${stem.slice(0, -1)}ɾɪŋ`
  }
  return `${stem}ɪŋ`
}

/** A stem to look up, and how its phonemes grow. */
export interface Stemmed {
  readonly stem: string
  readonly grow: (phonemes: string, british: boolean) => string
}

const DOUBLED = /([bcdfgklmnprstvxz])\1$/

/** The stems that a regular form may have, likeliest first. */
export function stems(word: string): Stemmed[] {
  const found: Stemmed[] = []
  const add = (stem: string, grow: Stemmed['grow']) => {
    if (stem.length > 1) found.push({ stem, grow })
  }
  const possessive = /^(.+)'s$/i.exec(word)
  if (possessive) add(possessive[1] ?? '', withS)
  if (/s'$/i.test(word)) add(word.slice(0, -1), same)
  else if (word.endsWith("'"))
    add(/in'$/.test(word) ? `${word.slice(0, -1)}g` : word.slice(0, -1), /in'$/.test(word) ? clippedIng : same)
  if (word.length > 2 && /[^s']s$/.test(word)) add(word.slice(0, -1), withS)
  if (word.length > 4 && word.endsWith('es') && !word.endsWith('ies')) add(word.slice(0, -2), withS)
  if (word.length > 4 && word.endsWith('ies')) add(`${word.slice(0, -3)}y`, withS)
  if (word.length > 3 && /[^d]d$/.test(word) && word.endsWith('ed')) {
    add(word.slice(0, -1), withEd)
    if (word.length > 4 && !word.endsWith('eed')) add(word.slice(0, -2), withEd)
    if (word.endsWith('ied')) add(`${word.slice(0, -3)}y`, withEd)
    if (DOUBLED.test(word.slice(0, -2))) add(word.slice(0, -3), withEd)
  }
  if (word.length > 4 && word.endsWith('ing')) {
    const body = word.slice(0, -3)
    const ing = (spelling: string) => (phonemes: string, british: boolean) => withIng(phonemes, british, spelling)
    if (word.length > 5) add(body, ing(body))
    add(`${body}e`, ing(`${body}e`))
    if (word.length > 5 && DOUBLED.test(body)) add(body.slice(0, -1), ing(body.slice(0, -1)))
    if (word.endsWith('cking')) add(word.slice(0, -4), ing(word.slice(0, -4)))
  }
  return found
}

const same = (phonemes: string) => phonemes
const clippedIng = (phonemes: string) => phonemes.replace(/ŋ$/, 'n')

/** Endings that join any word: how they sound after it. */
export const CLITICS: readonly { readonly ending: string; readonly us: string; readonly gb: string }[] = [
  { ending: "n't", us: 'ᵊnt', gb: 'ᵊnt' },
  { ending: "'re", us: 'əɹ', gb: 'ə' },
  { ending: "'ve", us: 'əv', gb: 'əv' },
  { ending: "'ll", us: 'əl', gb: 'əl' },
  { ending: "'d", us: 'd', gb: 'd' },
  { ending: "'m", us: 'm', gb: 'm' },
  { ending: "'em", us: 'əm', gb: 'əm' },
]

/** Productive prefixes and endings for words whose rest is known: unclickable, voicelessly, blockchain-free. */
export const PREFIXES: Readonly<Record<string, readonly [us: string, gb: string]>> = {
  un: ['ˌʌn', 'ˌʌn'], re: ['ɹi', 'ɹiː'], non: ['nˌɑn', 'nˌɒn'], over: ['ˌOvəɹ', 'ˌQvə'], under: ['ˌʌndəɹ', 'ˌʌndə'], pre: ['pɹˌi', 'pɹˌiː'],
  mis: ['mˌɪs', 'mˌɪs'], out: ['ˌWt', 'ˌWt'], anti: ['ˌænti', 'ˌanti'], super: ['sˌupəɹ', 'sˌuːpə'], semi: ['sˌɛmi', 'sˌɛmi'],
  multi: ['mˌʌlti', 'mˌʌlti'], micro: ['mˌIkɹO', 'mˌIkɹQ'], inter: ['ˌɪntəɹ', 'ˌɪntə'], sub: ['sˌʌb', 'sˌʌb'], counter: ['kˌWntəɹ', 'kˌWntə'],
} // prettier-ignore

export const ENDINGS: Readonly<Record<string, readonly [us: string, gb: string]>> = {
  less: ['ləs', 'ləs'], ness: ['nəs', 'nəs'], ly: ['li', 'li'], like: ['lˌIk', 'lIk'], ment: ['mənt', 'mənt'], ship: ['ʃˌɪp', 'ʃɪp'],
  ful: ['fəl', 'fᵊl'], able: ['əbᵊl', 'əbᵊl'], wise: ['wˌIz', 'wIz'], proof: ['pɹˌuf', 'pɹuːf'], free: ['fɹˌi', 'fɹiː'],
  man: ['mən', 'mən'], er: ['əɹ', 'ə'], ers: ['əɹz', 'əz'],
} // prettier-ignore
