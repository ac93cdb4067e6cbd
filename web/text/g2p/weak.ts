import { startsWithVowel } from './alphabet.ts'
import type { Lexicon } from './lexicon.ts'

/** What stands around a word, as far as its sound depends on it. */
export interface Around {
  /** Whether the next word begins with a vowel; undefined before a pause. */
  readonly vowelNext: boolean | undefined
  /** The next word is written right after this one: "A4". */
  readonly glued: boolean
  /** The sense chosen from the sentence. */
  readonly sense: string | undefined
  /** The whole sentence is in capitals: capitals then mean nothing. */
  readonly shouted: boolean
  readonly first: boolean
  /** The word before, lower case. */
  readonly previous: string
  readonly next: string
}

const BEFORE_LETTER_A =
  /^(?:vitamin|grade|plan|section|hepatitis|type|class|team|group|exhibit|appendix|figure|side|point|an|the|option|level|category|letter|string|series|part|straight)$/

/** "give in and …": a part of the verb, so it keeps its stress. */
const PHRASAL =
  /^(?:give|gave|given|giving|come|came|coming|comes|go|went|going|goes|move|moved|fit|fits|fill|filled|check|checked|log|logged|turn|turned|hand|handed|settle|settled|drop|dropped|walk|walked|step|stepped|break|broke|let|join|joined|stay|stayed|kick|plug|sign|signed|tune)$/
const AFTER_PARTICLE = /^(?:and|or|but|to|at|for|with|from|when|as|because|until|on)$/

/** The small words whose form follows the next sound: a, an, the, to, in, am, I. */
export function weakForm(word: string, around: Around, lexicon: Lexicon): string | undefined {
  const pause = around.vowelNext === undefined
  switch (word) {
    case 'a':
      return pause || around.glued || around.next === ')' ? 'ˈA' : 'ɐ'
    case 'A':
      return pause || around.glued || around.next === ')' || BEFORE_LETTER_A.test(around.previous) ? 'ˈA' : 'ɐ'
    case 'an':
    case 'An':
    case 'AN':
      return 'ɐn'
    case 'I':
      return 'ˌI'
    case 'am':
      return pause ? goldText(lexicon, 'am') : 'ɐm'
    case 'the':
    case 'The':
    case 'THE':
      return around.vowelNext ? 'ði' : 'ðə'
    case 'to':
    case 'To':
    case 'TO':
      return pause ? goldText(lexicon, 'to') : around.vowelNext ? 'tʊ' : 'tə'
    case 'in':
    case 'In':
    case 'IN':
      return pause || (PHRASAL.test(around.previous) && AFTER_PARTICLE.test(around.next)) ? 'ˈɪn' : 'ɪn'
    default:
      return undefined
  }
}

function goldText(lexicon: Lexicon, word: string): string | undefined {
  const entry = lexicon.gold(word)
  return typeof entry === 'string' ? entry : undefined
}

/** The sound that the word before will see: from this word's phonemes, or undefined at a mark that makes a pause. */
export function nextSound(phonemes: string, before: boolean | undefined): boolean | undefined {
  return startsWithVowel(phonemes) ?? before
}
