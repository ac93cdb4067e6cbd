import { concat, latin1, u32 } from '../bytes.ts'

/** An ISO base media box (ISO 14496-12, 4.2). The type may hold `©`. */
export const box = (type: string, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const body = concat(...parts)
  return concat(u32(body.length + 8), latin1(type), body)
}

/** A box with version and flags. */
export const fullBox = (type: string, version: number, flags: number, ...parts: readonly Uint8Array[]) =>
  box(type, u32((version << 24) | flags), ...parts)

/** The unit matrix of `mvhd` and `tkhd`. */
export const MATRIX: Uint8Array<ArrayBuffer> = concat(...[0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000].map(u32))
export const zeros = (count: number): Uint8Array<ArrayBuffer> => new Uint8Array(count)
