import { useStudio, type Studio } from '../studio.ts'

/** The transcripts of this browser, opened with the room. */
export const useKept = (): Studio['transcripts'] => useStudio().transcripts
