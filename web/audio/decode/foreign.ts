/** How files begin that FFmpeg reads and few browsers do: bytes as text, `?` for any. */
const beginnings = [
  'FORM????AIFF',
  'FORM????AIFC',
  'RIFF????AVI ',
  'riff\x2e\x91\xcf\x11', // Wave64
  '\x30\x26\xb2\x75', // WMA, WMV
  '#!AMR',
  '.snd',
  '.RMF',
  '.ra\xfd',
  'FLV\x01',
  'caff',
  'wvpk',
  'MAC ',
  'MPCK',
  'MP+',
  'TTA1',
  'OFR ',
  'DSD ',
  'Creative Voice',
  'NIST_1A',
  '\x0b\x77', // AC-3
  '\x7f\xfe\x80\x01', // DTS
  '\x00\x00\x01\xba', // MPEG programme stream
]
const longest = Math.max(...beginnings.map(({ length }) => length))

/** Whether a file that nothing here reads may be sound or video all the same, by its type or how it begins. */
export async function mayBeSound(file: Blob): Promise<boolean> {
  if (/^(audio|video)\//.test(file.type)) return true
  const start = new Uint8Array(await file.slice(0, longest).arrayBuffer())
  return beginnings.some(beginning =>
    [...beginning].every((expected, at) => expected === '?' || expected.charCodeAt(0) === start[at]),
  )
}
