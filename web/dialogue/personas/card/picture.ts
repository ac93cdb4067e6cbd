import { zlibSync } from 'fflate'
import type { Bytes } from './bytes.ts'
import { writeChunks, type Crc32 } from './png.ts'

/** Pixels, in the two-to-three shape that such cards have. */
const WIDTH = 256
const HEIGHT = 384
/** Bits of a pixel; it names a colour of the palette. */
const DEPTH = 1
const PALETTE_COLOURS = 3

/** A plain two-coloured picture for a persona that has none: its card needs something to lie in. */
export function plainPicture(name: string, crc32: Crc32): Bytes {
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, WIDTH)
  view.setUint32(4, HEIGHT)
  header.set([DEPTH, PALETTE_COLOURS], 8)
  return writeChunks(
    [
      { type: 'IHDR', data: header },
      { type: 'PLTE', data: coloursOf(name) },
      { type: 'IDAT', data: zlibSync(rows()) },
      { type: 'IEND', data: new Uint8Array(0) },
    ],
    crc32,
  )
}

/** Scan lines without a filter: the upper colour, and the lower one from two thirds on. */
function rows(): Uint8Array {
  const line = 1 + WIDTH / 8
  const pixels = new Uint8Array(line * HEIGHT)
  for (let y = Math.floor((HEIGHT * 2) / 3); y < HEIGHT; y++) pixels.fill(0xff, y * line + 1, (y + 1) * line)
  return pixels
}

/** Two muted colours that belong to the name. */
function coloursOf(name: string): Uint8Array {
  let mixed = 0
  for (const letter of name) mixed = (mixed * 31 + letter.codePointAt(0)!) % 0xffffff
  const part = (shift: number) => 80 + ((mixed >> shift) & 0x5f)
  const upper = [part(0), part(7), part(14)]
  return Uint8Array.from([...upper, ...upper.map(value => Math.floor(value * 0.7))])
}
