import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { scratch } from '../testing/plugins.ts'
import { noteUse, removeLeftovers, removeUnused, UNUSED_KEPT } from './environment-folder.ts'

const NOW = Date.parse('2026-06-01T00:00:00Z')

function environment(folder: string, name: string, age: number): string {
  const path = join(folder, name)
  const used = new Date(NOW - age)
  mkdirSync(path)
  writeFileSync(join(path, 'lock.txt'), 'numpy==2\n')
  utimesSync(join(path, 'lock.txt'), used, used)
  return path
}

it('environments that a plugin has not used for 30 days go, and those of others stay', () => {
  const folder = scratch()
  const own = environment(folder, 'voice-aaaaaaaaaaaa', 2 * UNUSED_KEPT)
  environment(folder, 'voice-bbbbbbbbbbbb', UNUSED_KEPT)
  environment(folder, 'voice-cccccccccccc', UNUSED_KEPT + 1000)
  environment(folder, 'voice-two-dddddddddddd', 2 * UNUSED_KEPT)
  const revived = environment(folder, 'voice-eeeeeeeeeeee', 2 * UNUSED_KEPT)
  noteUse(revived, new Date(NOW))
  mkdirSync(join(folder, 'voice-ffffffffffff.12.part'))
  removeUnused(own, 'voice', NOW)
  expect(readdirSync(folder).sort()).toEqual([
    'voice-aaaaaaaaaaaa',
    'voice-bbbbbbbbbbbb',
    'voice-eeeeeeeeeeee',
    'voice-ffffffffffff.12.part',
    'voice-two-dddddddddddd',
  ])
})

it('what was broken off goes, and neither its lock nor what belongs to another', () => {
  const folder = scratch()
  const own = environment(folder, 'voice-aaaaaaaaaaaa', 0)
  for (const name of ['voice-aaaaaaaaaaaa.12.part', 'voice-bbbbbbbbbbbb', 'my-voice-aaaaaaaaaaaa'])
    mkdirSync(join(folder, name, 'bin'), { recursive: true })
  writeFileSync(join(folder, 'voice-aaaaaaaaaaaa.lock'), '')
  removeLeftovers(own)
  expect(readdirSync(folder).sort()).toEqual(['my-voice-aaaaaaaaaaaa', 'voice-aaaaaaaaaaaa.lock', 'voice-bbbbbbbbbbbb'])
})
