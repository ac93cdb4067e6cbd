import { crc32, inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { PersonaFiles } from '#protocol/personas.ts'
import { fromLatin1, latin1, toBase64, type Bytes } from './card/bytes.ts'
import { archiveOf, cardInArchive, CHARX_CARD } from './card/charx.ts'
import { plainPicture } from './card/picture.ts'
import { cardInPng, cardIntoPng } from './card/png-card.ts'
import { keywordOf, readChunks, textChunk, textOf, writeChunks, type PngChunk } from './card/png.ts'
import { writeCard } from './card/write.ts'
import { newPersona } from './defaults.ts'
import { personaToArchive, personaToJson, personaToPng } from './export.ts'
import { checkCardSize, importPersonas, type CardTools } from './import.ts'
import { MAX_CARD_FILE, MAX_CARD_JSON, MAX_PNG_CHUNKS } from './limits.ts'

const NO_FILES: PersonaFiles = { assets: {} }
const tools: CardTools = { crc32, unzip: () => Promise.reject(new Error('no archive')) }
const bytesOf = (text: string): Bytes => new TextEncoder().encode(text)
const picture = plainPicture('Iris', crc32)
const card = (name: string) => ({
  spec: 'chara_card_v3',
  spec_version: '3.0',
  data: { name, description: 'A gardener.' },
})
const chunk = (keyword: string, value: unknown) => textChunk(keyword, toBase64(bytesOf(JSON.stringify(value))))
const withChunks = (...chunks: PngChunk[]) => {
  const all = readChunks(picture, crc32)
  return writeChunks([...all.slice(0, -1), ...chunks, all.at(-1)!], crc32)
}
const nameIn = async (bytes: Bytes) => (await importPersonas(bytes, tools))[0]?.persona.name

describe('a card in a picture', () => {
  it('is found as either version, the third before the second', async () => {
    expect(await nameIn(withChunks(chunk('chara', card('Two'))))).toBe('Two')
    expect(await nameIn(withChunks(chunk('chara', card('Two')), chunk('ccv3', card('Three'))))).toBe('Three')
    expect(await nameIn(withChunks(chunk('Chara', card('Old'))))).toBe('Old')
  })

  it('is taken from the other chunk when the better one can’t be read', async () => {
    expect(await nameIn(withChunks(textChunk('ccv3', '???'), chunk('chara', card('Two'))))).toBe('Two')
    await expect(nameIn(withChunks(textChunk('ccv3', '???')))).rejects.toThrow('base64')
  })

  it('goes out in a real picture, before its end, beside everything else that was in it', () => {
    const note = textChunk('Comment', 'kept')
    const asset = textChunk('chara-ext-asset_:x.png', 'AAAA')
    const before = withChunks(note, chunk('chara', card('Old')), asset)
    const written = personaToPng(
      { ...newPersona('Iris', 'a'), prompt: 'Grüße 🌹' },
      { ...NO_FILES, picture: before },
      crc32,
    )
    const chunks = readChunks(written, crc32)
    expect(chunks.map(({ type }) => type)).toEqual(['IHDR', 'PLTE', 'IDAT', 'tEXt', 'tEXt', 'tEXt', 'tEXt', 'IEND'])
    expect(chunks.map(keywordOf).filter(Boolean)).toEqual(['comment', 'chara-ext-asset_:x.png', 'chara', 'ccv3'])
    expect(chunks.filter(each => keywordOf(each) === 'comment').map(textOf)).toEqual(['kept'])
    const { card: found } = cardInPng(written, crc32)
    expect(found).toMatchObject({ spec: 'chara_card_v3', data: { name: 'Iris', system_prompt: 'Grüße 🌹' } })
  })

  it('leaves the picture without it when it is read', async () => {
    const [found] = await importPersonas(withChunks(chunk('ccv3', card('Iris')), chunk('chara', card('Iris'))), tools)
    expect(found!.files.picture).toEqual(picture)
  })

  it('gets a plain picture where there is none, which programs can show', () => {
    const chunks = readChunks(personaToPng(newPersona('Iris'), NO_FILES, crc32), crc32)
    const header = chunks[0]!.data
    const view = new DataView(header.buffer, header.byteOffset)
    const [width, height] = [view.getUint32(0), view.getUint32(4)]
    const pixels = inflateSync(chunks.find(({ type }) => type === 'IDAT')!.data)
    expect(pixels).toHaveLength((1 + width / 8) * height)
    expect(plainPicture('Iris', crc32)).not.toEqual(plainPicture('Ada', crc32))
  })

  it('keeps half characters, which only JSON can write', async () => {
    const odd = {
      ...card('Iris'),
      data: { name: 'Iris', description: 'x', odd: '\ud800', extensions: { '\udc00': 1 } },
    }
    const { card: found } = cardInPng(cardIntoPng(odd, picture, crc32), crc32)
    expect(found).toEqual(odd)
  })

  it('is refused with a sentence when the picture is cut short, wherever', async () => {
    const whole = withChunks(chunk('ccv3', card('Iris')))
    for (let end = 8; end < whole.length; end += 7) {
      await expect(importPersonas(whole.slice(0, end), tools)).rejects.toMatchObject({
        code: 'integrity',
        message: expect.stringContaining('cut short'),
      })
    }
  })

  it('is refused when a check sum is wrong, naming the part', async () => {
    const whole = withChunks(chunk('ccv3', card('Iris')))
    whole[latin1(whole).indexOf('ccv3') + 9]! ^= 1
    await expect(importPersonas(whole, tools)).rejects.toThrow('“tEXt” does not match its check sum')
  })

  it('is refused without a card, without a header, and with letters that are none', async () => {
    await expect(importPersonas(picture, tools)).rejects.toThrow('holds no character card')
    const end: PngChunk = { type: 'IEND', data: new Uint8Array(0) }
    await expect(importPersonas(writeChunks([chunk('ccv3', card('I')), end], crc32), tools)).rejects.toThrow('damaged')
    await expect(importPersonas(writeChunks([{ ...end, type: '\0\0\0\0' }, end], crc32), tools)).rejects.toThrow(
      'damaged',
    )
  })

  it('may have as many parts as the limit says, and not one more', () => {
    const [header, ...others] = readChunks(picture, crc32)
    const filler = (count: number) => Array.from({ length: count }, () => ({ type: 'teSt', data: new Uint8Array(0) }))
    const withParts = (count: number) => writeChunks([header!, ...filler(count - 1 - others.length), ...others], crc32)
    expect(readChunks(withParts(MAX_PNG_CHUNKS), crc32)).toHaveLength(MAX_PNG_CHUNKS)
    expect(() => readChunks(withParts(MAX_PNG_CHUNKS + 1), crc32)).toThrow(`more than ${MAX_PNG_CHUNKS} parts`)
  })
})

describe('a file with a persona', () => {
  it('may be as large as the limit says, and not a byte more', async () => {
    expect(() => checkCardSize(MAX_CARD_FILE)).not.toThrow()
    await expect(importPersonas(new Uint8Array(MAX_CARD_FILE + 1), tools)).rejects.toMatchObject({
      code: 'bad-input',
      details: { limit: MAX_CARD_FILE },
    })
    // A picture of that size, whose card is small.
    const [header, ...others] = readChunks(withChunks(chunk('ccv3', card('Large'))), crc32)
    const rest = writeChunks([header!, ...others], crc32).length
    const filler = { type: 'fiLl', data: new Uint8Array(MAX_CARD_FILE - rest - 12) }
    const large = writeChunks([header!, filler, ...others], crc32)
    expect(large.length).toBe(MAX_CARD_FILE)
    expect(await nameIn(large)).toBe('Large')
  })

  it('may have a card as long as the limit says, and not a byte more', async () => {
    const text = JSON.stringify(card('Long'))
    const padded = (length: number) => bytesOf(text + ' '.repeat(length - text.length))
    expect(await nameIn(padded(MAX_CARD_JSON))).toBe('Long')
    await expect(nameIn(padded(MAX_CARD_JSON + 1))).rejects.toMatchObject({ details: { limit: MAX_CARD_JSON } })
  })

  it.each([
    ['nothing', new Uint8Array(0)],
    ['zeros', new Uint8Array(100)],
    ['a JPEG', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16)],
    ['half a card', bytesOf('{"spec":"chara_card_v3","data":{"na')],
    ['a settings file', bytesOf('{"theme":"dark"}')],
    ['a list of cards', bytesOf(`[${JSON.stringify(card('Iris'))}]`)],
    ['prose', bytesOf('Once upon a time there was a card.')],
  ])('is refused when it is %s', async (_what, bytes) => {
    await expect(importPersonas(bytes, tools)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('Nothing was imported'),
    })
  })

  it('comes back the same as JSON, PNG and archive', async () => {
    const persona = {
      ...newPersona('Iris', 'a'),
      prompt: 'Prune.',
      voice: [{ id: 'bf_lily', weight: 1 }],
      temperature: 0.3,
    }
    const files: PersonaFiles = { picture, assets: {} }
    const unzip = () => Promise.resolve(personaToArchive(persona, files))
    const found = await Promise.all([
      importPersonas(bytesOf(personaToJson(persona)), tools),
      importPersonas(personaToPng(persona, files, crc32), tools),
      importPersonas(fromLatin1('PK\x03\x04'), { crc32, unzip }),
    ])
    for (const [imported] of found) {
      expect(imported!.problems).toEqual([])
      expect(imported!.persona).toMatchObject({ ...persona, id: expect.not.stringMatching(/^a$/) as string })
    }
  })
})

describe('an archive', () => {
  const icon = (uri: string) => ({
    ...card('Iris'),
    data: {
      ...card('Iris').data,
      assets: [
        { type: 'icon', uri, name: 'main', ext: 'png' },
        { type: 'x_odd', uri: 'embeded://odd' },
      ],
    },
  })

  it('keeps every file that it does not know', () => {
    const odd = Uint8Array.of(1, 2, 3)
    const files = new Map([
      [CHARX_CARD, bytesOf(JSON.stringify(icon('embeded://assets/icon/images/i.png')))],
      ['assets/icon/images/i.png', picture],
      ['__proto__', odd],
      ['other.json', bytesOf('{}')],
    ])
    const { card: found, files: kept } = cardInArchive(files)
    expect(archiveOf(found as Record<string, unknown>, kept)).toEqual(files)
  })

  it('takes the picture that the card came in as its icon, and leaves other assets alone', () => {
    const written = archiveOf(writeCard(newPersona('Iris')), { picture, assets: {} })
    expect([...written.keys()]).toEqual([CHARX_CARD, 'assets/icon/images/main.png'])
    const fromDefault = JSON.parse(
      new TextDecoder().decode(archiveOf(icon('ccdefault:'), { picture, assets: {} }).get(CHARX_CARD)),
    ) as ReturnType<typeof icon>
    expect(fromDefault.data.assets.map(({ uri }) => uri)).toEqual([
      'embeded://assets/icon/images/main.png',
      'embeded://odd',
    ])
  })

  it('lends its icon to a picture that is exported', () => {
    const assets = { 'assets/icon/images/i.png': picture }
    const persona = { ...newPersona('Iris'), card: icon('embeded://assets/icon/images/i.png') }
    expect(readChunks(personaToPng(persona, { assets }, crc32), crc32).slice(0, 3)).toEqual(
      readChunks(picture, crc32).slice(0, 3),
    )
  })

  it('is refused without a card', () => {
    expect(() => cardInArchive(new Map([['readme.txt', bytesOf('x')]]))).toThrow(CHARX_CARD)
  })
})
