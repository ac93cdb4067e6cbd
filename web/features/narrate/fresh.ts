import type { Chapter, Project, ProjectSettings } from '#protocol/projects.ts'
import { usePreferences } from '../../ui/preferences.ts'
import { useStudio } from '../studio.ts'
import { useNarrateList } from './store-list.ts'

/** Silences that a new project begins with, seconds: breath, line, page. */
const PAUSES: ProjectSettings['pauses'] = { sentence: 0.35, paragraph: 0.75, chapter: 1.6 }

/** Makes projects with the voice, pace and language that the user prefers. Call in `setup`. */
export function useFreshProject(): {
  newProject(title?: string, chapters?: readonly Chapter[], author?: string): Promise<Project>
} {
  const studio = useStudio()
  const preferences = usePreferences()
  const list = useNarrateList()
  return {
    newProject: (title, chapters = [], author) =>
      list.create(
        title?.trim() ?? '',
        {
          lang: preferences.lang,
          engine: studio.speech.info.id,
          voice: [{ id: preferences.voice, weight: 1 }],
          speed: preferences.speed,
          pauses: PAUSES,
        },
        chapters,
        author,
      ),
  }
}
