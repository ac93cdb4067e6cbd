import { SeamError } from '#protocol/errors.ts'
import { compareVersions } from './version.ts'

/** What is in the place of a new version now. */
export interface Predecessor {
  /** Absent when it is not known. */
  readonly version?: string
  /** Of its archive; absent for a folder that was put there by hand. */
  readonly sha256?: string
}

export interface SuccessionRules {
  readonly allowDowngrade?: boolean | undefined
  readonly force?: boolean | undefined
}

/** Whether a version may take the place of what is there. @throws SeamError conflict */
export function checkSuccession(
  id: string,
  before: Predecessor | undefined,
  { version, sha256 }: { readonly version: string; readonly sha256: string },
  { allowDowngrade, force }: SuccessionRules,
): void {
  if (!before) return
  const order = before.version === undefined ? 0 : compareVersions(version, before.version)
  if (order < 0 && !allowDowngrade) {
    throw new SeamError(
      'conflict',
      `“${id}” ${before.version} is installed, and this is ${version}. An older version may have faults that the newer one cured; --allow-downgrade installs it all the same.`,
    )
  }
  if (before.sha256 === undefined && !force) {
    throw new SeamError(
      'conflict',
      `There is a plugin “${id}” already that was put there by hand. --force replaces it with what is in the archive.`,
    )
  }
  if (order === 0 && before.sha256 !== undefined && before.sha256 !== sha256 && !force) {
    throw new SeamError(
      'conflict',
      `“${id}” ${version} is installed already, from an archive with other bytes (SHA-256 ${before.sha256}). One version should be one archive; --force installs this one all the same.`,
    )
  }
}
