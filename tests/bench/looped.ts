import type { recording } from '../support/recordings.ts'

/** What captions are made of for an hour. */
export const LOOPED: readonly Parameters<typeof recording>[0][] = ['beckett', 'cities', 'stage', 'sentence']

/** What the program of captions writes after each minute of sound: bytes. */
export interface MinuteOfCaptions {
  readonly captions: number
  readonly rss: number
  readonly heap: number
}
