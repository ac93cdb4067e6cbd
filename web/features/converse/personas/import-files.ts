import { toSeamError, type SeamError } from '#protocol/errors.ts'
import type { PersonaStore, StoredPersona } from '../../../storage/types.ts'
import { readCardFile } from './card-files.ts'

/** What came of the files that somebody brought. */
export interface ImportReport {
  readonly created: readonly StoredPersona[]
  /** Sentences about what could not be used, by the persona's name. */
  readonly problems: readonly { readonly name: string; readonly sentences: readonly string[] }[]
  readonly failed: readonly { readonly file: string; readonly error: SeamError }[]
}

/** Takes every file on its own: a bad one keeps none of the others out. */
export async function importFiles(store: Pick<PersonaStore, 'create'>, files: readonly File[]): Promise<ImportReport> {
  const created: StoredPersona[] = []
  const problems: { name: string; sentences: readonly string[] }[] = []
  const failed: { file: string; error: SeamError }[] = []
  for (const file of files) {
    try {
      for (const found of await readCardFile(file)) {
        created.push(await store.create(found.persona, found.files))
        if (found.problems.length > 0) problems.push({ name: found.persona.name, sentences: found.problems })
      }
    } catch (error) {
      failed.push({ file: file.name, error: toSeamError(error) })
    }
  }
  return { created, problems, failed }
}
