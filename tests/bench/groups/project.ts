import type { Project } from '#protocol/projects.ts'
import { buildScript } from '../../../web/features/narrate/script.ts'
import { kokoroInfo } from '#engine/speech/kokoro/meta.ts'
import { freshStudio } from '../../e2e/studio.ts'
import { text } from '../../e2e/narrate.ts'
import { atMost, median, type Row } from '../rows.ts'
import { SPOKEN } from '../sentences.ts'

const SENTENCES = 10_000
const IN_A_PARAGRAPH = 5

/** A project of ten thousand sentences in one chapter: the real page, and the hashes that decide what is made again. */
export async function project({ quick }: { quick: boolean }): Promise<Row[]> {
  const opened = await openTimes(quick ? 2 : 5)
  return [
    atMost('project of 10,000 sentences, open to interactive', median(opened), 's', 1.5),
    atMost('segments made again after one sentence is edited', await madeAgain(), 'segments', 1),
  ]
}

/** No two are alike, or they would share their sound. */
function paragraphs(): string[] {
  return Array.from({ length: SENTENCES / IN_A_PARAGRAPH }, (_, p) =>
    Array.from({ length: IN_A_PARAGRAPH }, (_, s) => {
      const index = p * IN_A_PARAGRAPH + s
      return `On page ${index + 1} it says this: ${SPOKEN[index % SPOKEN.length]!}`
    }).join(' '),
  )
}

/** From the click in the list until a typed letter is in the text. */
async function openTimes(repeats: number): Promise<number[]> {
  const studio = await freshStudio()
  try {
    const { page } = studio
    await page.goto('/studio/narrate')
    await text(page).waitFor()
    await page.goto('/studio/narrate')
    const chooser = page.waitForEvent('filechooser')
    await page
      .getByRole('button', { name: /^Import/ })
      .first()
      .click()
    await (
      await chooser
    ).setFiles({ name: 'thousands.txt', mimeType: 'text/plain', buffer: Buffer.from(paragraphs().join('\n\n')) })
    await text(page).waitFor()
    await page.waitForTimeout(5000)
    const times: number[] = []
    for (let i = 0; i < repeats; i++) {
      await page.goto('/studio/narrate')
      const row = page.getByRole('link', { name: /thousands/i }).first()
      await row.waitFor()
      const started = Date.now()
      await row.click()
      await text(page).click({ position: { x: 40, y: 20 } })
      await page.keyboard.type('x')
      await page.getByText(/x/).first().waitFor()
      times.push((Date.now() - started) / 1000)
      await page.keyboard.press('Backspace')
    }
    return times
  } finally {
    await studio.close()
  }
}

async function madeAgain(): Promise<number> {
  const before: Project = {
    id: 'bench',
    title: 'Bench',
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    revision: 1,
    settings: {
      lang: 'en-us',
      engine: kokoroInfo.id,
      voice: [{ id: 'af_heart', weight: 1 }],
      speed: 1,
      pauses: { sentence: 0.3, paragraph: 0.6, chapter: 1.5 },
    },
    lexicon: [],
    chapters: [{ id: 'c', title: '', paragraphs: paragraphs().map((text, index) => ({ id: `p${index}`, text })) }],
  }
  const first = await buildScript(before, () => kokoroInfo)
  const edited = before.chapters[0]!.paragraphs.map((paragraph, index) =>
    index === 1000 ? { ...paragraph, text: paragraph.text.replace('it says', 'it really says') } : paragraph,
  )
  const second = await buildScript(
    { ...before, chapters: [{ ...before.chapters[0]!, paragraphs: edited }] },
    () => kokoroInfo,
    first,
  )
  const kept = new Set(first.sentences.map(({ key }) => key))
  return second.sentences.filter(({ key }) => !kept.has(key)).length
}
