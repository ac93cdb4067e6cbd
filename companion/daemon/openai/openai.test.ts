import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KOKORO_VOICES } from '#engine/speech/kokoro/voices.ts'
import { STAND_INS } from '../../core/openai/voices.ts'
import { openListeners } from '../../core/listening/open.ts'
import { openSpeakers } from '../../core/speakers/open.ts'
import { openFixture, type Fixture } from '../fixture.ts'
import { MOST_INPUT } from './speech.ts'
import { MOST_UPLOAD } from './upload.ts'

// What needs no weights: who is refused, and how.

let fixture: Fixture
beforeAll(async () => {
  // A folder without any weights.
  const models = `${tmpdir()}/voxloom-no-weights`
  fixture = await openFixture({ speakers: openSpeakers(models), listeners: openListeners(models), models })
})
afterAll(() => fixture.close())

async function ask(
  method: string,
  path: string,
  body?: object | FormData,
  headers: Record<string, string> = fixture.bearer,
) {
  const isForm = body instanceof FormData
  const sent = body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }
  const type = body === undefined || isForm ? {} : { 'content-type': 'application/json' }
  const answer = await fetch(`http://${fixture.host}${path}`, { method, headers: { ...headers, ...type }, ...sent })
  return { status: answer.status, error: ((await answer.json()) as { error?: object }).error }
}

const speech = { model: 'tts-1', voice: 'alloy', input: 'Hello.' }
const form = (fields: Record<string, string | Blob>) => {
  const made = new FormData()
  for (const [name, value] of Object.entries(fields)) made.append(name, value)
  return made
}
const uploads = () => readdirSync(tmpdir()).filter(name => name.startsWith('voxloom-upload-'))

it('whatever goes wrong below /v1 is told in one shape, and elsewhere in ours', async () => {
  const shape = { message: expect.any(String), type: 'invalid_request_error', param: null }
  for (const [method, path, headers, status, code] of [
    ['GET', '/v1/models', {}, 401, 'invalid_api_key'],
    ['GET', '/v1/models', { authorization: 'Bearer x' }, 401, 'invalid_api_key'],
    ['GET', '/v1/models', { ...fixture.bearer, origin: 'http://evil.example' }, 403, null],
    ['GET', '/v1/nothing', fixture.bearer, 404, 'not_found'],
    ['GET', '/v1', fixture.bearer, 404, 'not_found'],
    ['DELETE', '/v1/models', fixture.bearer, 405, null],
  ] as const) {
    expect(await ask(method, path, undefined, headers)).toEqual({ status, error: { ...shape, code } })
  }
  expect((await ask('GET', '/jobs/none/status')).error).toBeUndefined()
})

describe('speech', () => {
  it.each([
    ['no text', { input: '' }, 'input', 'invalid_value'],
    ['too much text', { input: 'a'.repeat(MOST_INPUT + 1) }, 'input', 'string_above_max_length'],
    ['too slow', { speed: 0.24 }, 'speed', 'invalid_value'],
    ['too fast', { speed: 4.01 }, 'speed', 'invalid_value'],
    ['a voice nobody has', { voice: 'af_hart' }, 'voice', 'invalid_voice'],
    ['the same as an object', { voice: { id: 'nobody' } }, 'voice', 'invalid_voice'],
    ['another format', { response_format: 'midi' }, 'response_format', 'invalid_value'],
  ])('%s is refused', async (_, wrong, param, code) => {
    const { status, error } = await ask('POST', '/v1/audio/speech', { ...speech, ...wrong })
    expect([status, error]).toMatchObject([400, { param, code }])
  })

  it.each([
    ['as much text as there may be', { input: 'a'.repeat(MOST_INPUT) }],
    ['as slow as can be', { speed: 0.25 }],
    ['as fast as can be', { speed: 4 }],
    ['a voice as an object', { voice: { id: 'bf_emma' } }],
    ['a mix', { voice: 'af_heart:2,am_echo' }],
    ['nulls', { speed: null, response_format: null, instructions: 'Calmly.' }],
    ['a model with a date', { model: 'gpt-4o-mini-tts-2025-12-15' }],
  ])('%s is taken as far as the weights, which are not here', async (_, fine) => {
    const { status, error } = await ask('POST', '/v1/audio/speech', { ...speech, ...fine })
    expect([status, error]).toMatchObject([
      404,
      { code: 'model_not_found', message: expect.stringContaining('voxloom models pull kokoro-82m g2p-en') },
    ])
  })

  it('has a voice of ours for each of theirs', () => {
    for (const id of Object.values(STAND_INS)) expect(KOKORO_VOICES.map(voice => voice.id)).toContain(id)
    expect(new Set(Object.values(STAND_INS)).size).toBe(Object.keys(STAND_INS).length)
  })
})

describe('transcriptions', () => {
  const send = (fields: Record<string, string | Blob>) => ask('POST', '/v1/audio/transcriptions', form(fields))
  const file = new Blob(['x'])

  it.each([
    [{ model: 'whisper-1' }, 400, 'file'],
    [{ file }, 400, 'model'],
    [{ file, model: 'whisper-9' }, 404, 'model'],
    [{ file, model: 'whisper-1', language: 'tlh' }, 400, 'language'],
    [{ file, model: 'whisper-1', response_format: 'diarized_json' }, 400, 'response_format'],
    [{ file, model: 'whisper-1', 'timestamp_granularities[]': 'letter' }, 400, 'timestamp_granularities'],
    [{ sound: file, model: 'whisper-1' }, 400, 'file'],
    [{ file: 'a text', model: 'whisper-1' }, 400, 'file'],
  ])('of %o are refused with %d', async (fields, status, param) => {
    expect(await send(fields as Record<string, string | Blob>)).toMatchObject({ status, error: { param } })
    expect(uploads()).toEqual([])
  })

  it('take a file of 25 MiB, and not a byte more', async () => {
    const of = (bytes: number) => send({ model: 'whisper-1', file: new Blob([new Uint8Array(bytes)]) })
    expect(await of(MOST_UPLOAD)).toMatchObject({ status: 404, error: { code: 'model_not_found' } })
    expect(await of(MOST_UPLOAD + 1)).toMatchObject({ status: 413, error: { code: 'file_too_large', param: 'file' } })
    expect(uploads()).toEqual([])
  })

  it('need a form', async () => {
    expect((await ask('POST', '/v1/audio/transcriptions', { model: 'whisper-1' })).status).toBe(400)
    const cut = new TextEncoder().encode('--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nab')
    const headers = { ...fixture.bearer, 'content-type': 'multipart/form-data; boundary=x' }
    const { status } = await fixture.send('POST', '/v1/audio/transcriptions', { headers, body: cut })
    expect(status).toBe(400)
    expect(uploads()).toEqual([])
  })
})
