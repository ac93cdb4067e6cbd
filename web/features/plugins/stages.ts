import type { Stage } from '#protocol/plugins.ts'

export type StageChoice = Stage | 'all'

/** In the order of a pipeline. */
export const STAGE_NAMES: readonly StageChoice[] = ['all', 'pre', 'synth', 'post', 'encode', 'output']
