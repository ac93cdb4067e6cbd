import { describe, expect, it } from 'vitest'
import { kokoroInfo } from '#engine/speech/kokoro/meta.ts'
import { modelsFolder } from '../../../tests/support/models.ts'
import { describeVoice, openSpeakers } from './open.ts'

describe('what the status tells', () => {
  it.each([
    [[], false],
    [['kokoro-82m'], false],
    [['kokoro-82m', 'g2p-en'], true],
  ])('with %j on the disk', (complete, ready) => {
    const { engine, version, ...voice } = describeVoice(openSpeakers(modelsFolder, undefined, 8), new Set(complete))
    expect({ engine, version }).toEqual({ engine: kokoroInfo.id, version: kokoroInfo.version })
    expect(voice).toEqual({ ready, threads: 8 })
  })

  it.each([
    [1, 1, 1],
    [2, 2, 1],
    [4, 4, 1],
    [8, 4, 2],
    [64, 4, 3],
  ])('%d cores give %d threads to each of %d processes', (cores, threads, speakers) => {
    expect(openSpeakers(modelsFolder, undefined, cores).options).toMatchObject({ threads, speakers })
  })
})
