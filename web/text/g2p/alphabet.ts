// The alphabet of misaki's English lexicons: IPA with one letter for each diphthong and affricate
// (A eɪ, I aɪ, W aʊ, O oʊ, Q əʊ, Y ɔɪ, ʤ dʒ, ʧ tʃ, ᵊ and ᵻ for reduced vowels), ˈ and ˌ before the stressed syllable's vowel.

export const PRIMARY = 'ˈ'
export const SECONDARY = 'ˌ'
const VOWELS = new Set('AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ')
const CONSONANTS = new Set('bdfhjklmnpstvwzðŋɡɹɾʃʒʤʧθT')

/** Every symbol that Kokoro v1.0 has a token for. */
export const KOKORO_SYMBOLS = new Set(
  ';:,.!?—…"()“” \u0303ʣʥʦʨᵝꭧAIOQSTWYᵊabcdefhijklmnopqrstuvwxyzɑɐɒæβɔɕçɖðʤəɚɛɜɟɡɥɨɪʝɯɰŋɳɲɴøɸθœɹɾɻʁɽʂʃʈʧʊʋʌɣɤχʎʒʔˈˌːʰʲ↓→↗↘ᵻ',
)

/** How far to push a word's stress: −2 none, −1 down one, −½ down if it had the main one, ½ at least light, 2 main. */
export type Stress = -2 | -1 | -0.5 | 0.5 | 1 | 2

function isVowel(symbol: string): boolean {
  return VOWELS.has(symbol)
}

/** Whether the first sound is a vowel; undefined when there is no sound. */
export function startsWithVowel(phonemes: string): boolean | undefined {
  for (const symbol of phonemes) {
    if (VOWELS.has(symbol)) return true
    if (CONSONANTS.has(symbol)) return false
  }
  return undefined
}

/** Moves the stress of a word's phonemes up or down. */
export function restress(phonemes: string, stress: Stress | undefined): string {
  if (stress === undefined) return phonemes
  const main = phonemes.includes(PRIMARY)
  const light = phonemes.includes(SECONDARY)
  if (stress === -2) return phonemes.replaceAll(PRIMARY, '').replaceAll(SECONDARY, '')
  if (stress === -1 || (stress === -0.5 && main)) {
    return phonemes.replaceAll(SECONDARY, '').replaceAll(PRIMARY, SECONDARY)
  }
  if (!main && !light && stress > 0) {
    const at = [...phonemes].findIndex(isVowel)
    return at < 0 ? phonemes : phonemes.slice(0, at) + (stress > 1 ? PRIMARY : SECONDARY) + phonemes.slice(at)
  }
  if (stress >= 1 && !main && light) return phonemes.replaceAll(SECONDARY, PRIMARY)
  return phonemes
}

/** How much a word weighs when parts of a compound compete for the main stress. */
export function weight(phonemes: string): number {
  let sum = 0
  for (const symbol of phonemes) sum += 'AIOQWYʤʧ'.includes(symbol) ? 2 : 1
  return sum
}

const FROM_IPA: readonly (readonly [string, string])[] = [
  ['t͡ʃ', 'ʧ'], ['d͡ʒ', 'ʤ'], ['tʃ', 'ʧ'], ['dʒ', 'ʤ'], ['eɪ', 'A'], ['aɪ', 'I'], ['aʊ', 'W'], ['oʊ', 'O'], ['əʊ', 'Q'],
  ['ɔɪ', 'Y'], ['ɝ', 'ɜɹ'], ['ɚ', 'əɹ'], ['g', 'ɡ'], ['ɫ', 'l'], ["'", 'ˈ'], ['əl', 'əl'],
] // prettier-ignore

/** Phonemes as a person writes them, in Kokoro's alphabet: slashes and unknown symbols dropped, diphthongs in one letter. */
export function fromIpa(ipa: string): string {
  let phonemes = ipa
    .normalize('NFC')
    .replace(/^[/[]|[/\]]$/g, '')
    .replace(/\s+/g, ' ')
    .trim()
  for (const [written, symbol] of FROM_IPA) phonemes = phonemes.replaceAll(written, symbol)
  return [...phonemes].filter(symbol => KOKORO_SYMBOLS.has(symbol)).join('')
}
