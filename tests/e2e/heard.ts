import type { Page } from 'playwright/test'
import { openRecogniser } from '../support/recogniser.ts'
import { wordsOf } from '../support/words.ts'
import { takeOutput } from './output.ts'

/** What came out of the speakers since the last take, as words. The silence before and after is left out. */
export async function wordsHeard(page: Page): Promise<string[]> {
  const { samples, sampleRate } = await takeOutput(page)
  const isLoud = (sample: number) => Math.abs(sample) > 0.01
  const speech = samples.slice(samples.findIndex(isLoud), samples.findLastIndex(isLoud) + sampleRate / 4)
  return wordsOf(await (await openRecogniser()).transcribe(speech, sampleRate))
}
