import { describe, expect, it } from 'vitest'
import type { Project } from '#protocol/projects.ts'
import type { Voice, VoiceBlend } from '#protocol/speech.ts'
import { light } from '../contract-testing.ts'
import { newChapter, newProject } from './document.ts'
import { missingVoices, replaceVoices, voiceInstead } from './missing-voices.ts'

const by = (id: string): VoiceBlend => [{ id, weight: 1 }]
const voice = (id: string, lang = 'en-us'): Voice => ({ id, name: id, lang, gender: 'female' })
const OWN = [voice('us_her'), voice('gb_him', 'en-gb')]
const READER = [voice('reader/ann'), voice('reader/bob')]

/** Read by Ann; the second paragraph by Bob, the third by a voice of this page. */
function book(): Project {
  const pauses = { sentence: 0.3, paragraph: 0.6, chapter: 1 }
  const settings = { lang: 'en-us', engine: 'test', voice: by('reader/ann'), speed: 1, pauses }
  const chapter = newChapter('', ['One.', 'Two.', 'Three.'])
  const [one, two, three] = chapter.paragraphs
  const paragraphs = [one!, { ...two!, voice: by('reader/bob') }, { ...three!, voice: by('gb_him') }]
  return newProject('', settings, [{ ...chapter, paragraphs }])
}

describe('voices that are missing', () => {
  const ready = light('reader', 'tts', { offers: { voices: READER } })

  it('are none while their plugin is there, and while nobody knows', () => {
    expect(missingVoices(book(), [...OWN, ...READER], 'paired', [ready])).toEqual([])
    expect(missingVoices(book(), OWN, 'connecting', [])).toEqual([])
    // It was just put there, and has not told its voices yet.
    expect(missingVoices(book(), OWN, 'paired', [light('reader', 'tts')])).toEqual([])
  })

  it.each([
    ['companion', 'absent', []],
    ['plugin', 'paired', [light('other', 'tts')]],
    ['need', 'paired', [light('reader', 'tts', { need: 'dependencies' })]],
    ['voice', 'paired', [light('reader', 'tts', { offers: { voices: [] } })]],
  ] as const)('are told once for a plugin, with the reason: %s', (why, companion, lights) => {
    const voices = ['reader/ann', 'reader/bob']
    expect(missingVoices(book(), OWN, companion, lights)).toEqual([{ plugin: 'reader', voices, why }])
  })

  it('can be replaced wherever they were to speak, and nowhere else', () => {
    const instead = voiceInstead('en-gb', [...READER, ...OWN])!
    expect(instead.id).toBe('gb_him')
    const after = replaceVoices(book(), ['reader/ann', 'reader/bob'], OWN[0]!, 'en-us')
    expect(after.settings.voice).toEqual(by('us_her'))
    expect(after.chapters[0]!.paragraphs.map(({ voice }) => voice)).toEqual([undefined, by('us_her'), by('gb_him')])
    expect(missingVoices(after, OWN, 'absent', [])).toEqual([])
  })
})
