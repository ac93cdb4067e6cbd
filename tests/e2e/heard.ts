import type { Page } from 'playwright/test'
import { openRecogniser } from '../support/recogniser.ts'
import { sounding } from '../support/sounding.ts'
import { wordsOf } from '../support/words.ts'
import { takeOutput } from './output.ts'

/** What came out of the speakers since the last take, as words. The silence before and after is left out. */
export async function wordsHeard(page: Page): Promise<string[]> {
  const { samples, sampleRate } = await takeOutput(page)
  return wordsOf(await (await openRecogniser()).transcribe(sounding(samples, sampleRate), sampleRate))
}
