/** What FFmpeg says of a file before it does anything with it. */
export interface SoundInfo {
  /** Seconds; undefined where the file does not say. */
  readonly duration: number | undefined
  /** The sound track that the file names as its default, or the first: its number among the sound tracks. */
  readonly track: number
  readonly sampleRate: number
  readonly channels: 1 | 2
  readonly video: boolean
}

const time = /Duration: (\d+):(\d+):(\d+(?:\.\d+)?)/
const stream = /Stream #\d+:\d+.*?: (Audio|Video): (.*)/
const sound = /, (\d+) Hz, ([^,]+)/

/** @returns `video` alone where there is no sound, undefined where there is neither */
export function readInfo(log: readonly string[]): SoundInfo | 'video' | undefined {
  const streams = log.flatMap(line => {
    const [, kind, about] = stream.exec(line) ?? []
    return kind && about ? [{ kind, about }] : []
  })
  // The picture on the cover of a record is none that moves.
  const video = streams.some(({ kind, about }) => kind === 'Video' && !about.includes('attached pic'))
  const tracks = streams.flatMap(({ kind, about }) => (kind === 'Audio' ? [about] : []))
  const track = Math.max(
    0,
    tracks.findIndex(about => about.includes('(default)')),
  )
  const [, rate, layout] = sound.exec(tracks[track] ?? '') ?? []
  if (!(Number(rate) > 0)) return video ? 'video' : undefined
  const [, hours, minutes, seconds] = log.map(line => time.exec(line)).find(Boolean) ?? []
  return {
    duration: seconds === undefined ? undefined : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds),
    track,
    sampleRate: Number(rate),
    channels: /^(mono|1 channels)/.test(layout!) ? 1 : 2,
    video,
  }
}
