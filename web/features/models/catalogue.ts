import { CATALOGUE } from '#engine/catalogue.ts'
import type { ModelEntry, ModelFile, ModelSource, ModelVariant } from '#protocol/models.ts'
import type { PageDevice } from '../../engine/device.page.ts'

/** One line of the room: a model in one of its builds. */
export interface ModelRow {
  /** `<model>/<variant>` */
  readonly key: string
  readonly model: ModelEntry
  readonly variant: ModelVariant
  readonly files: readonly ModelFile[]
  /** Everything that has to be fetched for it. */
  readonly bytes: number
}

export const rowKey = (model: ModelEntry, variant: ModelVariant): string => `${model.id}/${variant.id}`

export function toRow(model: ModelEntry, variant: ModelVariant): ModelRow {
  const files = [...model.shared, ...variant.files]
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return { key: rowKey(model, variant), model, variant, files, bytes }
}

export const ROWS: readonly ModelRow[] = CATALOGUE.flatMap(model =>
  model.variants.map(variant => toRow(model, variant)),
)

/** Order of the room's groups. */
export const TASKS = ['speech', 'g2p', 'transcribe', 'vad'] as const

/** What the page can reach just now. */
export interface Reach {
  readonly companion: boolean
  readonly hub: boolean
}

/** Whether `source` can be asked from here. Packages are fetched by the companion, never by the page. */
export function reaches(source: ModelSource, { companion, hub }: Reach): boolean {
  return (source.kind === 'companion' && companion) || (source.kind === 'hub' && hub)
}

export function canPull({ model, variant }: ModelRow, reach: Reach): boolean {
  const open = (sources: readonly ModelSource[]) => sources.some(source => reaches(source, reach))
  return (
    (model.shared.length === 0 || open(model.sharedSources)) && (variant.files.length === 0 || open(variant.sources))
  )
}

/** The build of `model` that this device should have: small and for the processor, which every device has. */
export function recommended(
  model: ModelEntry,
  reach: Reach,
  device: Pick<PageDevice, 'webgpu'> | undefined,
): ModelVariant | undefined {
  const fits = model.variants.filter(variant => variant.device !== 'webgpu' || device?.webgpu === true)
  const reachable = fits.filter(variant => canPull(toRow(model, variant), reach))
  return reachable[0] ?? fits[0]
}
