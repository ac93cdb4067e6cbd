import type { TranscriberInfo } from '#protocol/transcribe.ts'

/** What a worker is loaded with whose words are read elsewhere. */
export interface RemoteLoad {
  readonly info: TranscriberInfo
}
