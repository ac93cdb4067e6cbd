import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A whole plugin without any library, which keeps every rule: what is broken of it breaks one. */
const MODEL = `
const wait = (ms, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, ms)
  const end = () => { clearTimeout(timer); reject(new Fault(-32800, 'Cancelled.')) }
  if (signal.aborted) return end()
  signal.addEventListener('abort', end, { once: true })
})
class Fault extends Error { constructor(code, message) { super(message); this.code = code } }
const tone = count => { const pcm = Buffer.alloc(count * 2); for (let at = 0; at < count; at++) pcm.writeInt16LE(Math.round(9000 * Math.sin(at / 9)), at * 2); return pcm }
const sound = bytes => ({ mime: 'audio/pcm;rate=24000;channels=1;format=s16le', bytes })
const voices = [{ id: 'one', name: 'One' }, { id: 'two', name: 'Two' }]
const sessions = new Set()
const session = id => { if (!sessions.has(id)) throw new Fault(-32602, 'There is no such session.') }
const modelOf = ({ model }) => { if (model && model !== 'small') throw new Fault(1201, 'There is no model of this name.') }
const contracts = {
  tts: {
    synthesize: { needs: ['text'], streams: true, async *run({ text, voice_id = 'one' }, { signal }) {
      if (!voices.some(({ id }) => id === voice_id)) throw new Fault(1001, 'There is no voice of this name.')
      for (const sentence of text.split(/(?<=[.])/)) { await wait(20, signal); yield sound(tone(sentence.length * 1500)) }
    } },
    get_voices: { run: () => voices },
    get_voice_info: { needs: ['voice_id'], run: ({ voice_id }) => voices.find(({ id }) => id === voice_id) },
  },
  stt: {
    transcribe: { needs: ['audio'], async run({ audio }, { signal }) {
      if (audio.bytes.toString('latin1', 0, 4) !== 'RIFF') throw new Fault(1101, 'This is no sound.')
      await wait(audio.bytes.length / 2000, signal)
      return { text: 'hm', words: [] }
    } },
    get_languages: { run: () => [{ code: 'en', name: 'English' }] },
    start_stream: { run() { const id = 's' + sessions.size; sessions.add(id); return id } },
    feed_audio: { needs: ['session_id', 'chunk'], run({ session_id }) { session(session_id); return { text: 'hm', is_final: false } } },
    end_stream: { needs: ['session_id'], run({ session_id }) { session(session_id); sessions.delete(session_id); return { text: 'hm' } } },
  },
  llm: {
    complete: { needs: ['prompt'], async run(params, { signal }) { modelOf(params); await wait(params.max_tokens, signal); return 'yes' } },
    chat: { needs: ['messages'], run(params) { modelOf(params); return { content: 'yes' } } },
    get_models: { run: () => [{ id: 'small' }] },
    stream_complete: { streams: true, async *run(params, { signal }) { modelOf(params); for (const word of ['y', 'es']) { await wait(10, signal); yield word } } },
  },
}
let methods, attachments = false, state = { calls: 0 }
const running = new Map()
const out = process.stdout
const write = bytes => new Promise(resolve => out.write(bytes, resolve))
const tell = message => {
  const behind = []
  const outward = value => {
    if (Array.isArray(value)) return value.map(outward)
    if (value === null || typeof value !== 'object') return value
    if (!Buffer.isBuffer(value.bytes)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, outward(one)]))
    if (!attachments) return { encoding: 'base64', mime: value.mime, data: value.bytes.toString('base64') }
    return { encoding: 'attachment', mime: value.mime, attachment: behind.push(value.bytes) - 1 }
  }
  const object = outward(message)
  const line = JSON.stringify(behind.length > 0 ? { ...object, attachments: behind.length } : object) + '\\n'
  return write(Buffer.concat([Buffer.from(line), ...behind.flatMap(bytes => { const head = Buffer.alloc(4); head.writeUInt32LE(bytes.length); return [head, bytes] })]))
}
const inward = (value, behind) => {
  if (Array.isArray(value)) return value.map(one => inward(one, behind))
  if (value === null || typeof value !== 'object') return value
  if (value.encoding === 'base64') return { mime: value.mime, bytes: Buffer.from(value.data, 'base64') }
  if (value.encoding === 'attachment') return { mime: value.mime, bytes: behind[value.attachment] }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inward(one, behind)]))
}
const life = {
  initialize: { run({ contract, features }) {
    methods = contracts[contract]
    const agreed = features.filter(name => ['attachments', 'state'].includes(name))
    setImmediate(() => { attachments = agreed.includes('attachments') })
    return { revision: 1, features: ['attachments', 'state'], status: 'READY', methods: Object.entries(methods).map(([name, { streams = false }]) => ({ name, streams })) }
  } },
  shutdown: { run: () => true },
  health_check: { run: () => ({ status: 'READY', message: 'Fine.', latency_ms: 0 }) },
  capture_state: { run: () => state },
  restore_state: { needs: ['state'], run(params) { state = params.state; return null } },
}
const joined = parts => typeof parts[0] === 'string' ? parts.join('') : sound(Buffer.concat(parts.map(({ bytes }) => bytes)))
async function answer({ id, method, params }, behind) {
  if (method === '$/cancelRequest') return running.get(params.id)?.abort()
  if (id === undefined) return
  if (typeof method !== 'string') return tell({ jsonrpc: '2.0', id, error: { code: -32600, message: 'It names no method.' } })
  const abort = new AbortController()
  running.set(id, abort)
  try {
    const given = Object.fromEntries(Object.entries(inward(params ?? {}, behind)).filter(([, value]) => value !== null))
    if (!methods && method !== 'initialize') throw new Fault(-32002, 'Initialize it first.')
    const found = Object.hasOwn(life, method) ? life[method] : methods?.[method]
    if (!found) throw new Fault(-32601, 'There is no such method.')
    for (const need of found.needs ?? []) if (given[need] === undefined) throw new Fault(-32602, need + ' is missing.')
    state.calls++
    let result = await found.run(given, { signal: abort.signal })
    if (found.streams) {
      const parts = []
      for await (const part of result) {
        if (given.partialResultToken) await tell({ jsonrpc: '2.0', method: '$/progress', params: { token: given.partialResultToken, value: part } })
        else parts.push(part)
      }
      result = given.partialResultToken ? null : joined(parts)
    }
    await tell({ jsonrpc: '2.0', id, result })
  } catch (error) {
    await tell({ jsonrpc: '2.0', id, error: { code: error.code ?? -32603, message: error.message } })
  } finally {
    running.delete(id)
  }
}
let rest = [], open
process.stdin.on('data', chunk => {
  rest.push(chunk)
  if (!open && !chunk.includes(10)) return
  let all = Buffer.concat(rest)
  for (;;) {
    if (open) {
      if (all.length < 4 || all.length < 4 + all.readUInt32LE()) break
      const end = 4 + all.readUInt32LE()
      open.behind.push(all.subarray(4, end))
      all = all.subarray(end)
      if (open.behind.length === open.message.attachments) { const { message, behind } = open; open = undefined; void answer(message, behind) }
      continue
    }
    const end = all.indexOf(10)
    if (end < 0) break
    const line = all.toString('utf8', 0, end)
    all = all.subarray(end + 1)
    let message
    try { message = JSON.parse(line) } catch { void tell({ jsonrpc: '2.0', id: null, error: { code: -32700, message: 'That is not JSON.' } }); continue }
    if (message.attachments > 0) open = { message, behind: [] }
    else void answer(message, [])
  }
  rest = all.length > 0 ? [all] : []
})
process.stdin.on('end', () => process.exit(0))
`

/** A piece of the model, and what stands there instead. */
export type Change = readonly [from: string, to: string]

/** @param parent the folder that it is made in @param changes each must be of something that is there @returns its folder */
export function modelPlugin(parent: string, contract: string, changes: readonly Change[] = []): string {
  const folder = join(mkdtempSync(join(parent, 'plugin-')), 'model')
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'manifest.json'),
    JSON.stringify({ name: 'model', version: '1.0.0', contract, entry_point: 'main.mjs' }),
  )
  let code = MODEL
  for (const [from, to] of changes) {
    if (!code.includes(from)) throw new Error(`The model plugin has no “${from}”.`)
    code = code.replace(from, () => to)
  }
  writeFileSync(join(folder, 'main.mjs'), code)
  return folder
}
