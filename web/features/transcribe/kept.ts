import { inject, type InjectionKey } from 'vue'
import { openTranscriptStore } from '../../storage/transcripts.ts'
import type { TranscriptStore } from '../../storage/types.ts'

type OpenStore = () => Promise<TranscriptStore>

/** Provided by whoever keeps transcripts elsewhere than this browser usually does. */
export const transcriptStoreKey: InjectionKey<OpenStore> = Symbol('transcripts')

let opened: Promise<TranscriptStore> | undefined

/** Opened with the room, not with the app: nothing else needs it. A failure is tried again the next time. */
const openOnce: OpenStore = () => {
  opened ??= openTranscriptStore()
  opened.catch(() => (opened = undefined))
  return opened
}

export const useKept = (): OpenStore => inject(transcriptStoreKey, openOnce)
