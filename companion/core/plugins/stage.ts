import type { Stage } from '#protocol/plugins.ts'
import type { MediaType } from './media-type.ts'

/** What a plugin does, from what it reads and writes. docs/plugin-protocol.md, 10. */
export function stageOf(input: MediaType, output: MediaType): Stage {
  const isText = ({ name }: MediaType) => /^(text|application)\//.test(name)
  const isAudio = ({ name }: MediaType) => name.startsWith('audio/')
  if (isText(input) && isText(output)) return 'pre'
  if (isText(input) && isAudio(output)) return 'synth'
  if (!isAudio(input) || !isAudio(output)) return 'output'
  if (input.name === 'audio/pcm' && output.name === 'audio/pcm') return 'post'
  return input.name === output.name ? 'output' : 'encode'
}
