import { SeamError } from '#protocol/errors.ts'
import type { ModelEntry, ModelFile, ModelSource, ModelVariant } from '#protocol/models.ts'

/** One place to fetch one file from. */
export interface Target {
  readonly kind: 'companion' | 'hub'
  /** For sentences: "the companion", "huggingface.co". */
  readonly label: string
  readonly url: string
  readonly crossOrigin: boolean
}

export interface SourceOptions {
  /** Kinds that may be asked, whatever the catalogue lists. */
  readonly kinds: readonly ModelSource['kind'][]
  /** Origin of the hub, no slash at the end. */
  readonly hubBase: string
  /** Origin of the companion, no slash at the end. */
  readonly companionBase: string
  /** The page's own origin. */
  readonly origin: string
}

export interface WantedFile {
  readonly file: ModelFile
  readonly sources: readonly ModelSource[]
}

/** Files that a variant needs: the shared ones, then its own. */
export function wantedFiles(model: ModelEntry, variant: ModelVariant): WantedFile[] {
  return [
    ...model.shared.map(file => ({ file, sources: model.sharedSources })),
    ...variant.files.map(file => ({ file, sources: variant.sources })),
  ]
}

export function findFile(model: ModelEntry, path: string): ModelFile | undefined {
  return [...model.shared, ...model.variants.flatMap(variant => variant.files)].find(file => file.path === path)
}

/** `a b/c` → `a%20b/c`. */
export const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/')

const COMMIT = /^[0-9a-f]{40}$/

/**
 * Where to try for `file`, in order. Packages are left out: only the companion can unpack them.
 * @throws SeamError bad-input when a hub revision is not a commit: what a branch names can change
 */
export function targetsOf(model: ModelEntry, { file, sources }: WantedFile, options: SourceOptions): Target[] {
  return sources
    .filter(source => options.kinds.includes(source.kind))
    .flatMap((source): Target[] => {
      if (source.kind === 'companion') {
        const url = `${options.companionBase}/models/${encodeURIComponent(model.id)}/${encodePath(file.path)}`
        return [{ kind: 'companion', label: 'the companion', url, ...reach(url, options) }]
      }
      if (source.kind === 'hub') {
        if (!COMMIT.test(source.revision)) {
          throw new SeamError(
            'bad-input',
            `The catalogue names the revision “${source.revision}” of ${source.repo}, which is not a commit. Nothing ` +
              'was downloaded; name the commit, 40 hexadecimal digits.',
          )
        }
        const path = encodePath(source.paths?.[file.path] ?? file.path)
        const url = `${options.hubBase}/${encodePath(source.repo)}/resolve/${source.revision}/${path}`
        return [{ kind: 'hub', label: new URL(url).host, url, ...reach(url, options) }]
      }
      return []
    })
}

function reach(url: string, { origin }: SourceOptions): { crossOrigin: boolean } {
  return { crossOrigin: new URL(url, origin).origin !== origin }
}
