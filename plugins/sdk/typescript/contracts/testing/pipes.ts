import { spawn } from 'node:child_process'
import { MessageReader, type WireMessage } from '../reader.ts'

export interface PipedContract {
  /** Writes bytes as they are, in slices of so many. */
  send(raw: string | Uint8Array, slice?: number): Promise<void>
  /** Sends a request, and resolves with the whole answer: `result` or `error`. */
  ask(id: string | number, method: string, params?: object): Promise<Told>
  /** The next message that nobody asked for by its id. */
  next(): Promise<Told>
  /** Bytes that came behind the line of a message. */
  attachmentsOf(message: Told): readonly Buffer[]
  /** Ends the input. */
  end(): void
  kill(signal: NodeJS.Signals): void
  readonly exited: Promise<number | null>
  readonly stderr: () => string
  /** Bytes that were on standard output. */
  readonly stdout: () => Buffer
  /** Stops reading standard output, and goes on. */
  hold(): void
  go(): void
}
export interface Told {
  readonly id?: string | number | null
  readonly method?: string
  readonly params?: { readonly token: string; readonly value: unknown }
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown }
  readonly attachments?: number
}

/** What a host says first. */
export const INITIALIZE = {
  revision: 1,
  host: { name: 'voxloom', version: '0.1.0' },
  name: 'test',
  config: {},
  features: [] as readonly string[],
  data_folder: '/tmp',
}

/** Runs a plugin over real pipes. For tests. */
export function spawnContract(program: string, env: Readonly<Record<string, string>> = {}): PipedContract {
  const child = spawn(process.execPath, [program], { env: { PATH: process.env['PATH'] ?? '', ...env } })
  const reader = new MessageReader()
  const attachments = new Map<Told, readonly Buffer[]>()
  const waiting = new Map<unknown, (message: Told) => void>()
  const queue: Told[] = []
  const takers: ((message: Told) => void)[] = []
  const output: Buffer[] = []
  let stderr = ''

  function sort({ json, attachments: bytes }: WireMessage): void {
    const message = json as Told
    attachments.set(message, bytes)
    const taker = waiting.get(message.id) ?? takers.shift()
    waiting.delete(message.id)
    if (taker) taker(message)
    else queue.push(message)
  }
  child.stdout.on('data', (slice: Buffer) => {
    output.push(slice)
    for (const message of reader.feed(slice)) sort(message)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.on('error', () => undefined)

  async function send(raw: string | Uint8Array, slice = 1 << 20): Promise<void> {
    const bytes = Buffer.from(raw)
    for (let at = 0; at < bytes.length; at += slice) {
      child.stdin.write(bytes.subarray(at, at + slice))
      // One tick for each, so that they arrive one by one.
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  return {
    send,
    async ask(id, method, params = {}) {
      const answer = new Promise<Told>(resolve => waiting.set(id, resolve))
      await send(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
      return answer
    },
    next: () => {
      const [first] = queue.splice(0, 1)
      return first ? Promise.resolve(first) : new Promise(resolve => takers.push(resolve))
    },
    attachmentsOf: message => attachments.get(message) ?? [],
    end: () => void child.stdin.end(),
    kill: signal => void child.kill(signal),
    exited: new Promise(resolve => child.once('close', code => resolve(code))),
    stderr: () => stderr,
    stdout: () => Buffer.concat(output),
    hold: () => void child.stdout.pause(),
    go: () => void child.stdout.resume(),
  }
}
