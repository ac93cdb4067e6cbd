import type { Patience } from '../subject.ts'
import type { Change } from './model-plugin.ts'

/** How a broken plugin is tried. */
export type Trying = Partial<Patience> & { readonly contract?: string }

/** What is broken, by which change of the model, and the rule that must find it. */
export const BROKEN: readonly (readonly [string, string, readonly Change[], string, Trying?])[] = [
  ['initialize', 'says false', [['return { revision: 1', 'return false; return { revision: 1']], 'with false'],
  ['initialize', 'names no revision', [['revision: 1, ', '']], 'revision'],
  [
    'initialize',
    'throws',
    [['methods = contracts', "throw new Fault(-32603, 'No weights.'); methods = contracts"]],
    'No weights.',
  ],
  ['initialize', 'dies', [['methods = contracts', 'process.exit(3); methods = contracts']], 'exited with code 3'],
  [
    'initialize',
    'lacks a method',
    [['Object.entries(methods)', 'Object.entries(methods).slice(0, 1)']],
    '“get_voices” is not among them',
  ],
  ['health', 'says nothing of its status', [["{ status: 'READY', message: 'Fine.'", "{ message: 'Fine.'"]], 'status'],
  ['health', 'is broken', [["{ status: 'READY', message: 'Fine.'", "{ status: 'ERROR', message: 'Fine.'"]], 'ERROR'],
  ['calls', 'lists voices in words', [['run: () => voices', "run: () => 'one, two'"]], 'get_voices'],
  ['calls', 'gives half a sample', [['return pcm }', 'return pcm.subarray(0, 1) }']], ''],
  ['calls', 'gives silence', [['9000 * Math.sin(at / 9)', '0']], 'silence'],
  [
    'calls',
    'gives what is no sound',
    [["mime: 'audio/pcm;rate=24000;channels=1;format=s16le'", "mime: 'audio/pcm'"]],
    'needs a rate',
  ],
  [
    'listed',
    'lists a voice that it does not have',
    [['get_voices: { run: () => voices', "get_voices: { run: () => [{ id: 'three', name: 'Three' }]"]],
    '(1001)',
  ],
  ['listed', 'lists a voice twice', [["id: 'two', name", "id: 'one', name"]], 'twice'],
  ['listed', 'has a voice that can’t be chosen', [["id: 'one', name", "id: 'one:1', name"]], '“one:1”'],
  ['absent', 'takes any voice', [['!voices.some(({ id }) => id === voice_id)', 'false']], '1001 was expected'],
  ['absent', 'takes any sound', [["!== 'RIFF'", "=== 'nothing'"]], '1101 was expected', { contract: 'stt' }],
  ['absent', 'takes any model', [["model && model !== 'small'", 'false']], '1201 was expected', { contract: 'llm' }],
  ['null-params', 'takes null for a value', [['.filter(([, value]) => value !== null)', '']], '(1001)'],
  [
    'sessions',
    'never ends a session',
    [['sessions.delete(session_id)', '0']],
    '-32602 was expected',
    { contract: 'stt' },
  ],
  ['sessions', 'begins what it can’t end', [['end_stream: {', 'end_strem: {']], 'no “end_stream”', { contract: 'stt' }],
  [
    'byte-by-byte',
    'takes a read for a line',
    [
      ['  if (!open && !chunk.includes(10)) return\n', ''],
      ['rest.push(chunk)', 'rest = [chunk]'],
    ],
    'no answer',
    { call: 1000 },
  ],
  [
    'coalesced',
    'takes a read for a line',
    [['all = all.subarray(end + 1)', 'all = Buffer.alloc(0)']],
    'no answer',
    { quick: 1000 },
  ],
  [
    'unknown-keys',
    'knows its keys and no more',
    [
      [
        'async function answer({ id, method, params }, behind) {',
        'async function answer({ id, method, params, jsonrpc, attachments: _, ...more }, behind) { if (Object.keys(more).length > 0) process.exit(4)',
      ],
    ],
    'code 4',
  ],
  [
    'unknown-keys',
    'knows the keys of initialize and no more',
    [
      [
        'initialize: { run({ contract, features }) {',
        "initialize: { run({ contract, features, revision, host, name, config, data_folder, ...more }) { if (Object.keys(more).length > 0) throw new Fault(-32602, 'Too much.')",
      ],
    ],
    'Too much.',
  ],
  [
    'long-line',
    'takes a megabyte at most',
    [
      [
        "const line = all.toString('utf8', 0, end)",
        "if (end > 1e6) process.exit(5); const line = all.toString('utf8', 0, end)",
      ],
    ],
    'code 5',
  ],
  [
    'broken-json',
    'dies of what is not JSON',
    [['try { message = JSON.parse(line) } catch {', 'message = JSON.parse(line); try {} catch {']],
    'in the middle of the talk',
  ],
  ['broken-json', 'says another code', [['code: -32700', 'code: -32600']], '-32700 was expected'],
  ['unknown-method', 'says another code', [["Fault(-32601, 'There", "Fault(-32603, 'There"]], '-32601 was expected'],
  [
    'no-request',
    'takes it for a method',
    [["if (typeof method !== 'string') return tell", "if (typeof method !== 'string') return 0; if (false) tell"]],
    'no answer',
    { quick: 1000 },
  ],
  [
    'unknown-method',
    'has any method',
    [["throw new Fault(-32601, 'There is no such method.')", "return tell({ jsonrpc: '2.0', id, result: null })"]],
    'with a result',
  ],
  [
    'wrong-params',
    'does with nothing',
    [
      ["needs: ['text']", 'needs: []'],
      ['{ text, voice_id', "{ text = 'none', voice_id"],
    ],
    'with a result',
  ],
  [
    'notifications',
    'answers notifications',
    [
      [
        '  if (id === undefined) return\n',
        "  if (id === undefined) return tell({ jsonrpc: '2.0', id: null, error: { code: -32601, message: 'No.' } })\n",
      ],
    ],
    'answered a notification',
  ],
  [
    'ids',
    'knows ids of numbers alone',
    [['running.set(id, abort)', 'id = Number(id); running.set(id, abort)']],
    'no answer',
    { call: 1000 },
  ],
  [
    'ids',
    'answers twice',
    [
      [
        "await tell({ jsonrpc: '2.0', id, result })",
        "await tell({ jsonrpc: '2.0', id, result }); await tell({ jsonrpc: '2.0', id, result })",
      ],
    ],
    'twice',
  ],
  [
    'ids',
    'answers neither',
    [["await tell({ jsonrpc: '2.0', id, result })", "await tell({ jsonrpc: '2.0', id })"]],
    'either “result” or “error”',
  ],
  [
    'stream',
    'tells items to whoever asks for none',
    [
      [
        'else parts.push(part)',
        "else { parts.push(part); await tell({ jsonrpc: '2.0', method: '$/progress', params: { token: 1, value: part } }) }",
      ],
    ],
    'nobody had asked',
  ],
  ['stream', 'tells items of another shape', [['value: part } })', "value: 'part' } })"]], 'item of “synthesize”'],
  ['stream', 'tells nothing in an item', [['yield sound(', 'yield sound(tone(0)); yield sound(']], 'is empty'],
  [
    'stream',
    'tells sound of two kinds',
    [['yield sound(', "yield { ...sound(tone(9)), mime: 'audio/pcm;rate=8000' }; yield sound("]],
    'several media types',
  ],
  [
    'stream',
    'tells more after its answer',
    [
      [
        "await tell({ jsonrpc: '2.0', id, result })",
        "await tell({ jsonrpc: '2.0', id, result }); if (result === null) await tell({ jsonrpc: '2.0', method: '$/progress', params: { token: given.partialResultToken, value: sound(tone(9)) } })",
      ],
    ],
    'a call that was over',
  ],
  [
    'stream',
    'has nothing to tell',
    [['if (given.partialResultToken) await tell', 'if (given.partialResultToken) void 0; else if (false) await tell']],
    'neither items nor a result',
  ],
  [
    'cancel',
    'says another code',
    [["Fault(-32800, 'Cancelled.')", "Fault(-32603, 'Cancelled.')"]],
    '-32800 was expected',
  ],
  ['attachments', 'says base64', [['if (!attachments) return', 'if (true) return']], 'as base64'],
  [
    'attachments',
    'loses a part',
    [['flatMap(bytes => {', 'flatMap(all => { const bytes = all.subarray(0, 2000);']],
    '',
  ],
  [
    'unagreed',
    'never asks',
    [["attachments = agreed.includes('attachments')", 'attachments = true']],
    'had not named the feature',
  ],
  [
    'before-initialize',
    'does not wait',
    [["throw new Fault(-32002, 'Initialize it first.')", 'methods = contracts.tts']],
    '-32002',
  ],
  [
    'state',
    'does not take its own state',
    [['state = params.state; return null', "throw new Fault(1000, 'I am not I.')"]],
    'I am not I.',
  ],
  [
    'shutdown',
    'exits with 1',
    [["process.stdin.on('end', () => process.exit(0))", "process.stdin.on('end', () => process.exit(1))"]],
    'code 1',
  ],
  [
    'programs',
    'leaves one behind',
    [
      [
        "process.stdin.on('end', () => process.exit(0))",
        "process.stdin.on('end', async () => { const { spawn } = await import('node:child_process'); spawn('sleep', ['60'], { stdio: 'ignore' }).unref(); process.exit(0) })",
      ],
    ],
    'still running',
  ],
  ['output', 'prints', [['let methods, ', "console.log('Loading the model'); let methods, "]], 'Loading the model'],
  [
    'output',
    'writes what is no text',
    [['let methods, ', 'process.stdout.write(Buffer.from([0xc3, 10])); let methods, ']],
    'Something other',
  ],
  [
    'output',
    'answers what nobody asked',
    [
      [
        'let methods, ',
        "process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id: 999, result: 1 }) + '\\n'); let methods, ",
      ],
    ],
    'nobody had asked',
  ],
  // What only a plugin that takes its time breaks: it is waited for less.
  [
    'initialize',
    'hangs',
    [['methods = contracts[contract]', 'return new Promise(() => {})']],
    'no answer',
    { initialize: 1500 },
  ],
  [
    'calls',
    'never answers',
    [['for (const sentence', 'await new Promise(() => {}); for (const sentence']],
    'no answer',
    { call: 1000 },
  ],
  [
    'health-in-work',
    'does one thing at a time',
    [['await wait(20, signal)', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)']],
    'does not go on',
    { quick: 1000 },
  ],
  [
    'cancel',
    'goes on',
    [
      ['if (signal.aborted) return end()', ''],
      ["signal.addEventListener('abort'", "signal.addEventListener('never'"],
      ['setTimeout(resolve, ms)', 'setTimeout(resolve, ms * 5)'],
    ],
    'went on with it',
    { quick: 1000 },
  ],
  [
    'stalled-reader',
    'drops what there is no room for',
    [
      [
        'const write = bytes => new Promise(resolve => out.write(bytes, resolve))',
        "import { writeSync } from 'node:fs'\nconst write = bytes => { for (let at = 0; at < bytes.length; at += 65536) try { writeSync(1, bytes.subarray(at, at + 65536)) } catch {} }",
      ],
    ],
    '',
    { stall: 1500, call: 3000 },
  ],
  [
    'end-of-input',
    'lingers',
    [["process.stdin.on('end', () => process.exit(0))", 'setInterval(() => {}, 1000)']],
    'was killed',
    { ending: 500 },
  ],
  [
    'sigterm',
    'ignores it',
    [['let methods, ', "process.on('SIGTERM', () => {}); let methods, "]],
    'SIGTERM',
    { ending: 500 },
  ],
]
