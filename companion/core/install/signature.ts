import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { SeamError } from '#protocol/errors.ts'
import { canonicalStatement, type Statement } from './statement.ts'

/** RFC 8410: what stands before the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')

/**
 * An Ed25519 public key as its 32 bytes in base64, from these or from a SubjectPublicKeyInfo (what stands between the
 * lines of a PEM file). @throws SeamError bad-input
 */
export function readPublicKey(text: string): string {
  const bytes = fromBase64(text)
  const raw = bytes?.length === 44 && bytes.subarray(0, 12).equals(SPKI) ? bytes.subarray(12) : bytes
  if (raw?.length !== 32) {
    throw new SeamError(
      'bad-input',
      'That is no Ed25519 public key. It is 32 bytes in base64, or the line between BEGIN and END PUBLIC KEY.',
    )
  }
  keyObject(raw)
  return raw.toString('base64')
}

/** Whether `key` signed the statement. @param key as `readPublicKey` gives it @throws SeamError bad-input, integrity */
export function checkSignature(statement: Statement, signature: string, key: string, keyName: string): void {
  const bytes = fromBase64(signature)
  if (bytes?.length !== 64) {
    throw new SeamError('bad-input', 'That is no Ed25519 signature. It is 64 bytes in base64.')
  }
  const raw = Buffer.from(key, 'base64')
  if (!verify(null, canonicalStatement(statement), keyObject(raw), bytes)) {
    throw new SeamError(
      'integrity',
      `The key “${keyName}” did not sign this statement: the statement, the signature or the key is another. Nothing was installed.`,
      { retryable: false },
    )
  }
}

function keyObject(raw: Buffer): KeyObject {
  try {
    return createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' })
  } catch (cause) {
    throw new SeamError('bad-input', 'That is no Ed25519 public key.', { cause })
  }
}

/** Node reads anything as base64; this takes only what it would write again. */
function fromBase64(text: string): Buffer | undefined {
  const plain = text.trim()
  const bytes = Buffer.from(plain, 'base64')
  return bytes.toString('base64') === plain ? bytes : undefined
}
