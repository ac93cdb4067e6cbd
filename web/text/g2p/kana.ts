// Kana in the alphabet that Kokoro v1.0's Japanese voices were trained on: ɯ for u, ɨ after sibilants, ʲ for palatals,
// ʔ for the small っ, ɴ and its assimilated forms for ん, ː for length.

/** Onset rows in the order a i u e o; an empty cell has no kana. */
const ROWS: readonly (readonly [kana: string, sounds: string])[] = [
  ['あいうえお', 'a i ɯ e o'], ['かきくけこ', 'ka kʲi kɯ ke ko'], ['がぎぐげご', 'ɡa ɡʲi ɡɯ ɡe ɡo'],
  ['さしすせそ', 'sa ɕi sɨ se so'], ['ざじずぜぞ', 'ʣa ʥi zɨ ʣe ʣo'], ['たちつてと', 'ta ʨi ʦɨ te to'],
  ['だぢづでど', 'da ʥi zɨ de do'], ['なにぬねの', 'na ɲi nɯ ne no'], ['はひふへほ', 'ha çi ɸɯ he ho'],
  ['ばびぶべぼ', 'ba bʲi bɯ be bo'], ['ぱぴぷぺぽ', 'pa pʲi pɯ pe po'], ['まみむめも', 'ma mʲi mɯ me mo'],
  ['やゆよ', 'ja jɯ jo'], ['らりるれろ', 'ɾa ɾʲi ɾɯ ɾe ɾo'], ['わゐゑを', 'βa i e o'], ['ゔ', 'vɯ'], ['ゕゖ', 'ka ke'],
] // prettier-ignore

const SOUNDS = new Map<string, string>(
  ROWS.flatMap(([kana, sounds]) => {
    const list = sounds.split(' ')
    return [...kana].map((letter, index): [string, string] => [letter, list[index] ?? ''])
  }),
)
/** Where a small kana changes more than the vowel of the one before. */
const PAIRS = new Map([
  ['いぇ', 'je'], ['うぃ', 'βi'], ['うぇ', 'βe'], ['うぉ', 'βo'], ['くぁ', 'kᵝa'], ['くぃ', 'kᵝi'], ['くぇ', 'kᵝe'], ['くぉ', 'kᵝo'],
  ['ぐぁ', 'ɡᵝa'], ['つぃ', 'ʦʲi'], ['てぃ', 'tʲi'], ['でぃ', 'dʲi'], ['てゅ', 'tʲɨ'], ['でゅ', 'dʲɨ'], ['ふぃ', 'ɸʲi'], ['ふゅ', 'ɸʲɨ'],
  ['ゔぃ', 'vʲi'], ['ゔゅ', 'bʲɨ'],
]) // prettier-ignore
const SMALL_VOWELS: Readonly<Record<string, string>> = { ぁ: 'a', ぃ: 'i', ぅ: 'ɯ', ぇ: 'e', ぉ: 'o', ゎ: 'βa' }
const SMALL_Y: Readonly<Record<string, string>> = { ゃ: 'a', ゅ: 'ɨ', ょ: 'o' }

/** Katakana as hiragana, one for one. */
export function toHiragana(text: string): string {
  return text.replace(/[ァ-ヶ]/g, letter => String.fromCharCode(letter.charCodeAt(0) - 0x60))
}

/**
 * The sounds of one run of kana. A う after o and an い after e lengthen the vowel, as they nearly always do inside a word.
 * @param kana hiragana or katakana, with ー, っ and ん
 */
export function kanaSounds(kana: string): string {
  const letters = [...toHiragana(kana)]
  let sounds = ''
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at] ?? ''
    const next = letters[at + 1] ?? ''
    if (letter === 'ー') sounds += sounds === '' || sounds.endsWith('ː') ? '' : 'ː'
    else if (letter === 'っ') sounds += next === '' ? '' : 'ʔ'
    else if (letter === 'ん') sounds += nasal(SOUNDS.get(next) ?? '')
    else if ((letter === 'う' && sounds.endsWith('o')) || (letter === 'い' && sounds.endsWith('e'))) {
      if (next in SMALL_VOWELS) sounds += sound(letter, next)
      else sounds += 'ː'
    } else if (next !== '' && (next in SMALL_VOWELS || next in SMALL_Y)) {
      sounds += sound(letter, next)
      at++
    } else
      sounds += SOUNDS.get(letter) ?? SMALL_VOWELS[letter] ?? (letter in SMALL_Y ? `j${SMALL_Y[letter] ?? ''}` : '')
  }
  return sounds
}

function sound(letter: string, small: string): string {
  const pair = PAIRS.get(letter + small)
  if (pair !== undefined) return pair
  const full = SOUNDS.get(letter) ?? ''
  return full.replace(/[aiɯɨeo]$/, '') + (SMALL_VOWELS[small] ?? SMALL_Y[small] ?? '')
}

/** ん before the sound that follows it. */
function nasal(next: string): string {
  if (/^[mpb]/.test(next)) return 'm'
  if (/^[kɡ]/.test(next)) return 'ŋ'
  if (/^[ɲʨʥ]/.test(next)) return 'ɲ'
  return /^[ntdɾz]/.test(next) ? 'n' : 'ɴ'
}

const DIGITS = ['', 'いち', 'に', 'さん', 'よん', 'ご', 'ろく', 'なな', 'はち', 'きゅう']
const TENS = ['', 'じゅう', 'ひゃく', 'せん']
const MYRIADS = ['', 'まん', 'おく', 'ちょう']
const CHANGED: Readonly<Record<string, string>> = {
  さんひゃく: 'さんびゃく', ろくひゃく: 'ろっぴゃく', はちひゃく: 'はっぴゃく', いちせん: 'いっせん', さんせん: 'さんぜん', はちせん: 'はっせん',
} // prettier-ignore

/** A number in kana: 365 → さんびゃくろくじゅうご. Above sixteen digits, or with a leading zero, digit by digit. */
export function numberKana(digits: string): string {
  if (/^0+$/.test(digits)) return 'ぜろ'.repeat(digits.length)
  if (digits.length > 16 || digits.startsWith('0')) {
    return [...digits].map(digit => (digit === '0' ? 'ぜろ' : (DIGITS[Number(digit)] ?? ''))).join('')
  }
  let result = ''
  for (let group = Math.ceil(digits.length / 4) - 1; group >= 0; group--) {
    const part = digits.slice(Math.max(0, digits.length - (group + 1) * 4), digits.length - group * 4)
    const words = [...part].map((digit, index) => place(Number(digit), part.length - 1 - index, group)).join('')
    if (words !== '') result += words + (MYRIADS[group] ?? '')
  }
  return result
}

function place(digit: number, power: number, group: number): string {
  if (digit === 0) return ''
  const unit = TENS[power] ?? ''
  if (digit === 1 && power > 0 && !(power === 3 && group > 0)) return unit
  const plain = (DIGITS[digit] ?? '') + unit
  return CHANGED[plain] ?? plain
}
