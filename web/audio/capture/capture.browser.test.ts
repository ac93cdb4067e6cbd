import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SoundChunk } from '#protocol/transcribe.ts'
import { watchMicrophones } from './devices.ts'
import { openMicrophone } from './open.ts'
import type { Microphone } from './types.ts'

// What no fake device can be made to do: streams that the page makes itself stand in for a microphone, with all else as
// it is. tests/e2e/microphone.spec.ts tells of devices and permissions.

let speaker: AudioContext
let gain: GainNode
/** What was opened, the last one last, and the contexts that it is heard through. */
let devices: MediaStream[]
let contexts: AudioContext[]
const open: Microphone[] = []

beforeEach(() => {
  speaker = new AudioContext()
  const tone = new OscillatorNode(speaker, { frequency: 440 })
  gain = new GainNode(speaker, { gain: 0.5 })
  const destination = speaker.createMediaStreamDestination()
  tone.connect(gain).connect(destination)
  tone.start()
  devices = []
  vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockImplementation(() => {
    devices.push(destination.stream.clone())
    return Promise.resolve(devices.at(-1)!)
  })
  contexts = vi.spyOn(AudioContext.prototype, 'createMediaStreamSource').mock.contexts as AudioContext[]
})

afterEach(async () => {
  await Promise.all(open.splice(0).map(microphone => microphone.close()))
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  await speaker.close()
})

async function listen(...options: Parameters<typeof openMicrophone>): Promise<Microphone> {
  const microphone = await openMicrophone(...options)
  open.push(microphone)
  return microphone
}

/** Reads until there are `seconds` of sound, or it ends. */
async function read(sound: AsyncIterable<SoundChunk>, seconds = Infinity): Promise<Float32Array> {
  const all: number[] = []
  for await (const { samples, sampleRate } of sound) {
    all.push(...samples)
    if (all.length >= seconds * sampleRate) break
  }
  return Float32Array.from(all)
}

/** The pitch of a tone, in periods a frame, from the usual one: on a busy machine the browser stretches some. */
function pitchOf(samples: readonly number[]): number {
  const crossings = samples.flatMap((sample, n) => (sample >= 0 && n > 0 && samples[n - 1]! < 0 ? [n] : []))
  const periods = crossings.slice(1).map((at, n) => at - crossings[n]!)
  return 1 / periods.sort((a, b) => a - b)[periods.length >> 1]!
}

/** What the browser does with a device that is gone. */
const unplug = () =>
  devices
    .at(-1)!
    .getTracks()
    .forEach(track => track.dispatchEvent(new Event('ended')))
const isLive = (stream: MediaStream) => stream.getTracks().some(({ readyState }) => readyState === 'live')
const until = (ready: () => boolean) => vi.waitUntil(ready, { timeout: 20_000, interval: 10 })

describe.each([
  ['shared memory', true],
  ['messages', false],
])('over %s', (_name, shared) => {
  it('gives the sound in chunks of about 20 ms at the rate it says', async () => {
    const microphone = await listen({}, { shared })
    const heard: number[] = []
    for await (const { samples, sampleRate, channels } of microphone.sound()) {
      expect([sampleRate, channels]).toEqual([microphone.sampleRate, 1])
      expect(Math.abs(samples.length / sampleRate - 0.02)).toBeLessThan(0.01)
      heard.push(...samples)
      if (heard.length > sampleRate) break
    }
    expect(Math.abs(pitchOf(heard) * microphone.sampleRate - 440)).toBeLessThan(5)
    expect(microphone.level).toBeGreaterThan(0.45)
    expect(microphone.trouble).toBeUndefined()
  })

  it('gives what came before the device was unplugged, and then says so', async () => {
    const microphone = await listen({}, { shared })
    const sound = microphone.sound()[Symbol.asyncIterator]()
    // The page does not read for a while; the sound waits.
    await new Promise(resolve => setTimeout(resolve, 500))
    unplug()
    let frames = 0
    const rest = async () => {
      for (;;) frames += (await sound.next()).value!.samples.length
    }
    await expect(rest()).rejects.toMatchObject({ code: 'not-found', details: { reason: 'unplugged' } })
    expect(frames).toBeGreaterThan(0.2 * microphone.sampleRate)
    expect(isLive(devices[0]!)).toBe(false)
    await expect(read(microphone.sound())).rejects.toMatchObject({ code: 'not-found' })
    // Connected again, it can be opened again.
    expect((await read((await listen({}, { shared })).sound(), 0.1)).length).toBeGreaterThan(0)
  })

  it('ends its sound when it is closed, and lets go of the device', async () => {
    const microphone = await listen({}, { shared })
    const reading = read(microphone.sound())
    await new Promise(resolve => setTimeout(resolve, 200))
    await microphone.close()
    expect((await reading).length).toBeGreaterThan(0)
    expect(isLive(devices[0]!)).toBe(false)
    expect(contexts[0]!.state).toBe('closed')
    expect(await read(microphone.sound())).toHaveLength(0)
  })
})

it('opens the device only when its sound can be taken', async () => {
  const add = AudioWorklet.prototype.addModule
  let loaded = false
  vi.spyOn(AudioWorklet.prototype, 'addModule').mockImplementation(async function (this: AudioWorklet, url) {
    await add.call(this, url)
    loaded = true
  })
  const asked = vi.mocked(navigator.mediaDevices.getUserMedia)
  const open = asked.getMockImplementation()!
  const ready: boolean[] = []
  asked.mockImplementation(wish => (ready.push(loaded), open(wish)))
  await listen()
  expect(ready).toEqual([true])
})

it('keeps what is said before anybody reads for the first reader alone, and has one reader at a time', async () => {
  const microphone = await listen()
  await new Promise(resolve => setTimeout(resolve, 600))
  const began = performance.now()
  // One right after the other: the first gets only what has waited for it.
  const first = read(microphone.sound())
  const second = read(microphone.sound())
  expect((await first).length).toBeGreaterThan(0.3 * microphone.sampleRate)
  await new Promise(resolve => setTimeout(resolve, 200))
  await microphone.close()
  const seconds = (performance.now() - began) / 1000
  const { length } = await second
  expect(length).toBeGreaterThan(0)
  expect(length).toBeLessThan((seconds + 0.1) * microphone.sampleRate)
})

it('tells how much is missing when the page was kept from reading for too long', async () => {
  const microphone = await listen({}, { room: 0.5 })
  const told: unknown[] = []
  microphone.watch(() => told.push(microphone.lost))
  await read(microphone.sound(), 0.1)
  expect(microphone.lost).toBeUndefined()
  for (const until = performance.now() + 1500; performance.now() < until;);
  await until(() => told.length > 0)
  expect(microphone.lost).toBeGreaterThan(0.5)
  expect(microphone.lost).toBeLessThan(1.5)
})

it('is not open twice, unless the second takes it over; the first then ends in good order', async () => {
  const first = await listen()
  await expect(openMicrophone()).rejects.toMatchObject({ code: 'conflict', details: { reason: 'elsewhere' } })
  expect(devices).toHaveLength(1)
  const reading = read(first.sound())
  let told = 0
  first.watch(() => (told += 1))
  const second = await listen({ takeOver: true })
  await reading
  expect(first.trouble).toBe('elsewhere')
  expect(told).toBe(1)
  await until(() => !isLive(devices[0]!))
  expect((await read(second.sound(), 0.1)).length).toBeGreaterThan(0)
  expect(second.trouble).toBeUndefined()
  // Given back, anybody may have it.
  await second.close()
  expect((await listen()).trouble).toBeUndefined()
})

it('says that it hears nothing, or too much, and takes it back', async () => {
  gain.gain.value = 0
  const microphone = await listen()
  const said: unknown[] = []
  microphone.watch(() => said.push(microphone.trouble))
  await until(() => microphone.trouble === 'silent')
  gain.gain.value = 3
  await until(() => microphone.trouble === 'clipping')
  gain.gain.value = 0.3
  await until(() => microphone.trouble === undefined)
  expect(said).toEqual(['silent', undefined, 'clipping', undefined])
})

it('goes on after the system stopped all sound, and says so meanwhile', async () => {
  const microphone = await listen()
  const said: unknown[] = []
  microphone.watch(() => said.push(microphone.trouble))
  await contexts[0]!.suspend()
  await until(() => contexts[0]!.state === 'running')
  expect((await read(microphone.sound(), 0.1)).length).toBeGreaterThan(0)
  expect(said).toEqual(['silent', undefined])
})

it('explains why a page over http from another computer gets none', async () => {
  vi.stubGlobal('isSecureContext', false)
  await expect(openMicrophone()).rejects.toMatchObject({ code: 'unsupported', details: { reason: 'insecure' } })
})

it('frees the microphone for others when it could not be opened', async () => {
  vi.mocked(navigator.mediaDevices.getUserMedia).mockRejectedValueOnce(new DOMException('', 'NotReadableError'))
  await expect(openMicrophone()).rejects.toMatchObject({ code: 'conflict', details: { reason: 'busy' } })
  expect((await listen()).trouble).toBeUndefined()
})

it('tells of devices that come and go, until nobody wants to know', async () => {
  const told = vi.fn()
  const stop = watchMicrophones(told)
  const change = () => navigator.mediaDevices.dispatchEvent(new Event('devicechange'))
  change()
  await until(() => told.mock.calls.length === 1)
  expect(Array.isArray(told.mock.calls[0]![0])).toBe(true)
  change()
  stop()
  change()
  await navigator.mediaDevices.enumerateDevices()
  expect(told).toHaveBeenCalledTimes(1)
})
