import { expect, test } from 'vitest'
import type { Caption } from '#protocol/transcribe.ts'
import { type Cue, cuesOf, MAX_CUE, MAX_LINE, MAX_LINES } from './cues.ts'
import { PARAGRAPH_PAUSE } from './plain.ts'
import { type CaptionSegment, heard, placed } from './timeline.ts'
import { captionText, timecode, type TranscriptFormat } from './write.ts'

/** A sentence spoken at one word each `pace` seconds. */
function spoken(text: string, pace = 0.3, pauseAfter = 0.25, chapter?: string): CaptionSegment {
  const words = [...text.matchAll(/[\p{L}\p{N}']+/gu)].map((match, index) => ({
    text: match[0],
    from: match.index,
    to: match.index + match[0].length,
    start: index * pace,
    end: (index + 1) * pace,
  }))
  return { text, words, duration: words.length * pace, pauseAfter, ...(chapter !== undefined && { chapter }) }
}
const all = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}
const text = async (format: TranscriptFormat, segments: CaptionSegment[]) =>
  (await all(captionText(format, placed(segments)))).join('')
const cuesFor = (segments: CaptionSegment[]) => all(cuesOf(placed(segments)))

const LONG =
  'When the sun came up over the hills, and the birds began to sing in the old trees, she walked slowly down to the river; there she found a boat, a rope and a letter that nobody had opened for more than twenty years.'

function check(cues: readonly Cue[]): void {
  let free = 0
  for (const { start, end, lines } of cues) {
    expect(start).toBeGreaterThanOrEqual(free)
    expect(end).toBeGreaterThan(start)
    expect(end - start).toBeLessThanOrEqual(MAX_CUE * 1000)
    expect(lines.length).toBeLessThanOrEqual(MAX_LINES)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(MAX_LINE)
    free = end
  }
}

test('short sentences are a cue each, offset by sound and pauses', async () => {
  expect(await text('srt', [spoken('Hello there.'), spoken('“Fine,” she said.', 0.5)])).toBe(
    '1\r\n00:00:00,000 --> 00:00:00,600\r\nHello there.\r\n\r\n2\r\n00:00:00,850 --> 00:00:02,350\r\n“Fine,” she said.\r\n\r\n',
  )
})

test('a long sentence is cut after clauses, nothing lost', async () => {
  const cues = await cuesFor([spoken(LONG)])
  check(cues)
  expect(cues.map(cue => cue.lines.join(' ')).join(' ')).toBe(LONG)
  expect(cues.slice(0, -1).filter(cue => /[,;]$/.test(cue.lines.at(-1) ?? '')).length).toBeGreaterThanOrEqual(2)
})

test('slow speech is cut at seven seconds', async () => {
  const cues = await cuesFor([spoken('One two three four five six seven eight.', 2)])
  check(cues)
  expect(cues.length).toBeGreaterThanOrEqual(3)
  // One word that lasts longer than a cue may.
  check(await cuesFor([spoken('Oooooh no.', 20)]))
})

test('limits: a line at 42 characters and one past it', async () => {
  const exact = ('abcde '.repeat(6) + 'abcdef').padEnd(MAX_LINE, '.')
  expect(exact).toHaveLength(MAX_LINE)
  expect((await cuesFor([spoken(exact)]))[0]?.lines).toEqual([exact])
  expect((await cuesFor([spoken(exact + '.')]))[0]?.lines).toHaveLength(2)
})

test('one endless word, no words, no spaces, no time: within the limits all the same', async () => {
  const endless: CaptionSegment = { text: '😀a'.repeat(200), words: [], duration: 30, pauseAfter: 0 }
  const japanese: CaptionSegment = {
    text: 'これはとても長い文です。'.repeat(12),
    words: [],
    duration: 25,
    pauseAfter: 1,
  }
  const hasty: CaptionSegment = {
    ...spoken(LONG),
    words: spoken(LONG).words.map(word => ({ ...word, start: 0, end: 0 })),
  }
  const cues = await cuesFor([endless, japanese, hasty, { text: ' ', words: [], duration: 1, pauseAfter: 0 }])
  check(cues)
  const shown = cues.flatMap(cue => cue.lines).join('')
  expect(shown).toContain('これは')
  expect(shown).not.toMatch(/(?<![\ud800-\udbff])[\udc00-\udfff]|[\ud800-\udbff](?![\udc00-\udfff])/)
})

test('random sentences keep every rule', async () => {
  let seed = 3
  const next = (limit: number) => (seed = (seed * 48271) % 2147483647) % limit
  const segments = Array.from({ length: 300 }, () =>
    spoken(
      Array.from(
        { length: next(60) },
        () => 'ab,c.defghijklmnop'.slice(next(9), 9 + next(9)) + ', '.slice(next(3)),
      ).join(' '),
      next(900) / 1000,
      next(3),
    ),
  )
  check(await cuesFor(segments))
})

test('a hundred hours', async () => {
  expect(timecode(360_000_000 + 3_723_004, ',')).toBe('101:02:03,004')
  const late = await text('vtt', [{ text: '', words: [], duration: 0, pauseAfter: 360_000 }, spoken('A & <b> --> c.')])
  expect(late).toBe('WEBVTT\n\n100:00:00.000 --> 100:00:00.900\nA &amp; &lt;b&gt; → c.\n\n')
})

test('words as JSON', async () => {
  const data = JSON.parse(await text('json', [spoken('Hi you.', 0.1, 0.7, 'One'), spoken('Bye.', 0.1, 0.2, 'Two')]))
  expect(data.duration).toBeCloseTo(1.2, 6)
  expect(data.chapters).toEqual([
    { title: 'One', start: 0 },
    { title: 'Two', start: 0.9 },
  ])
  expect(data.segments[1]).toEqual({
    start: 0.9,
    end: 1,
    text: 'Bye.',
    words: [{ text: 'Bye', from: 0, to: 3, start: 0.9, end: 1 }],
  })
  expect(JSON.parse(await text('json', []))).toMatchObject({ segments: [], chapters: [], duration: 0 })
})

const caption = (
  utterance: number,
  start: number,
  end: number,
  words: string[],
  more: Partial<Caption> = {},
): Caption => {
  const text = words.join(' ')
  const each = (end - start) / words.length
  let from = 0
  return {
    utterance,
    text,
    start,
    end,
    words: words.map((word, index) => {
      const at = from
      from += word.length + 1
      return {
        text: word,
        from: at,
        to: at + word.length,
        start: start + index * each,
        end: start + (index + 1) * each,
      }
    }),
    final: true,
    stable: text.length,
    ...more,
  }
}
const heardText = async (format: TranscriptFormat, captions: Caption[]) =>
  (await all(captionText(format, heard(captions)))).join('')

test('what was heard stands where it was heard; partial and empty captions are left out', async () => {
  const captions = [
    caption(0, 61.5, 62, ['He'], { final: false, stable: 0 }),
    caption(0, 61.5, 63.5, ['Hello', 'there.']),
    caption(1, 64, 65, [''], { words: [] }),
    caption(2, 70, 71, ['Bye.'], { doubt: 'cut' }),
  ]
  expect(await heardText('srt', captions)).toBe(
    '1\r\n00:01:01,500 --> 00:01:03,500\r\nHello there.\r\n\r\n2\r\n00:01:10,000 --> 00:01:11,000\r\nBye.\r\n\r\n',
  )
  const { segments, duration } = JSON.parse(await heardText('json', captions))
  expect(segments[0].words[1]).toEqual({ text: 'there.', from: 6, to: 12, start: 62.5, end: 63.5 })
  expect(segments[1]).toMatchObject({ text: 'Bye.', start: 70, doubt: 'cut' })
  expect(duration).toBe(71)
})

test('plain text: a paragraph ends where the silence is long', async () => {
  const at = (gap: number) => [caption(0, 0, 1, ['One.']), caption(1, 1 + gap, 2 + gap, ['Two.'])]
  expect(await heardText('txt', at(PARAGRAPH_PAUSE))).toBe('One.\n\nTwo.\n')
  expect(await heardText('txt', at(PARAGRAPH_PAUSE - 0.01))).toBe('One. Two.\n')
  expect(await heardText('txt', [caption(0, 0, 1, ['はい。']), caption(1, 1, 2, ['どうぞ。'])])).toBe(
    'はい。どうぞ。\n',
  )
  expect(await heardText('txt', [])).toBe('')
})

test('speakers: a voice span in WebVTT, a field in JSON, nothing in SRT', async () => {
  const said = [{ ...spoken('Good day.'), start: 1, end: 1.6, speaker: 'Ann & <Bo>\nSmith' }]
  expect(await all(captionText('vtt', said))).toEqual([
    'WEBVTT\n\n',
    '00:00:01.000 --> 00:00:01.600\n<v Ann &amp; &lt;Bo&gt; Smith>Good day.\n\n',
  ])
  expect(JSON.parse((await all(captionText('json', said))).join('')).segments[0].speaker).toBe('Ann & <Bo>\nSmith')
  expect((await all(captionText('srt', said))).join('')).toBe('1\r\n00:00:01,000 --> 00:00:01,600\r\nGood day.\r\n\r\n')
})
