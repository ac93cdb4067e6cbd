import { readContractVoice, type ContractLight } from '#protocol/contracts.ts'
import type { Project } from '#protocol/projects.ts'
import type { Voice, VoiceBlend } from '#protocol/speech.ts'
import type { CompanionState } from '../../companion/types.ts'
import { isPlugins } from '../weights.ts'

/** What keeps a plugin from speaking in a project that was written for its voices. */
export interface MissingVoices {
  readonly plugin: string
  /** Ids of its voices that the project uses. */
  readonly voices: readonly string[]
  /** There is no companion; it has no such plugin; the plugin lacks something; or it has other voices by now. */
  readonly why: 'companion' | 'plugin' | 'need' | 'voice'
}

/** Plugins whose voices a project uses and that can't be asked for them, in the order of the text. */
export function missingVoices(
  { settings, chapters }: Project,
  voices: readonly Voice[],
  companion: CompanionState,
  lights: readonly ContractLight[],
): MissingVoices[] {
  // It may be here in a moment.
  if (companion === 'connecting') return []
  const here = new Set(voices.map(({ id }) => id))
  const own = chapters.flatMap(({ paragraphs }) => paragraphs.flatMap(({ voice }) => (voice ? [voice] : [])))
  const ids = new Set([settings.voice, ...own].filter(isPlugins).map(([first]) => first!.id))
  const byPlugin = Map.groupBy(
    [...ids].filter(id => !here.has(id)),
    id => readContractVoice(id)!.name,
  )
  return [...byPlugin].flatMap(([plugin, missing]) => {
    const light = lights.find(({ name }) => name === plugin)
    // What was never met has not told its voices yet.
    if (light && !light.need && !light.offers.voices) return []
    const why = companion !== 'paired' ? 'companion' : !light ? 'plugin' : light.need ? 'need' : 'voice'
    return [{ plugin, voices: missing, why }]
  })
}

/** A voice of this page to read a text in `lang` with: one of that language, where there is one. */
export function voiceInstead(lang: string, voices: readonly Voice[]): Voice | undefined {
  const own = voices.filter(({ id }) => !isPlugins([{ id, weight: 1 }]))
  const family = (tag: string) => tag.split('-')[0]
  return own.find(voice => voice.lang === lang) ?? own.find(voice => family(voice.lang) === family(lang)) ?? own[0]
}

/** The project with another voice wherever one of `ids` was to speak. */
export function replaceVoices(project: Project, ids: readonly string[], by: Voice, lang: string): Project {
  const isMeant = (voice: VoiceBlend | undefined) => ids.includes(voice?.[0]?.id ?? '')
  const voice: VoiceBlend = [{ id: by.id, weight: 1 }]
  return {
    ...project,
    settings: isMeant(project.settings.voice) ? { ...project.settings, voice, lang } : project.settings,
    chapters: project.chapters.map(chapter =>
      chapter.paragraphs.some(paragraph => isMeant(paragraph.voice))
        ? {
            ...chapter,
            paragraphs: chapter.paragraphs.map(each => (isMeant(each.voice) ? { ...each, voice } : each)),
          }
        : chapter,
    ),
  }
}
