import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HEARING_RATE } from './recogniser.ts'
import {
  CONVERSATION_RULES,
  TRANSCRIPTION_RULES,
  Utterances,
  type UtteranceEvent,
  type UtteranceRules,
} from './utterances.ts'

/** 10 ms, so that times are easy to read. */
const FRAME = 160
const TALK: UtteranceRules = { ...CONVERSATION_RULES, startAfter: 0.1, softEnd: 0.08, hardEnd: 0.2, shortest: 0.16 }

type Stretch = readonly [seconds: number, probability: number, level?: number]

/** What is told of stretches of sound, samples as seconds. */
function heard(stretches: readonly Stretch[], rules: UtteranceRules = TALK, finish = true): string[] {
  const utterances = new Utterances(FRAME, rules)
  const events: UtteranceEvent[] = []
  for (const [seconds, probability, level = probability] of stretches) {
    for (let n = 0; n < Math.round((seconds * HEARING_RATE) / FRAME); n++) {
      events.push(...utterances.frame(probability, level))
    }
  }
  if (finish) events.push(...utterances.finish())
  return events.map(describeEvent)
}

const at = (sample: number) => Number((sample / HEARING_RATE).toFixed(3))

function describeEvent(event: UtteranceEvent): string {
  const { kind, utterance } = event
  if (kind === 'start') return `${utterance} start ${at(event.from)} ${at(event.speechFrom)}`
  if (kind === 'soft-end') return `${utterance} soft ${at(event.speechTo)}`
  if (kind === 'end') {
    const { from, to, speechFrom, speechTo, cut } = event
    return `${utterance} end ${at(from)} ${at(speechFrom)} ${at(speechTo)} ${at(to)}${cut ? ` ${cut}` : ''}`
  }
  return `${utterance} ${kind} ${at(event.at)}`
}

describe('Utterances', () => {
  it.each<[string, readonly Stretch[], string[]]>([
    ['silence', [[5, 0]], []],
    [
      'a sentence',
      [
        [1, 0],
        [1, 0.9],
        [1, 0],
      ],
      ['0 start 0.5 1', '0 soft 2', '0 end 0.5 1 2 2.2'],
    ],
    [
      'sound that begins with speech',
      [
        [1, 0.9],
        [1, 0],
      ],
      ['0 start 0 0', '0 soft 1', '0 end 0 0 1 1.2'],
    ],
    [
      'sound that ends with speech',
      [
        [1, 0],
        [1, 0.9],
      ],
      ['0 start 0.5 1', '0 end 0.5 1 2 2'],
    ],
    [
      'a sound at the limit of a start, and one frame less',
      [
        [1, 0],
        [0.09, 0.9],
        [1, 0],
        [0.1, 0.9],
        [1, 0],
      ],
      ['0 start 1.59 2.09', '0 soft 2.19', '0 dropped 2.39'],
    ],
    [
      'as little speech as may be kept',
      [
        [1, 0],
        [0.16, 0.9],
        [1, 0],
      ],
      ['0 start 0.5 1', '0 soft 1.16', '0 end 0.5 1 1.16 1.36'],
    ],
    [
      'a pause that is no end, and one that is',
      [
        [1, 0],
        [1, 0.9],
        [0.19, 0],
        [1, 0.9],
        [0.2, 0],
      ],
      ['0 start 0.5 1', '0 soft 2', '0 resumed 2.19', '0 soft 3.19', '0 end 0.5 1 3.19 3.39'],
    ],
    [
      'a stop consonant',
      [
        [1, 0],
        [1, 0.9],
        [0.07, 0],
        [1, 0.9],
        [1, 0],
      ],
      ['0 start 0.5 1', '0 soft 3.07', '0 end 0.5 1 3.07 3.27'],
    ],
    [
      'a stop consonant in the first tenth',
      [
        [1, 0],
        [0.05, 0.9],
        [0.07, 0],
        [0.2, 0.9],
        [1, 0],
      ],
      ['0 start 0.5 1', '0 soft 1.32', '0 end 0.5 1 1.32 1.52'],
    ],
    [
      'a hesitant detector: it stays in at the exit, and comes in at the enter threshold',
      [
        [1, 0.49],
        [1, 0.5],
        [1, 0.35],
        [0.1, 0.34],
        [1, 0.49],
        [1, 0.34],
      ],
      ['0 start 0.5 1', '0 soft 3', '0 end 0.5 1 3 3.2'],
    ],
    ['a detector that fails', [[1, Number.NaN]], []],
    [
      'two sentences so near that their rolls would meet',
      [
        [1, 0],
        [1, 0.9],
        [0.3, 0],
        [1, 0.9],
        [1, 0],
      ],
      ['0 start 0.5 1', '0 soft 2', '0 end 0.5 1 2 2.2', '1 start 2.2 2.3', '1 soft 3.3', '1 end 2.2 2.3 3.3 3.5'],
    ],
  ])('hears %s', (_, stretches, expected) => {
    expect(heard(stretches)).toEqual(expected)
  })

  it('waits longer in recordings', () => {
    const pauses: Stretch[] = [
      [1, 0.9],
      [0.99, 0],
      [1, 0.9],
      [1, 0],
      [1, 0.9],
    ]
    expect(heard(pauses, TRANSCRIPTION_RULES).filter(each => / end /.test(each))).toEqual([
      '0 end 0 0 2.99 3.29',
      '1 end 3.49 3.99 4.99 4.99',
    ])
  })

  it('loses patience with one who goes on and on', () => {
    const rules = { ...TALK, hardEnd: 1, patience: 5, briefEnd: 0.25 }
    const ends = (stretches: readonly Stretch[]) => heard(stretches, rules).filter(each => / end /.test(each)).length
    expect(
      ends([
        [4.7, 0.9],
        [0.3, 0],
        [1, 0.9],
      ]),
    ).toBe(1)
    expect(
      ends([
        [4.8, 0.9],
        [0.3, 0],
        [1, 0.9],
      ]),
    ).toBe(2)
    expect(
      ends([
        [4.8, 0.9],
        [0.24, 0],
        [1, 0.9],
      ]),
    ).toBe(1)
  })

  it('goes on counting where somebody else stopped', () => {
    const utterances = new Utterances(FRAME, TALK, 7)
    const events = Array.from({ length: 20 }, () => utterances.frame(1, 1)).flat()
    expect(events).toMatchObject([{ kind: 'start', utterance: 7 }])
  })

  describe('of a speaker without pauses', () => {
    const rules: UtteranceRules = { ...TALK, longest: 10, search: 4 }

    it('keeps what is just as long as may be whole, and cuts one frame more', () => {
      expect(
        heard(
          [
            [10, 0.9],
            [1, 0],
          ],
          rules,
        ).filter(each => / end /.test(each)),
      ).toHaveLength(2)
      expect(
        heard(
          [
            [9.8, 0.9],
            [1, 0],
          ],
          rules,
        ).filter(each => / end /.test(each)),
      ).toHaveLength(1)
      const exact = new Utterances(FRAME, { ...rules, hardEnd: 0.01, softEnd: 0.01 })
      const events = Array.from({ length: 999 }, () => exact.frame(1, 1)).flat()
      expect([...events, ...exact.frame(0, 0)].map(({ kind }) => kind)).toEqual(['start', 'soft-end', 'end'])
    })

    it('cuts at the longest gap, at the quietest place without one, and doubts where nothing is quiet', () => {
      const gap: Stretch[] = [
        [8, 0.9],
        [0.02, 0.1],
        [0.5, 0.9],
        [0.05, 0.1],
        [4, 0.9],
      ]
      expect(heard(gap, rules)[1]).toBe('0 end 0 0 8.545 8.545 pause')
      const dip: Stretch[] = [
        [8, 0.9, 1],
        [0.06, 0.9, 0.01],
        [4, 0.9, 1],
      ]
      expect(heard(dip, rules)[1]).toMatch(/^0 end 0 0 8\.0\d+ 8\.0\d+ pause$/)
      const none: Stretch[] = [
        [8, 0.9, 1],
        [0.06, 0.9, 0.5],
        [4, 0.9, 1],
      ]
      expect(heard(none, rules)[1]).toMatch(/^0 end 0 0 8\.0\d+ 8\.0\d+ speech$/)
    })

    it('does not cut what was told for good', () => {
      const utterances = new Utterances(FRAME, rules)
      const events: UtteranceEvent[] = []
      for (let n = 0; n < 1000; n++) {
        // The quietest place lies before what was told.
        utterances.keep(9 * HEARING_RATE)
        events.push(...utterances.frame(0.9, n === 800 ? 0 : 1))
      }
      const end = events.find(({ kind }) => kind === 'end')
      expect(end).toMatchObject({ cut: 'speech' })
      expect((end as { to: number }).to).toBeGreaterThanOrEqual(9 * HEARING_RATE)
    })

    it('keeps the little that is left after a cut', () => {
      const events = heard(
        [
          [8, 0.9],
          [0.05, 0.1],
          [1.96, 0.9],
          [1, 0],
        ],
        rules,
      )
      expect(events.at(-1)).toMatch(/^1 end/)
      const brief = heard(
        [
          [9.9, 0.9],
          [0.03, 0.1],
          [0.09, 0.9],
          [1, 0],
        ],
        { ...rules, search: 0.3 },
      )
      expect(brief.filter(each => /dropped/.test(each))).toEqual([])
    })

    it('holds no more after half an hour than after a minute', () => {
      const utterances = new Utterances(FRAME, TRANSCRIPTION_RULES)
      const sizes: number[] = []
      let ends = 0
      for (let n = 0; n < (30 * 60 * HEARING_RATE) / FRAME; n++) {
        ends += utterances.frame(0.9, 1 + Math.sin(n / 50)).filter(({ kind }) => kind === 'end').length
        if (n % 6000 === 5999) sizes.push(n * FRAME - utterances.earliest)
      }
      expect(ends).toBeGreaterThan(60)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(TRANSCRIPTION_RULES.longest * HEARING_RATE)
    })
  })

  it('loses no speech and hears none twice, whatever comes', () => {
    const stretch = fc.tuple(
      fc.double({ min: 0.01, max: 6, noNaN: true }),
      fc.constantFrom(0, 0.2, 0.4, 0.6, 1),
      fc.constantFrom(0.001, 0.5, 1),
    )
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 20 }), stretches => {
        const rules: UtteranceRules = { ...TALK, longest: 5, search: 2 }
        const utterances = new Utterances(FRAME, rules)
        let position = 0
        let reached = 0
        let earliest = 0
        let next = 0
        const open = new Set<number>()
        const take = (events: readonly UtteranceEvent[]) => {
          for (const event of events) {
            if (event.kind === 'start') {
              expect(event.utterance).toBe(next++)
              expect(event.from).toBeGreaterThanOrEqual(Math.max(reached, earliest))
              open.add(event.utterance)
            }
            expect(open.has(event.utterance)).toBe(true)
            if (event.kind === 'dropped') open.delete(event.utterance)
            if (event.kind !== 'end') continue
            open.delete(event.utterance)
            expect(event.from).toBeGreaterThanOrEqual(reached)
            expect(event.from).toBeLessThanOrEqual(event.speechFrom)
            expect(event.speechTo).toBeGreaterThan(event.speechFrom)
            expect(event.to).toBeGreaterThanOrEqual(event.speechTo)
            expect(event.to).toBeLessThanOrEqual(position)
            expect(event.to - event.from).toBeLessThanOrEqual(rules.longest * HEARING_RATE)
            reached = event.to
          }
          expect(open.size).toBeLessThanOrEqual(1)
          expect(utterances.earliest).toBeGreaterThanOrEqual(earliest)
          earliest = utterances.earliest
        }
        for (const [seconds, probability, level] of stretches) {
          for (let n = 0; n < (seconds * HEARING_RATE) / FRAME; n++) {
            position += FRAME
            take(utterances.frame(probability, level))
          }
        }
        take(utterances.finish())
        expect(open.size).toBe(0)
      }),
      {
        numRuns: 100,
        // Cut where its last speech ended: what follows holds nothing.
        examples: [
          [
            [
              [0.49, 0, 0.001],
              [0.03, 1, 0.001],
              [1.4, 1, 0.001],
              [1.83, 1, 0.001],
              [0.21, 0.6, 0.001],
              [0.91, 0.4, 0.001],
              [0.06, 0, 0.001],
            ],
          ],
        ],
      },
    )
  })
})
