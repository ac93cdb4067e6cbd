import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { probe } from '../../../plugins/sdk/typescript/testing/sound.ts'
import { modelsFolder, root } from '../../../tests/support/models.ts'
import { pythonWith, runProgram } from '../../../tests/support/python.ts'
import { recording } from '../../../tests/support/recordings.ts'
import { openListeners } from '../../core/listening/open.ts'
import { openSpeakers } from '../../core/speakers/open.ts'
import { openFixture, type Fixture } from '../fixture.ts'

// The official clients, unchanged, against a real daemon with real weights.

// They start processes that load networks, perhaps on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 })

const SENTENCE = join(modelsFolder, 'test-recordings', 'clone-test.wav')
const TEXT = 'The quick brown fox jumps over the lazy dog.'

let fixture: Fixture
let folder: string
const speakers = openSpeakers(modelsFolder)
const listeners = openListeners(modelsFolder)
beforeAll(async () => {
  await recording('sentence')
  folder = mkdtempSync(join(tmpdir(), 'voxloom-openai-'))
  fixture = await openFixture({ speakers, listeners, models: modelsFolder })
})
afterAll(async () => {
  await fixture.close()
  rmSync(folder, { recursive: true, force: true })
})

const speak = (body: Omit<OpenAI.Audio.SpeechCreateParams, 'model'>, signal?: AbortSignal) =>
  client().audio.speech.create({ model: 'tts-1', ...body }, signal && { signal })
const client = (apiKey = fixture.token) => new OpenAI({ baseURL: `http://${fixture.host}/v1`, apiKey, maxRetries: 0 })

describe('the client for JavaScript', () => {
  it('finds models, and is told in its own errors of what it may not', async () => {
    const ids = (await Array.fromAsync(client().models.list())).map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(['kokoro-82m', 'tts-1', 'moonshine-tiny-en', 'whisper-1']))
    expect((await client().models.retrieve('tts-1-1106')).id).toBe('tts-1-1106')
    await expect(client().models.retrieve('gpt-7')).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
    await expect(client('wrong').models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError)
  })

  it('gets sound in pieces, the first before the last sentence is begun', async () => {
    const spoken = vi.spyOn(speakers, 'speak')
    const answer = await speak({ voice: 'onyx', input: `${TEXT} `.repeat(6), response_format: 'wav' })
    const pieces: Uint8Array[] = []
    for await (const piece of answer.body as unknown as AsyncIterable<Uint8Array>) {
      if (pieces.length === 0) expect(spoken.mock.calls.length).toBeLessThan(6)
      pieces.push(piece)
    }
    expect(spoken).toHaveBeenCalledTimes(6)
    spoken.mockRestore()
    expect(probe(Buffer.concat(pieces))).toMatchObject({ codec: 'pcm_s16le', rate: 24_000, channels: 1 })
  })

  it('stops the voice when it leaves in mid-sentence', async () => {
    const stop = new AbortController()
    const spoken = vi.spyOn(speakers, 'speak')
    const body = { voice: 'echo', input: `${TEXT} `.repeat(60), response_format: 'pcm' } as const
    const answer = await speak(body, stop.signal)
    await answer.body!.getReader().read()
    stop.abort()
    await expect.poll(() => spoken.mock.calls.every(([, signal]) => signal!.aborted), { timeout: 20_000 }).toBe(true)
    expect(spoken.mock.calls.length).toBeLessThan(30)
    spoken.mockRestore()
  })

  it('has speeds beyond those of the voice', async () => {
    const seconds = async (speed: number) => {
      const answer = await speak({ voice: 'alloy', input: 'The quick brown fox jumps.', response_format: 'pcm', speed })
      return (await answer.arrayBuffer()).byteLength / 48_000
    }
    const usual = await seconds(1)
    for (const speed of [0.25, 4]) {
      const ratio = usual / (await seconds(speed))
      expect(ratio).toBeGreaterThan(speed * 0.7)
      expect(ratio).toBeLessThan(speed * 1.4)
    }
  })

  it('is told what was said, at once and as it is heard', async () => {
    const create = client().audio.transcriptions
    const { text } = await create.create({ model: 'whisper-1', file: createReadStream(SENTENCE) })
    expect(text.split(' ').length).toBeGreaterThan(4)
    let heard = ''
    for await (const event of await create.create({
      model: 'whisper-1',
      file: createReadStream(SENTENCE),
      stream: true,
    })) {
      if (event.type === 'transcript.text.delta') heard += event.delta
      if (event.type === 'transcript.text.done') expect(event.text).toBe(heard)
    }
    expect(heard).toBe(text)
  })
})

it('the client for Python does all of it', async () => {
  const bin = await pythonWith('openai-python', join(root, 'tests', 'clients', 'openai.txt'))
  const args = [
    join(root, 'tests', 'clients', 'openai_client.py'),
    `http://${fixture.host}`,
    fixture.token,
    folder,
    SENTENCE,
  ]
  const { code, output } = await runProgram(join(bin, 'python'), args, { NO_PROXY: '*' })
  expect(code, output).toBe(0)
  type Line = Readonly<Record<string, never>> & { readonly what: string }
  const lines = output
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Line)
  const told = (what: string) => lines.filter(line => line.what === what)
  expect(told('model')).toEqual([{ what: 'model', id: 'tts-1' }])
  for (const [form, codec] of Object.entries({
    mp3: 'mp3',
    opus: 'opus',
    aac: 'aac',
    flac: 'flac',
    wav: 'pcm_s16le',
  })) {
    const file = probe(readFileSync(join(folder, `speech.${form}`)))
    expect([form, file.codec, file.seconds > 2 && file.seconds < 5]).toEqual([form, codec, true])
  }
  expect(told('speech').map(({ type }) => type)).toEqual([
    ...['audio/mpeg', 'audio/ogg', 'audio/aac', 'audio/flac', 'audio/wav', 'audio/pcm'],
  ])
  const [events] = told('events') as unknown as { kinds: string[]; bytes: number }[]
  expect(events!.kinds).toEqual(['speech.audio.delta', 'speech.audio.done'])
  expect(events!.bytes / 48_000).toBeLessThan(1.5)

  const [{ text }] = told('text') as unknown as [{ text: string }]
  expect(told('text')).toEqual([
    { what: 'text', text: expect.stringMatching(/\w+ \w+/) },
    { what: 'text', text: `${text}\n` },
  ])
  expect(told('srt')).toEqual([
    { what: 'srt', text: expect.stringMatching(/^1\r?\n00:00:0\d,\d{3} --> 00:00:0\d,\d{3}\r?\n\w/) },
  ])
  expect(told('vtt')).toEqual([{ what: 'vtt', text: expect.stringMatching(/^WEBVTT\n\n00:00:0/) }])
  const [verbose] = told('verbose') as unknown as { words: [string, number, number][]; duration: number }[]
  expect(verbose).toMatchObject({ text, language: 'english', segments: expect.any(Number) })
  expect(
    verbose!.words
      .map(([word]) => word)
      .join(' ')
      .replace(/\W/g, ''),
  ).toBe(text.replace(/\W/g, ''))
  for (const [, start, end] of verbose!.words) expect(end > start && end <= verbose!.duration).toBe(true)
  expect(told('stream')).toEqual([{ what: 'stream', deltas: text, done: text }])

  expect(
    lines
      .filter(line => 'error' in line)
      .map(({ what, error, status, code: name, param }) => [what, error, status, name, param]),
  ).toEqual([
    ['no key', 'AuthenticationError', 401, 'invalid_api_key', null],
    ['no model', 'NotFoundError', 404, 'model_not_found', 'model'],
    ['no voice', 'BadRequestError', 400, 'invalid_voice', 'voice'],
    ['no long', 'BadRequestError', 400, 'string_above_max_length', 'input'],
    ['no speed', 'BadRequestError', 400, 'invalid_value', 'speed'],
    ['no nothing', 'BadRequestError', 400, null, 'input'],
    ['no sound', 'BadRequestError', 400, null, 'file'],
    ['no large', 'APIStatusError', 413, 'file_too_large', 'file'],
    ['no language', 'BadRequestError', 400, 'invalid_value', 'language'],
  ])
})
