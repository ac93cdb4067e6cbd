import type { Project } from '#protocol/projects.ts'
import type { EngineInfo, Lang, VoiceBlend } from '#protocol/speech.ts'
import type { Run } from '#protocol/run.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { PcmStore, ProjectStore } from '../../storage/types.ts'
import { buildScript } from './script.ts'

/** What the names of a project's sound depend on besides the project. */
export interface Naming {
  readonly infoOf: (voice: VoiceBlend) => EngineInfo
  readonly langOf: (voice: VoiceBlend) => Lang | undefined
}

/** Keys taken away in one go: between two, the work can be cancelled. */
const BATCH = 200

/** The names of the sound of all sentences of a project. */
export async function soundOf(project: Project, { infoOf, langOf }: Naming): Promise<Set<string>> {
  const { sentences } = await buildScript(project, infoOf, undefined, langOf)
  return new Set(sentences.map(({ key }) => key))
}

/**
 * Takes away sound that no project names. Sound is named by what it says, so two projects may share some.
 * @param among only these names; all that is kept, when left out
 * @returns bytes freed
 * @throws SeamError cancelled; what is not yet taken away stays
 */
export async function clearUnusedSound(
  { projects, pcm }: { projects: Pick<ProjectStore, 'list' | 'open'>; pcm: PcmStore },
  naming: Naming,
  among?: Iterable<string>,
  { signal, onProgress }: Run = {},
): Promise<number> {
  const unused = new Set(among)
  if (!among) for await (const key of pcm.keys()) unused.add(key)
  const rows = await projects.list()
  for (const [at, { id }] of rows.entries()) {
    if (signal?.aborted) throw new SeamError('cancelled', 'Clearing was stopped.')
    onProgress?.({ done: at, total: rows.length + 1 })
    if (unused.size === 0) return 0
    const used = await openOrGone(projects, id)
    if (used) for (const key of await soundOf(used, naming)) unused.delete(key)
  }
  const before = await pcm.size()
  const keys = [...unused]
  for (let at = 0; at < keys.length; at += BATCH) {
    if (signal?.aborted) throw new SeamError('cancelled', 'Clearing was stopped.')
    await pcm.remove(keys.slice(at, at + BATCH))
  }
  return before - (await pcm.size())
}

/** Another tab may delete a project while the list is gone through; one that can't be read must stop everything. */
async function openOrGone(projects: Pick<ProjectStore, 'open'>, id: string): Promise<Project | undefined> {
  try {
    return await projects.open(id)
  } catch (error) {
    if (toSeamError(error).code === 'not-found') return undefined
    throw error
  }
}
