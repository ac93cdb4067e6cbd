import { STAGES, type Stage } from '#protocol/plugins.ts'
import type { UsablePlugin } from './discovery.ts'
import { joinTypes, type MediaType } from './media-type.ts'

/** Who does what. */
export interface Capabilities {
  readonly byStage: ReadonlyMap<Stage, readonly UsablePlugin[]>
  /** Plugins that read `type`. */
  reading(type: MediaType): readonly UsablePlugin[]
  /** Plugins that write `type`. */
  writing(type: MediaType): readonly UsablePlugin[]
  /** Plugins that would fit between one that writes `from` and one that reads `to`. */
  bridging(from: readonly MediaType[], to: readonly MediaType[]): readonly UsablePlugin[]
}

export function indexCapabilities(plugins: readonly UsablePlugin[]): Capabilities {
  const fits = (patterns: readonly MediaType[], type: MediaType) => patterns.some(pattern => joinTypes(pattern, type))
  const reading = (type: MediaType) => plugins.filter(({ manifest }) => fits(manifest.input, type))
  const writing = (type: MediaType) => plugins.filter(({ manifest }) => fits(manifest.output, type))
  return {
    byStage: new Map(STAGES.map(stage => [stage, plugins.filter(({ manifest }) => manifest.stage === stage)])),
    reading,
    writing,
    bridging(from, to) {
      // What takes and gives anything changes nothing: it bridges nothing.
      const named = plugins.filter(({ manifest }) => manifest.output.some(({ name }) => !name.endsWith('*')))
      return named.filter(
        ({ manifest }) =>
          from.some(type => fits(manifest.input, type)) &&
          manifest.output.some(out => !out.name.endsWith('*') && fits(to, out)),
      )
    },
  }
}
