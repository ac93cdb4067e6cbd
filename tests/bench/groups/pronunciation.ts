import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openPhonemizers } from '../../../companion/core/speech.ts'
import { modelsFolder, root } from '../../support/models.ts'
import { distance } from '../../support/words.ts'
import { atMost, type Row } from '../rows.ts'

interface Sentence {
  readonly text: string
  readonly phonemes: string
}

/**
 * Phoneme error rate on forty hard sentences: against misaki, which is something to compare with, not the truth; and
 * against the same with misaki's mistakes put right. docs/pronunciation.md lists every difference, and who is right.
 */
export async function pronunciation(): Promise<Row[]> {
  const misaki = (await fixture<{ text: string; misaki: string }>('g2p-en-us.jsonl')).map(({ text, misaki }) => ({
    text,
    phonemes: misaki,
  }))
  const reviewed = new Map((await fixture<Sentence>('g2p-en-us-reviewed.jsonl')).map(line => [line.text, line]))
  return [
    atMost('phoneme error rate against misaki, 40 sentences', await errorRate(misaki), '%', 4),
    atMost(
      'phoneme error rate, the same with misaki’s mistakes put right',
      await errorRate(misaki.map(line => reviewed.get(line.text) ?? line)),
      '%',
      4,
    ),
  ]
}

async function fixture<T>(name: string): Promise<T[]> {
  const lines = (await readFile(join(root, 'tests/fixtures', name), 'utf8')).trim().split('\n')
  return lines.map(line => JSON.parse(line) as T)
}

/** Edits over symbols, per cent. */
async function errorRate(sentences: readonly Sentence[]): Promise<number> {
  const english = await openPhonemizers(modelsFolder)('en-us')
  let errors = 0
  let total = 0
  for (const { text, phonemes } of sentences) {
    const expected = [...phonemes.replace(/\s+/g, ' ')]
    errors += distance(expected, [...english.analyse(text, { lang: 'en-us' }).phonemes.replace(/\s+/g, ' ')])
    total += expected.length
  }
  return (100 * errors) / total
}
