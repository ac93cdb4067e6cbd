import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { SeamError } from '#protocol/errors.ts'
import { parseType } from './media-types.ts'
import { inputTypeOf, isTextInput, kindOf } from './output.ts'

/** Characters, or bytes, from which it pays to make a text chapter by chapter: the companion cuts no shorter. */
const LONG = 20_000

/** What goes into the pipeline: typed text, or a file. */
export const usePipelineInput = defineStore('pipeline-input', () => {
  const mode = ref<'text' | 'file'>('text')
  const text = ref('')
  const file = shallowRef<File>()
  const fileType = ref('')

  function choose(next: File | undefined): void {
    file.value = next
    fileType.value = next ? inputTypeOf(next) : ''
    if (next) mode.value = 'file'
  }

  const isThere = computed(() => (mode.value === 'text' ? text.value.trim() !== '' : file.value !== undefined))
  const isTypeWrong = computed(() => mode.value === 'file' && file.value !== undefined && !parseType(fileType.value))
  /** Media type of what goes in; undefined while nothing is chosen. */
  const type = computed(() => {
    if (!isThere.value || isTypeWrong.value) return undefined
    return mode.value === 'text' ? 'text/plain' : fileType.value.trim()
  })
  /** Whether it is a file that goes as it is. */
  const isRaw = computed(
    () => mode.value === 'file' && file.value !== undefined && !isTextInput(fileType.value, file.value.size),
  )

  /** Whether it is a text of several parts. */
  const isLong = computed(() =>
    mode.value === 'text'
      ? text.value.length > LONG
      : file.value !== undefined && file.value.size > LONG && kindOf(fileType.value) === 'text',
  )
  const wantsChapters = ref(false)
  const split = computed(() => (isLong.value && wantsChapters.value ? ('chapters' as const) : undefined))

  /** What is sent. @throws SeamError bad-input */
  async function content(): Promise<string | Blob> {
    if (mode.value === 'text') return text.value
    if (!file.value) throw new SeamError('bad-input', 'No file was chosen.')
    if (isRaw.value) return file.value
    const bytes = await file.value.arrayBuffer().catch((error: unknown) => {
      throw new SeamError('not-found', `“${file.value?.name}” can’t be read any more. Choose it again.`, {
        cause: error,
      })
    })
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    } catch {
      throw new SeamError('bad-input', `“${file.value.name}” is not UTF-8 text. Save it as UTF-8 and choose it again.`)
    }
  }

  return {
    mode,
    text,
    file,
    fileType,
    isThere,
    isTypeWrong,
    type,
    isRaw,
    isLong,
    wantsChapters,
    split,
    choose,
    content,
  }
})
