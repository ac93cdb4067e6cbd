import type { ModelEntry, ModelFile, ModelSource } from '#protocol/models.ts'

/** Where the test hub has it. */
export const WHISPER_REPO = 'test/whisper-tiny.en'

/** Whisper tiny.en as a model of the catalogue. @param files of `whisperFiles` */
export function whisperEntry(files: readonly ModelFile[], sources: readonly ModelSource[] = []): ModelEntry {
  const isNetwork = ({ path }: ModelFile) => path.endsWith('.onnx')
  return {
    id: 'whisper-tiny.en',
    name: 'Whisper tiny.en',
    task: 'transcribe',
    languages: ['en'],
    licence: 'MIT',
    licenceUrl: 'https://github.com/openai/whisper/blob/main/LICENSE',
    shared: files.filter(file => !isNetwork(file)),
    sharedSources: sources,
    variants: [{ id: 'fp32', device: 'wasm', dtype: 'fp32', files: files.filter(isNetwork), sources }],
  }
}
