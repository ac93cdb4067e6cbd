import { SeamError } from '#protocol/errors.ts'

export type Bytes = Uint8Array<ArrayBuffer>

/** How many bytes become characters in one call: more arguments than that overflow some stacks. */
const STEP = 32_768

/** Bytes as characters of the same number, as tEXt chunks and base64 have them. */
export function latin1(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += STEP) text += String.fromCharCode(...bytes.subarray(at, at + STEP))
  return text
}

export function fromLatin1(text: string): Bytes {
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  return bytes
}

export const toBase64 = (bytes: Uint8Array): string => btoa(latin1(bytes))

/** @throws SeamError bad-input */
export function fromBase64(text: string): Bytes {
  try {
    return fromLatin1(atob(text))
  } catch (cause) {
    throw new SeamError('bad-input', 'The card in this picture is not written in base64. Nothing was imported.', {
      cause,
    })
  }
}
