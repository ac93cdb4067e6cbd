import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openPhonemizers } from '../../../companion/core/speech.ts'
import { modelsFolder, root } from '../../support/models.ts'
import { distance } from '../../support/words.ts'
import { atMost, type Row } from '../rows.ts'

/** Phoneme error rate against what misaki makes of forty hard sentences: something to compare with, not the truth. */
export async function pronunciation(): Promise<Row[]> {
  const english = await openPhonemizers(modelsFolder)('en-us')
  const lines = (await readFile(join(root, 'tests/fixtures/g2p-en-us.jsonl'), 'utf8')).trim().split('\n')
  let errors = 0
  let total = 0
  for (const line of lines) {
    const { text, misaki } = JSON.parse(line) as { text: string; misaki: string }
    const expected = [...misaki.replace(/\s+/g, ' ')]
    errors += distance(expected, [...english.analyse(text, { lang: 'en-us' }).phonemes.replace(/\s+/g, ' ')])
    total += expected.length
  }
  return [atMost('phoneme error rate against misaki, 40 sentences', (100 * errors) / total, '%', 4)]
}
