import { BlockList, isIPv4, isIPv6 } from 'node:net'

// What is not a host of the public Internet: IANA's registries of special-purpose addresses (RFC 6890), and addresses
// under which clouds answer questions about the machine itself.

const V4_REFUSED: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // shared by carriers (CGNAT); one cloud's metadata lies in it
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // a cloud's metadata, in the middle of public space
  ['169.254.0.0', 16], // link-local, and the metadata of most clouds
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments, metadata of another cloud
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // relays of 6to4, withdrawn
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // measurements
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
]

/** Inside of what is public at all: see `isPublicV6`. */
const V6_REFUSED: readonly (readonly [string, number])[] = [
  ['2001::', 23], // protocol assignments, Teredo and ORCHID among them
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: any IPv4 address may be inside
  ['3fff::', 20], // documentation
]

const refused = new BlockList()
for (const [net, bits] of V4_REFUSED) refused.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of V6_REFUSED) refused.addSubnet(net, bits, 'ipv6')

/** RFC 6052: the well-known prefix of translators, with an IPv4 address in the last 32 bits. */
const NAT64 = [0x64, 0xff9b, 0, 0, 0, 0] as const

/** Whether `address`, IPv4 or IPv6 as a resolver writes it, is a host that anybody on the Internet could reach. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !refused.check(address, 'ipv4')
  // A zone names an interface of this machine: nothing public has one.
  return isIPv6(address) && !address.includes('%') && isPublicV6(address)
}

function isPublicV6(address: string): boolean {
  const groups = groupsOf(address)
  // Networks without IPv4 reach it through a translator: what counts is who stands behind it.
  if (NAT64.every((group, at) => groups[at] === group)) {
    const [high, low] = [groups[6]!, groups[7]!]
    return isPublicAddress([high >> 8, high & 0xff, low >> 8, low & 0xff].join('.'))
  }
  // 2000::/3 is all that is given out. IPv4-mapped, unique-local, link-local and multicast addresses lie outside.
  return groups[0]! >> 13 === 1 && !refused.check(address, 'ipv6')
}

/** The eight groups of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a, b, c, d] = parts.slice(0, 4).map(Number) as [number, number, number, number]
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  })
  const [head = '', tail] = plain.split('::')
  const read = (text: string) => (text === '' ? [] : text.split(':').map(group => Number.parseInt(group, 16)))
  const [first, last] = [read(head), read(tail ?? '')]
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last]
}
