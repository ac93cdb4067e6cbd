import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny'
import { expect, it } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import { exportAudio } from './client.ts'
import { memoryTarget, RATE, spoken } from './fixtures.ts'
import type { AudioExport, AudioFormat } from './types.ts'

const PNG = Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82])
const COUNT = 10
const SECONDS = COUNT * 2

async function exported(format: AudioFormat, more: Partial<AudioExport> = {}) {
  const { target, bytes, state } = memoryTarget()
  const done: number[] = []
  const report = await exportAudio(
    {
      format,
      metadata: {
        title: 'A Tale “é”',
        author: 'A. Writer',
        comment: 'made here',
        cover: { mime: 'image/png', bytes: PNG },
      },
      segments: spoken(COUNT),
      expected: SECONDS,
      ...more,
    },
    target,
    { onProgress: progress => done.push(progress.done) },
  )
  const file = bytes()
  const input = new Input({ source: new BufferSource(file), formats: ALL_FORMATS })
  const track = await input.getPrimaryAudioTrack()
  if (!track) throw new Error('The file has no sound.')
  return { report, file, state, done, input, track }
}

/** Zero crossings a second: twice the pitch. */
async function pitch(file: Uint8Array<ArrayBuffer>, from: number, seconds: number): Promise<number> {
  const context = new OfflineAudioContext(1, 1, 48_000)
  const sound = (await context.decodeAudioData(file.slice().buffer)).getChannelData(0)
  let crossings = 0
  for (let at = Math.round(from * 48_000); at < (from + seconds) * 48_000; at++)
    if ((sound[at] ?? 0) < 0 !== (sound[at - 1] ?? 0) < 0) crossings++
  return crossings / 2 / seconds
}

it.each([
  ['wav', 'pcm-s16', 0.0001],
  ['mp3', 'mp3', 0.12],
  ['m4a', 'aac', 0.06],
  ['m4b', 'aac', 0.06],
  ['opus', 'opus', 0.05],
] as const)('%s reads back with its codec, duration, tags and sound', async (format, codec, tolerance) => {
  const { report, file, state, done, input, track } = await exported(format)
  expect(await track.getCodec()).toBe(codec)
  expect(await track.getNumberOfChannels()).toBe(1)
  expect(await track.getSampleRate()).toBe(format === 'opus' ? 48_000 : RATE)
  expect(Math.abs((await input.computeDuration()) - SECONDS)).toBeLessThan(tolerance)
  expect(report).toMatchObject({ bytes: file.length, duration: SECONDS })
  const tags = await input.getMetadataTags()
  // INFO chunks name no encoding: ours hold UTF-8, this reader takes them for Latin-1.
  expect(tags).toMatchObject({
    ...(format !== 'wav' && { title: 'A Tale “é”' }),
    artist: 'A. Writer',
    comment: 'made here',
  })
  if (format !== 'wav') expect(tags.images?.[0]).toMatchObject({ mimeType: 'image/png', data: PNG })
  expect(state).toMatchObject({ closed: true, aborted: undefined })
  expect(state.largest).toBeLessThanOrEqual(1 << 20)
  expect(done.at(-1)).toBe(SECONDS)
  expect(done).toEqual([...done].sort((a, b) => a - b))
  // The right sentence at the right time, and silence in the pauses.
  expect(Math.abs((await pitch(file, 0.3, 1)) - 200)).toBeLessThan(4)
  expect(Math.abs((await pitch(file, 18.3, 1)) - 650)).toBeLessThan(8)
})

it('mp3 and m4b hold their chapters', async () => {
  const wanted = [0, 8, 16].map((start, index) => ({ title: `Chapter ${index + 1} — “é”`, start }))
  const mp3 = await exported('mp3')
  expect(mp3.report.chapters).toEqual(wanted)
  const head = new TextDecoder().decode(mp3.file.subarray(0, 10_000))
  for (const { title } of wanted) expect(head).toContain(title)
  expect(head.match(/CHAP/g)).toHaveLength(3)
  expect(head.match(/CTOC/g)).toHaveLength(1)

  const m4b = await exported('m4b')
  expect(m4b.report.chapters).toEqual(wanted)
  const tail = new TextDecoder().decode(m4b.file.subarray(-20_000))
  for (const { title } of wanted) expect(tail.split(title).length - 1).toBe(2)
})

it('changes the sample rate where asked, and where the format lacks it', async () => {
  for (const format of ['wav', 'mp3', 'm4a'] as const) {
    const { track, input, file } = await exported(format, { sampleRate: 44_100 })
    expect(await track.getSampleRate()).toBe(44_100)
    expect(Math.abs((await input.computeDuration()) - SECONDS)).toBeLessThan(0.12)
    expect(Math.abs((await pitch(file, 18.3, 1)) - 650)).toBeLessThan(8)
  }
  const { track } = await exported('mp3', { segments: spoken(COUNT, { sampleRate: 22_050 }), bitrate: 64_000 })
  expect(await track.getSampleRate()).toBe(22_050)
})

it('mp3 has the bit rate that was asked for', async () => {
  const { track } = await exported('mp3', { sampleRate: 44_100, bitrate: 192_000 })
  const stats = await track.computePacketStats()
  expect(Math.abs(stats.averageBitrate - 192_000)).toBeLessThan(4000)
  const first = await new EncodedPacketSink(track).getFirstPacket()
  expect(first?.data[0]).toBe(0xff)
})

it('stops at a cancel: the target is aborted, the segments are ended', async () => {
  const { target, state } = memoryTarget()
  const abort = new AbortController()
  let pulled = 0
  const segments = spoken(100_000, {
    onPulled(index) {
      pulled = index
      if (index === 50) abort.abort()
    },
  })
  const failed = await exportAudio({ format: 'mp3', metadata: { title: 'x' }, segments }, target, {
    signal: abort.signal,
  }).catch((error: unknown) => error)
  expect(failed).toMatchObject({ code: 'cancelled' })
  expect(state.closed).toBe(false)
  expect(state.aborted).toBeInstanceOf(SeamError)
  expect(pulled).toBeLessThan(60)
})

it('pulls no further ahead than the target takes', async () => {
  let pulled = 0
  let written = 0
  let farthest = 0
  const target = new WritableStream<{ type: 'write'; data: Uint8Array<ArrayBuffer>; position: number }>({
    async write({ data }) {
      await new Promise(done => setTimeout(done, 30))
      written += data.length
    },
  })
  const segments = spoken(300, {
    onPulled(index) {
      pulled = index
      // 16-bit samples for two seconds.
      farthest = Math.max(farthest, pulled * 2 * RATE * 2 - written)
    },
  })
  await exportAudio({ format: 'wav', metadata: { title: 'x' }, segments }, target)
  expect(pulled).toBe(299)
  expect(farthest).toBeLessThan(2 * 1024 * 1024)
})

it('says what is wrong in words', async () => {
  const fail = (more: Partial<AudioExport>) => exported('mp3', more).catch((error: unknown) => error)
  expect(await fail({ segments: spoken(0) })).toMatchObject({
    code: 'bad-input',
    message: expect.stringMatching(/render the text/),
  })
  expect(await fail({ sampleRate: 7 })).toMatchObject({ code: 'bad-input' })
  expect(await fail({ bitrate: -1 })).toMatchObject({ code: 'bad-input' })
  const full = new WritableStream({
    write: () => Promise.reject(new DOMException('no room', 'QuotaExceededError')),
  })
  const failed = await exportAudio({ format: 'wav', metadata: { title: 'x' }, segments: spoken(COUNT) }, full).catch(
    (error: unknown) => error,
  )
  expect(failed).toMatchObject({ code: 'quota' })
  const broken = async function* () {
    yield* spoken(2)
    throw new SeamError('not-found', 'A sentence has no sound.')
  }
  expect(await fail({ segments: broken() })).toMatchObject({ code: 'not-found', message: 'A sentence has no sound.' })
})
