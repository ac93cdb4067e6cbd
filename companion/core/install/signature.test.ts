import { generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scratch } from '../testing/plugins.ts'
import { settleClaims } from './expectation.ts'
import { checkSignature, readPublicKey } from './signature.ts'
import { canonicalStatement, readStatement, type Statement } from './statement.ts'
import { TrustedKeys } from './trusted-keys.ts'
import { compareVersions } from './version.ts'

const pair = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  return { spki: spki.toString('base64'), raw: spki.subarray(12).toString('base64'), privateKey }
}
const mine = pair()
const statement: Statement = { id: 'shout', version: '1.2.3', platform: 'any', sha256: 'a'.repeat(64) }
const signed = (what = statement, key = mine) => sign(null, canonicalStatement(what), key.privateKey).toString('base64')

describe('a statement', () => {
  it('is signed in one form, whatever the file looks like', () => {
    const text = JSON.stringify(
      { version: '1.2.3', sha256: statement.sha256, platform: 'any', id: 'shout' },
      undefined,
      4,
    )
    expect(canonicalStatement(readStatement(text)).toString()).toBe(
      `{"id":"shout","platform":"any","sha256":"${statement.sha256}","version":"1.2.3"}`,
    )
  })

  it.each([
    ['', 'not JSON'],
    ['[]', 'no JSON object'],
    ['null', 'no JSON object'],
    [JSON.stringify({ ...statement, more: 1 }), 'the key “more”'],
    [JSON.stringify({ ...statement, id: undefined }), '“id”'],
    [JSON.stringify({ ...statement, id: '../x' }), '“id”'],
    [JSON.stringify({ ...statement, id: 'con' }), '“id”'],
    [JSON.stringify({ ...statement, version: '1' }), '“version”'],
    [JSON.stringify({ ...statement, platform: 'linux' }), '“platform”'],
    [JSON.stringify({ ...statement, sha256: 'A'.repeat(64) }), '“sha256”'],
    [' '.repeat(4097), 'longer than 4096'],
  ])('is refused: %s', (text, words) => expect(() => readStatement(text)).toThrow(words))
})

describe('a signature', () => {
  it('is good for this statement and this key alone', () => {
    expect(() => checkSignature(statement, signed(), mine.raw, 'me')).not.toThrow()
    expect(() => checkSignature(statement, signed(), pair().raw, 'me')).toThrow('did not sign')
    for (const change of [{ id: 'other' }, { version: '1.2.4' }, { platform: 'linux-x64' }, { sha256: 'b'.repeat(64) }])
      expect(() => checkSignature({ ...statement, ...change }, signed(), mine.raw, 'me')).toThrow('did not sign')
    for (const wrong of ['', 'abc', signed().slice(4), `${signed()}AAAA`, signed().replace(/=+$/, '')])
      expect(() => checkSignature(statement, wrong, mine.raw, 'me')).toThrow('no Ed25519 signature')
  })

  it('comes with a key in either form', () => {
    expect(readPublicKey(mine.spki)).toBe(mine.raw)
    expect(readPublicKey(` ${mine.raw}\n`)).toBe(mine.raw)
    const other = generateKeyPairSync('x25519').publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
    for (const text of ['', 'abc', 'a'.repeat(64), other, mine.raw.slice(4)])
      expect(() => readPublicKey(text)).toThrow('no Ed25519 public key')
  })
})

describe('trusted keys', () => {
  const store = () => {
    const folder = scratch()
    return { keys: new TrustedKeys(folder), file: join(folder, 'trusted-keys.json') }
  }

  it('are kept by name, in a file for this account alone', () => {
    const { keys, file } = store()
    expect(keys.all()).toEqual({})
    keys.add('ada', mine.spki)
    keys.add('ada', mine.raw)
    expect([keys.find('ada'), statSync(file).mode & 0o777]).toEqual([mine.raw, 0o600])
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ ada: mine.raw })
    expect(() => keys.add('ada', pair().raw)).toThrow('has another key already')
    expect(() => keys.find('adda')).toThrow('Did you mean “ada”?')
    keys.remove('ada')
    expect(() => keys.remove('ada')).toThrow('no trusted key')
  })

  it.each(['', 'a b', '-x', '../x', 'x'.repeat(65)])('have names: not %j', name => {
    expect(() => store().keys.add(name, mine.raw)).toThrow('no name for a key')
  })

  it.each(['{', '[]', '{"a":1}', '"x"'])('are not guessed from a file that holds %s', text => {
    const { keys, file } = store()
    writeFileSync(file, text)
    expect(() => keys.find('a')).toThrow('is damaged')
    expect(() => keys.add('a', mine.raw)).toThrow('is damaged')
  })
})

describe('what is said of an archive', () => {
  const keys = new TrustedKeys('/nowhere')
  keys.find = name => {
    if (name !== 'ada') throw new Error('no such key')
    return mine.raw
  }
  const claim = (what: Statement, more = {}) => ({
    statement: { text: JSON.stringify(what), signature: signed(what), key: 'ada' },
    ...more,
  })

  it('is a hash, a signed statement, both when they agree, or nothing', () => {
    expect(settleClaims({}, keys)).toBeUndefined()
    expect(settleClaims({ sha256: ` ${'A'.repeat(64)}` }, keys)).toEqual({ sha256: 'a'.repeat(64), trust: 'pinned' })
    expect(settleClaims(claim(statement), keys)).toMatchObject({ trust: 'signed', key: 'ada' })
    expect(settleClaims(claim(statement, { sha256: statement.sha256 }), keys)).toMatchObject({ trust: 'signed' })
    expect(() => settleClaims(claim(statement, { sha256: 'b'.repeat(64) }), keys)).toThrow('another SHA-256')
    for (const sha256 of ['', 'a', 'g'.repeat(64), 'a'.repeat(65)])
      expect(() => settleClaims({ sha256 }, keys)).toThrow('no SHA-256')
  })

  it('is for this platform or for any', () => {
    const here = `${process.platform}-${process.arch}`
    expect(settleClaims(claim({ ...statement, platform: here }), keys)).toMatchObject({ trust: 'signed' })
    expect(() => settleClaims(claim({ ...statement, platform: 'beos-ppc' }), keys)).toThrow('is for beos-ppc')
  })
})

it('versions are in the order of semver.org', () => {
  const order = ['1.0.0-1', '1.0.0-2', '1.0.0-10', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta']
  const all = [...order, '1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', '1.0.0', '1.0.1', '1.1.0', '1.10.0', '2.0.0']
  for (const [at, a] of all.entries())
    for (const [other, b] of all.entries())
      expect([a, b, Math.sign(compareVersions(a, b))]).toEqual([a, b, Math.sign(at - other)])
  expect(compareVersions('1.0.0+1', '1.0.0+2')).toBe(0)
})
