import { printable } from './names.ts'
import { refusal } from './refusal.ts'

const MiB = 1024 * 1024

/** Bytes of one file, unpacked. */
export const MAX_ENTRY_BYTES = 256 * MiB
/** Bytes of all files together. */
export const MAX_TOTAL_BYTES = 512 * MiB
/** Unpacked bytes for each packed one, counted beyond the first MiB. */
export const MAX_RATIO = 200
export const RATIO_FREE = MiB

/** What an archive may unpack to. Asked before a file is begun, as far as the archive says, and while it grows. */
export class Budget {
  #total = 0

  /** What the archive says of an entry. @throws SeamError bad-input */
  announce(path: string, bytes: number): void {
    if (bytes > MAX_ENTRY_BYTES)
      throw refusal(`“${printable(path)}” has ${bytes} bytes, and a file may have ${MAX_ENTRY_BYTES}`)
    this.#total += bytes
    if (this.#total > MAX_TOTAL_BYTES) throw refusal(`it unpacks to more than ${MAX_TOTAL_BYTES} bytes`)
  }
}

/** @throws SeamError bad-input */
export function checkRatio(unpacked: number, packed: number, what: string): void {
  if (unpacked > RATIO_FREE && unpacked > packed * MAX_RATIO)
    throw refusal(`${what} unpacks to more than ${MAX_RATIO} times its size`)
}
