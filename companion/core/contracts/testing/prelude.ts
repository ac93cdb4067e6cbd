/**
 * The plugin's side of the wire in a few lines, without any library: what a fixture's program begins with. `on` names a
 * method's handler, `item` tells an item of a stream, `attach` sends an object with bytes behind it, `send` writes what
 * it is given; `state` is what is captured and restored. Bytes in a result travel as attachments where the host agreed.
 */
export const PRELUDE = `
import { writeSync } from 'node:fs'
const handlers = new Map(), streaming = new Set(), running = new Map()
let state = {}
let attachments = false
const on = (method, handler, { streams = false } = {}) => { handlers.set(method, handler); if (streams) streaming.add(method) }
const send = raw => { const bytes = Buffer.from(raw); for (let at = 0; at < bytes.length; ) try { at += writeSync(1, bytes, at) } catch (error) { if (error.code !== 'EAGAIN') throw error; sleep(1) } }
const sleep = ms => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
const wait = ms => new Promise(resolve => setTimeout(resolve, ms))
const framed = bytes => { const head = Buffer.alloc(4); head.writeUInt32LE(bytes.length); return Buffer.concat([head, bytes]) }
const attach = (object, buffers) => send(Buffer.concat([Buffer.from(JSON.stringify({ ...object, attachments: buffers.length }) + '\\n'), ...buffers.map(framed)]))
const audio = (bytes, mime = 'audio/pcm;rate=24000;channels=1;format=s16le') => ({ mime, bytes: Buffer.from(bytes) })
const tell = message => {
  const buffers = []
  const outward = value => {
    if (Buffer.isBuffer(value)) return outward({ mime: 'application/octet-stream', bytes: value })
    if (Array.isArray(value)) return value.map(outward)
    if (value === null || typeof value !== 'object') return value
    if (Buffer.isBuffer(value.bytes)) return attachments
      ? { encoding: 'attachment', mime: value.mime, attachment: buffers.push(value.bytes) - 1 }
      : { encoding: 'base64', mime: value.mime, data: value.bytes.toString('base64') }
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, outward(one)]))
  }
  const object = outward(message)
  if (buffers.length > 0) attach(object, buffers)
  else send(JSON.stringify(object) + '\\n')
}
const item = (token, value) => tell({ jsonrpc: '2.0', method: '$/progress', params: { token, value } })
const fail = (code, message, data) => Object.assign(new Error(message), { code, data })
const inward = (value, buffers) => {
  if (Array.isArray(value)) return value.map(one => inward(one, buffers))
  if (value === null || typeof value !== 'object') return value
  if (value.encoding === 'base64') return { mime: value.mime, bytes: Buffer.from(value.data, 'base64') }
  if (value.encoding === 'attachment') return { mime: value.mime, bytes: buffers[value.attachment] }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inward(one, buffers)]))
}
on('shutdown', () => true)
on('health_check', () => ({ status: 'READY', message: 'Fine.', latency_ms: 0, memory_mb: 1 }))
on('capture_state', () => state)
on('restore_state', params => { state = params.state; return null })
const OWN = new Set(['initialize', 'shutdown', 'health_check', 'capture_state', 'restore_state'])
const initialized = told => ({
  revision: 1, features: ['attachments', 'state'], status: 'READY',
  methods: [...handlers.keys()].filter(name => !OWN.has(name)).map(name => ({ name, streams: streaming.has(name) })), ...told,
})
const answer = async (message, buffers) => {
  const { id, method } = message
  if (method === '$/cancelRequest') return running.get(message.params.id)?.abort()
  const params = inward(message.params ?? {}, buffers)
  const abort = new AbortController()
  running.set(id, abort)
  try {
    const handler = handlers.get(method)
    if (!handler && method !== 'initialize') throw fail(-32601, 'There is no method “' + method + '”.')
    const result = await handler?.(params, { id, token: params.partialResultToken, signal: abort.signal })
    tell({ jsonrpc: '2.0', id, result: method === 'initialize' && result !== false ? initialized(result) : result ?? null })
    if (method === 'initialize') attachments = params.features.includes('attachments') && initialized(result).features.includes('attachments')
  } catch (error) {
    const code = abort.signal.aborted ? -32800 : typeof error.code === 'number' ? error.code : -32603
    tell({ jsonrpc: '2.0', id, error: { code, message: error.message, ...(error.data === undefined ? {} : { data: error.data }) } })
  } finally {
    running.delete(id)
  }
}
let rest = Buffer.alloc(0), open
process.stdin.on('data', chunk => {
  rest = Buffer.concat([rest, chunk])
  for (;;) {
    if (open) {
      if (rest.length < 4 || rest.length < 4 + rest.readUInt32LE()) return
      const size = rest.readUInt32LE()
      open.buffers.push(rest.subarray(4, 4 + size))
      rest = rest.subarray(4 + size)
      if (open.buffers.length < open.message.attachments) continue
      void answer(open.message, open.buffers)
      open = undefined
      continue
    }
    const end = rest.indexOf(10)
    if (end < 0) return
    const message = JSON.parse(rest.subarray(0, end).toString())
    rest = rest.subarray(end + 1)
    if (message.attachments > 0) open = { message, buffers: [] }
    else void answer(message, [])
  }
})
process.stdin.on('end', () => process.exit(0))
`
