import { expect, it } from 'vitest'
import { readInfo } from './sound-info.ts'

const log = (...streams: string[]) => [
  "Input #0, avi, from '/in/file':",
  '  Duration: 01:02:03.50, start: 0.000000, bitrate: 1420 kb/s',
  ...streams.map((stream, n) => `  Stream #0:${n}${stream}`),
  'At least one output file must be specified',
]

it('reads the length, and what the sound is', () => {
  expect(readInfo(log(': Audio: pcm_s16be, 44100 Hz, 1 channels, s16, 705 kb/s'))).toEqual({
    duration: 3723.5,
    track: 0,
    sampleRate: 44_100,
    channels: 1,
    video: false,
  })
  expect(readInfo([': Audio: ac3', '  Duration: N/A', '  Stream #0:0: Audio: ac3, 48000 Hz, 5.1(side), fltp'])).toEqual(
    {
      duration: undefined,
      track: 0,
      sampleRate: 48_000,
      channels: 2,
      video: false,
    },
  )
})

it('takes the default track, or the first', () => {
  const video = '(eng): Video: mpeg4 (Simple Profile) (FMP4 / 0x34504D46), yuv420p, 640x360, 25 fps'
  const [german, english] = ['(ger): Audio: ac3, 48000 Hz, stereo, fltp', '(eng): Audio: ac3, 44100 Hz, mono, fltp']
  expect(readInfo(log(video, german, english))).toMatchObject({
    track: 0,
    sampleRate: 48_000,
    channels: 2,
    video: true,
  })
  expect(readInfo(log(video, german, `${english} (default)`))).toMatchObject({
    track: 1,
    sampleRate: 44_100,
    channels: 1,
  })
})

it('tells pictures without sound from a cover, and from nothing', () => {
  const cover = ': Video: mjpeg (Baseline), yuvj420p(pc), 600x600, 90k tbr (attached pic)'
  expect(readInfo(log(': Video: h264 (High), yuv420p, 640x360, 25 fps'))).toBe('video')
  expect(readInfo(log(cover, ': Audio: wmav2, 44100 Hz, stereo, fltp'))).toMatchObject({ video: false })
  expect(readInfo(log(cover))).toBeUndefined()
  expect(readInfo(['/in/file: Invalid data found when processing input'])).toBeUndefined()
})
