/**
 * American phonemes as a British voice says them, by rule: no r before a consonant or a pause, long vowels, the lot
 * vowel where the spelling has o, no flaps. For words that no British list holds.
 */
export function toBritish(phonemes: string, spelling = ''): string {
  // A letter a in the spelling keeps "father" apart from "hot", where the American alphabet has one vowel.
  const lot = /o/i.test(spelling) || !/a/i.test(spelling) ? 'ɒ' : 'ɑː'
  return phonemes
    .replaceAll('ɾ', 't')
    .replaceAll('T', 't')
    .replace(/ɑɹ(?![ˈˌ]?[AIOWYaiuæɑɔəɛɜɪʊʌᵻᵊ])/g, 'ɑː')
    .replace(/ɔɹ(?![ˈˌ]?[AIOWYaiuæɑɔəɛɜɪʊʌᵻᵊ])/g, 'ɔː')
    .replace(/ɜɹ(?![ˈˌ]?[AIOWYaiuæɑɔəɛɜɪʊʌᵻᵊ])/g, 'ɜː')
    .replace(/ɛɹ(?![ˈˌ]?[AIOWYaiuæɑɔəɛɜɪʊʌᵻᵊ])/g, 'ɛː')
    .replace(/([ɪʊ])ɹ(?![ˈˌ]?[AIOWYaiuæɑɔəɛɜɪʊʌᵻᵊ])/g, '$1ə')
    .replace(/([IW])əɹ(?![ˈˌ]?[AIOWYaiuæɑɔəɛɜɪʊʌᵻᵊ])/g, '$1ə')
    .replace(/əɹ(?![ˈˌ]?[AIOWYaiuæɑɔəɛɜɪʊʌᵻᵊ])/g, 'ə')
    .replace(/ɜɹ/g, 'ɜːɹ')
    .replace(/ɔ(?!ː)/g, 'ɔː')
    .replace(/ɑ(?!ː)/g, lot)
    .replace(/(?<=[ˈˌ])i/g, 'iː')
    .replace(/u(?!ː)/g, 'uː')
    .replaceAll('æ', 'a')
    .replaceAll('O', 'Q')
    .replaceAll('ᵻ', 'ɪ')
}
