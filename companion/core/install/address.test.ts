import { describe, expect, it } from 'vitest'
import { checkAddress, isAddress, readAddress } from './address.ts'
import { isPublicAddress } from './ranges.ts'

describe('an address that may be fetched from', () => {
  it.each([
    ...['1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0'],
    ...[
      '169.253.255.255',
      '169.255.0.0',
      '172.15.255.255',
      '172.32.0.0',
      '192.0.1.0',
      '192.167.255.255',
      '192.169.0.0',
    ],
    ...[
      '198.17.255.255',
      '198.20.0.0',
      '223.255.255.255',
      '2606:4700::1111',
      '2a00:1450:4001::200e',
      '2001:4860::8888',
    ],
    ...['64:ff9b::1.1.1.1', '64:ff9b::101:101'],
  ])('is public: %s', address => expect(isPublicAddress(address)).toBe(true))

  it.each([
    ...['0.0.0.0', '0.1.2.3', '10.0.0.0', '10.255.255.255', '100.64.0.0', '100.127.255.255', '100.100.100.200'],
    ...[
      '127.0.0.1',
      '127.255.255.255',
      '169.254.0.1',
      '169.254.169.254',
      '168.63.129.16',
      '172.16.0.0',
      '172.31.255.255',
    ],
    ...['192.0.0.192', '192.0.2.1', '192.88.99.1', '192.168.0.0', '192.168.255.255', '198.18.0.0', '198.19.255.255'],
    ...['198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.0', '255.255.255.255'],
    ...[
      '::',
      '::1',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '::ffff:10.0.0.1',
      '::ffff:1.1.1.1',
      '::127.0.0.1',
      '::1.1.1.1',
    ],
    ...[
      '64:ff9b::10.0.0.1',
      '64:ff9b::a9fe:a9fe',
      '64:ff9b::127.0.0.1',
      '64:ff9b:1::1.1.1.1',
      '64:ff9b:0:0:0:1:101:101',
    ],
    ...['fc00::1', 'fdff::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '100::1', '5f00::1'],
    ...[
      '2001::1',
      '2001:0:4136:e378:8000:63bf:3fff:fdd2',
      '2001:10::1',
      '2001:20::1',
      '2001:db8::1',
      '2002:7f00:1::',
      '3fff::1',
    ],
    ...['2606:4700::1111%eth0', '', 'localhost', '1.1.1', '01.1.1.1', '1.1.1.1 ', '::g'],
  ])('is not: %s', address => expect(isPublicAddress(address)).toBe(false))
})

describe('what the user names', () => {
  it('is an address or a path', () => {
    for (const text of ['https://a.b/c.zip', 'http:x', 'file:///x', 'ftp://x']) expect(isAddress(text)).toBe(true)
    for (const text of ['a.zip', './a:b.zip', '/x/y', 'C:\\x.zip', 'c:/x.zip', '']) expect(isAddress(text)).toBe(false)
  })

  it.each([
    ['http://example.org/a.zip', 'over https:// alone'],
    ['ftp://example.org/a.zip', 'over https:// alone'],
    ['file:///etc/passwd', 'give its path'],
    ['https://me@example.org/a', 'name or password'],
    ['https://me:secret@example.org/a', 'name or password'],
    ['https://', 'no address'],
    [`https://example.org/${'a'.repeat(4096)}`, 'longer than 4096'],
  ])('is refused: %s', (text, words) => expect(() => readAddress(text)).toThrow(words))

  it('is not shown with what may be secret in it', () => {
    expect(() => readAddress('http://me:secret@example.org/a?token=secret')).toThrow(/^(?!.*secret)/)
  })
})

describe('a host', () => {
  const resolve = (...addresses: string[]) => ({
    resolve: async () => addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
  })

  it.each([
    ['https://127.0.0.1/a', []],
    ['https://2130706433/a', []],
    ['https://0x7f.1/a', []],
    ['https://0177.0.0.1/a', []],
    ['https://[::1]/a', []],
    ['https://[::ffff:127.0.0.1]/a', []],
    ['https://[fe80::1]/a', []],
    ['https://evil.test/a', ['10.0.0.1']],
    ['https://evil.test/a', ['1.1.1.1', '127.0.0.1']],
    ['https://evil.test/a', ['2606:4700::1111', 'fd00::1']],
    ['https://metadata.test/a', ['169.254.169.254']],
  ])('is refused when any of its addresses is not public: %s %j', async (url, addresses) => {
    await expect(checkAddress(new URL(url), resolve(...addresses))).rejects.toMatchObject({ code: 'refused' })
  })

  it('is asked for once, and keeps what was checked', async () => {
    let asked = 0
    const rules = { resolve: async () => [{ address: asked++ === 0 ? '1.1.1.1' : '127.0.0.1', family: 4 }] }
    const checked = await checkAddress(new URL('https://rebinding.test/a'), rules)
    expect([asked, checked.addresses]).toEqual([1, [{ address: '1.1.1.1', family: 4 }]])
  })

  it('that has no address, or no name server, is out of reach', async () => {
    const url = new URL('https://nowhere.test/a')
    await expect(checkAddress(url, resolve())).rejects.toMatchObject({ code: 'offline' })
    const failing = { resolve: () => Promise.reject(new Error('ENOTFOUND')) }
    await expect(checkAddress(url, failing)).rejects.toMatchObject({ code: 'offline' })
  })

  it('of this machine is refused with the real resolver', async () => {
    await expect(checkAddress(new URL('https://localhost/a'))).rejects.toMatchObject({ code: 'refused' })
  })
})
