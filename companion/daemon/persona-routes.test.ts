import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  MAX_CARD_FILE,
  MAX_GREETINGS,
  MAX_PERSONA_NAME,
  MAX_PERSONA_TEXT,
  MAX_VOICES,
} from '#dialogue/personas/limits.ts'
import { openFixture, type Fixture } from './fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await openFixture()
})
afterAll(() => fixture.close())

async function call(method: string, path: string, json?: unknown, more: Record<string, string> = {}) {
  const type = json === undefined ? {} : { 'content-type': 'application/json' }
  const body = json === undefined ? {} : { body: JSON.stringify(json) }
  const answer = await fixture.send(method, path, { headers: { ...fixture.bearer, ...type, ...more }, ...body })
  const text = answer.body.toString()
  return { ...answer, json: text.startsWith('{') || text.startsWith('[') ? (JSON.parse(text) as unknown) : undefined }
}
const upload = async (body: string | Uint8Array | AsyncIterable<Uint8Array>, more: Record<string, string> = {}) => {
  const answer = await fixture.send('POST', '/personas/import', { headers: { ...fixture.bearer, ...more }, body })
  return { status: answer.status, json: JSON.parse(answer.body.toString()) as never }
}
const make = async (more: object = {}) =>
  (await call('POST', '/personas', { name: 'Iris', ...more })).json as { id: string }

describe('/personas', () => {
  it('lists those that came with the product, and what was made', async () => {
    const { status, headers, json } = await call('POST', '/personas', { name: 'Iris', prompt: 'Prune.' })
    const { id } = json as { id: string }
    expect([status, headers.etag, headers.location]).toEqual([201, '"1"', `/personas/${id}`])
    expect(json).toMatchObject({ voice: [{ id: 'af_heart', weight: 1 }], speed: 1, lang: 'en-us', origin: 'own' })
    const list = (await call('GET', '/personas')).json as { id: string; origin: string }[]
    expect(list.map(({ id }) => id)).toEqual(expect.arrayContaining(['included:nora', 'included:wren', id]))
    expect(list[0]).toEqual(expect.not.objectContaining({ prompt: expect.anything() }))
    expect((await call('GET', `/personas/${id}`)).json).toMatchObject({ prompt: 'Prune.', revision: 1 })
  })

  it('changes what it is told to, once, and refuses who did not see that', async () => {
    const { id } = await make({ temperature: 1, mood: 'kept' })
    const path = `/personas/${id}`
    const changed = await call('PATCH', path, { temperature: null, greeting: 'Mind the roses.' }, { 'if-match': '"1"' })
    expect([changed.status, changed.headers.etag]).toEqual([200, '"2"'])
    expect(changed.json).toMatchObject({ greeting: 'Mind the roses.', mood: 'kept' })
    expect(changed.json).not.toHaveProperty('temperature')
    for (const refused of [
      await call('PATCH', path, { name: 'Ivy' }, { 'if-match': '"1"' }),
      await call('PATCH', path, { name: 'Ivy', revision: 1 }),
      await call('DELETE', path, undefined, { 'if-match': '"1"' }),
    ]) {
      expect([refused.status, refused.json]).toMatchObject([409, { code: 'conflict' }])
    }
    expect((await call('PATCH', path, {}, { 'if-match': 'x' })).status).toBe(400)
    // What was told is sent back whole.
    const whole = (await call('GET', path)).json as object
    expect((await call('PATCH', path, { ...whole, name: 'Ivy' })).json).toMatchObject({ id, name: 'Ivy', revision: 3 })
    expect((await call('DELETE', path, undefined, { 'if-match': '"3"' })).status).toBe(204)
    expect((await call('GET', path)).status).toBe(404)
  })

  it('changes, removes and sets back an included one', async () => {
    const path = '/personas/included:ada'
    expect((await call('PATCH', path, { speed: 1.2 })).json).toMatchObject({ origin: 'changed', speed: 1.2 })
    expect((await call('DELETE', path)).status).toBe(204)
    expect((await call('GET', '/personas/included%3Aada')).status).toBe(404)
    expect((await call('POST', `${path}/reset`)).json).toMatchObject({ origin: 'included', speed: 1 })
  })

  it.each([
    ['no name', {}, 'name'],
    ['an empty one', { name: '  ' }, 'a persona has a name'],
    ['a pace that nobody speaks at', { name: 'x', speed: 2.1 }, 'speed'],
    ['a voice without weight', { name: 'x', voice: [{ id: 'af_heart', weight: 0 }] }, 'voice'],
    ['a card that is none', { name: 'x', card: { data: 1 } }, 'no character card'],
  ])('refuses %s', async (_, body, words) => {
    const { status, json } = await call('POST', '/personas', body)
    expect([status, json]).toEqual([400, expect.objectContaining({ message: expect.stringContaining(words) })])
  })

  const x = (length: number) => 'x'.repeat(length)
  const voices = (count: number) => Array.from({ length: count }, () => ({ id: 'af_heart', weight: 1 }))
  it.each([
    ['a name', MAX_PERSONA_NAME, (length: number) => ({ name: x(length) })],
    ['a text', MAX_PERSONA_TEXT, (length: number) => ({ prompt: x(length) })],
    ['greetings', MAX_GREETINGS, (count: number) => ({ otherGreetings: Array<string>(count).fill('Hi.') })],
    ['voices', MAX_VOICES, (count: number) => ({ voice: voices(count) })],
  ])('has a limit for %s', async (_, most, more) => {
    const { id } = await make()
    expect((await call('PATCH', `/personas/${id}`, more(most))).status).toBe(200)
    expect((await call('PATCH', `/personas/${id}`, more(most + 1))).status).toBe(400)
  })
})

describe('files', () => {
  it.each([
    ['json', 'application/json'],
    ['yaml', 'application/yaml'],
    ['png', 'image/png'],
    ['charx', 'application/zip'],
  ])('go out as %s and come in again, whatever they are called on the way', async (format, type) => {
    const { headers, body } = await call('GET', `/personas/included:nora/export?format=${format}`)
    expect(headers['content-type']).toBe(type)
    for (const named of [type, 'application/octet-stream', undefined]) {
      const { status, json } = await upload(body, named === undefined ? {} : { 'content-type': named })
      expect([status, json]).toMatchObject([201, { personas: [{ name: 'Nora', origin: 'own' }], problems: [] }])
    }
  })

  it('hold several personas, or say what is wrong with one, and then none is kept', async () => {
    const good = 'personas:\n  - { name: Iris, prompt: Prune. }\n  - { name: Ivy, prompt: Climb. }\n'
    expect((await upload(good)).json).toMatchObject({ personas: [{ name: 'Iris' }, { name: 'Ivy' }] })
    const before = (await call('GET', '/personas')).json as unknown[]
    const { status, json } = await upload(good.replace('prompt: Climb.', 'speed: fast'))
    expect([status, json]).toEqual([400, expect.objectContaining({ message: expect.stringContaining('Line 3') })])
    expect((await call('GET', '/personas')).json).toHaveLength(before.length)
  })

  it('tell what could not be used of a card, and keep it all the same', async () => {
    const card = { spec: 'chara_card_v2', data: { name: 'Iris', description: 7, own: [1] } }
    const { json } = await upload(JSON.stringify(card))
    expect(json).toMatchObject({ problems: [{ name: 'Iris', sentences: [expect.stringContaining('description')] }] })
    const [{ id }] = (json as { personas: [{ id: string }] }).personas
    const out = await call('GET', `/personas/${id}/export?format=json`)
    expect(out.json).toMatchObject({ data: { description: 7, own: [1] } })
  })

  it.each([
    ['nothing', ''],
    ['nonsense', '\0\x01\x02'],
    ['a page', '<!doctype html><title>x</title>'],
    ['an archive that was cut short', 'PK\x03\x04 and no more'],
    ['a picture that was cut short', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  ])('that are %s are refused', async (_, body) => {
    const { status, json } = await upload(body)
    expect([status, json]).toEqual([
      400,
      expect.objectContaining({ message: expect.stringMatching(/Nothing was imported/) }),
    ])
  })

  it('are not read when they are too large', async () => {
    async function* endless() {
      for (let sent = 0; sent <= MAX_CARD_FILE; sent += 1 << 20) yield new Uint8Array(1 << 20)
    }
    const announced = await fixture.raw(
      `POST /personas/import HTTP/1.1\r\nhost: ${fixture.host}\r\nauthorization: ${fixture.bearer.authorization}\r\n` +
        `content-type: image/png\r\ncontent-length: ${MAX_CARD_FILE + 1}\r\nconnection: close\r\n\r\n`,
    )
    expect(announced).toContain('413')
    expect(announced).toContain(`larger than ${MAX_CARD_FILE} bytes`)
    const answer = await upload(Readable.from(endless())).catch(() => ({ status: 413 }))
    expect(answer.status).toBe(413)
  })

  it('are not written in a format that there is not', async () => {
    expect((await call('GET', '/personas/included:nora/export?format=doc')).status).toBe(400)
    expect((await call('GET', '/personas/nobody/export')).status).toBe(404)
  })
})
