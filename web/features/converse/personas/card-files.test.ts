import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { newPersona } from '#dialogue/personas/defaults.ts'
import { MAX_ARCHIVE_BYTES, MAX_ARCHIVE_FILES, MAX_CARD_FILE, MAX_CARD_JSON } from '#dialogue/personas/limits.ts'
import { readCardFile, writeCardFile } from './card-files.ts'

const card = JSON.stringify({ spec: 'chara_card_v3', spec_version: '3.0', data: { name: 'Iris', description: 'x' } })
const archive = (files: Record<string, Uint8Array>, level: 0 | 6 = 0) =>
  new Blob([new Uint8Array(zipSync(files, { level }))])
const withCard = (files: Record<string, Uint8Array>, level: 0 | 6 = 0) =>
  archive({ 'card.json': strToU8(card), ...files }, level)
/** Nothing packs it: Knuth's generator, with its own seed. */
function noise(length: number): Uint8Array {
  let seed = 1
  return Uint8Array.from({ length }, () => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) >>> 24)
}

describe('a .charx archive', () => {
  it('comes back with every file in it', async () => {
    const [found] = await readCardFile(withCard({ 'assets/icon/images/a.webp': noise(500), 'own.json': strToU8('{}') }))
    expect(found!.persona.name).toBe('Iris')
    expect(Object.keys(found!.files.assets).sort()).toEqual(['assets/icon/images/a.webp', 'own.json'])
    const [again] = await readCardFile(await writeCardFile(found!.persona, found!.files, 'charx'))
    expect(again!.files).toEqual(found!.files)
    expect(again!.problems).toEqual([])
  })

  it.each([
    ['leads out', { '../evil.json': strToU8('{}') }, 'leads out of the archive'],
    ['has an absolute path', { '/etc/passwd': strToU8('x') }, 'absolute path'],
    ['unpacks to far more than it is', { 'assets/bomb.bin': new Uint8Array(5_000_000) }, 'times its size'],
    ['has one file twice', { 'Card.json': strToU8(card) }, 'twice'],
  ])('is refused when it %s', async (_what, files, sentence) => {
    await expect(readCardFile(withCard(files, 6))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining(sentence),
    })
  })

  it('is refused without a card, cut short, and with a card that is too long', async () => {
    await expect(readCardFile(archive({ 'other.json': strToU8(card) }))).rejects.toThrow('card.json is not in it')
    const whole = withCard({})
    await expect(readCardFile(whole.slice(0, whole.size - 30))).rejects.toMatchObject({ code: 'integrity' })
    const long = archive({ 'card.json': noise(MAX_CARD_JSON + 1) })
    await expect(readCardFile(long)).rejects.toThrow(`at most ${MAX_CARD_JSON}`)
  })

  it('may hold as many files as the limit says, and not one more', async () => {
    const files = (count: number) =>
      withCard(Object.fromEntries(Array.from({ length: count - 1 }, (_, at) => [`a/${at}`, Uint8Array.of(at)])))
    const [found] = await readCardFile(files(MAX_ARCHIVE_FILES))
    expect(Object.keys(found!.files.assets)).toHaveLength(MAX_ARCHIVE_FILES - 1)
    await expect(readCardFile(files(MAX_ARCHIVE_FILES + 1))).rejects.toThrow(`at most ${MAX_ARCHIVE_FILES} files`)
  })
})

/** An archive that says of its files a and b that they unpack to so many bytes. */
function announcing(a: number, b: number): Blob {
  const zip = zipSync(
    { 'card.json': [strToU8(card), { level: 0 }], a: noise(600_000), b: noise(600_000) },
    { level: 6 },
  )
  const view = new DataView(zip.buffer, zip.byteOffset)
  for (let at = 0; at + 46 < zip.length; at++) {
    if (view.getUint32(at, true) !== 0x02014b50 || view.getUint16(at + 28, true) !== 1) continue
    view.setUint32(at + 24, zip[at + 46] === 0x61 ? a : b, true)
  }
  return new Blob([new Uint8Array(zip)])
}

describe('the files of an archive together', () => {
  it('may be as large as the limit says, and not a byte more', async () => {
    const rest = MAX_ARCHIVE_BYTES - card.length - MAX_CARD_FILE
    // Within the limit they are unpacked, and found not to be what was announced.
    await expect(readCardFile(announcing(MAX_CARD_FILE, rest))).rejects.toMatchObject({ code: 'integrity' })
    await expect(readCardFile(announcing(MAX_CARD_FILE, rest + 1))).rejects.toMatchObject({
      code: 'bad-input',
      details: { limit: MAX_ARCHIVE_BYTES },
    })
    await expect(readCardFile(announcing(MAX_CARD_FILE + 1, 1))).rejects.toThrow(`at most ${MAX_CARD_FILE}`)
  })
})

describe('a file', () => {
  it('is not read when it is too large', async () => {
    const large = { size: MAX_CARD_FILE + 1, arrayBuffer: () => Promise.reject(new Error('read')) } as unknown as Blob
    await expect(readCardFile(large)).rejects.toMatchObject({ code: 'bad-input', details: { limit: MAX_CARD_FILE } })
  })

  it('comes back in each format', async () => {
    const persona = { ...newPersona('Grüße 🌹'), prompt: 'Prune.' }
    for (const format of ['json', 'png', 'charx'] as const) {
      const [found] = await readCardFile(await writeCardFile(persona, { assets: {} }, format))
      expect(found!.persona).toMatchObject({ name: 'Grüße 🌹', prompt: 'Prune.' })
    }
  })
})
