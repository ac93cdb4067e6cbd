import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { FrameParser, frame } from '../frames.ts'

export interface Drive {
  /** The entrypoint. */
  readonly program: string
  readonly folder: string
  readonly handshake: {
    readonly input: string
    readonly output: string
    readonly config?: Readonly<Record<string, unknown>>
  }
  /** What is written after the handshake: payload, framed in `frameBytes`. */
  readonly payload?: Uint8Array | string
  readonly frameBytes?: number
  /** Bytes of one write to the pipe. */
  readonly slice?: number
  /** Written as they are behind everything else. */
  readonly trailer?: Uint8Array
  /** Leaves standard input open until so many bytes of payload have come. */
  readonly openUntil?: number
  readonly env?: Readonly<Record<string, string>>
  /** Waits so long before it reads, milliseconds. */
  readonly slowReader?: number
}

export interface Driven {
  readonly code: number | null
  readonly payload: Buffer
  /** Contents of the control frames, in order. */
  readonly control: readonly {
    readonly type: string
    readonly code?: string
    readonly message: string
    readonly fatal: boolean
  }[]
  readonly stderr: string
  /** Whether the output ended inside a frame. */
  readonly partial: boolean
  /** Bytes of payload that came while the input was still open. */
  readonly early: number
  /** Milliseconds from the end of the input to the exit. */
  readonly lingered: number
}

/** Runs a plugin over real pipes, as a host does. For tests. */
export async function drive(test: Drive): Promise<Driven> {
  const child = spawn(process.execPath, [test.program], {
    cwd: test.folder,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', ...test.env },
  })
  const parser = new FrameParser()
  const payload: Buffer[] = []
  const control: Buffer[] = []
  let open: Buffer[] = []
  let size = 0
  let early = 0
  // It may have come before everything is sent.
  const enough = Promise.withResolvers<void>()
  let stderr = ''
  let closedAt = Infinity
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.on('error', () => undefined)
  const exited = new Promise<number | null>(resolve => child.once('close', code => resolve(code)))
  const reading = (async () => {
    if (test.slowReader) await new Promise(resolve => setTimeout(resolve, test.slowReader))
    for await (const chunk of child.stdout) {
      for (const piece of parser.feed(chunk as Buffer)) {
        if (!piece.control) {
          payload.push(Buffer.from(piece.bytes))
          size += piece.bytes.length
        } else open.push(Buffer.from(piece.bytes))
        if (piece.control && piece.last) {
          control.push(Buffer.concat(open))
          open = []
        }
      }
      if (closedAt === Infinity) early = size
      if (size >= (test.openUntil ?? 0)) enough.resolve()
    }
  })()
  const send = async (bytes: Uint8Array) => {
    const slice = test.slice ?? 1 << 20
    for (let at = 0; at < bytes.length && child.stdin.writable; at += slice) {
      const room = child.stdin.write(bytes.subarray(at, at + slice))
      // One tick for each slice, so that they arrive one by one.
      if (room) await new Promise(resolve => setImmediate(resolve))
      else await Promise.race([once(child.stdin, 'drain').catch(() => undefined), exited])
    }
  }
  await send(Buffer.concat([frame(handshakeJson(test)), ...framesOf(test), test.trailer ?? Buffer.alloc(0)]))
  if (test.openUntil !== undefined) await Promise.race([enough.promise, exited])
  closedAt = performance.now()
  child.stdin.end()
  const code = await exited
  const lingered = performance.now() - closedAt
  await reading
  return {
    code,
    payload: Buffer.concat(payload),
    control: control.map(bytes => JSON.parse(bytes.toString('utf8'))),
    stderr,
    partial: parser.insideFrame,
    early,
    lingered,
  }
}

const handshakeJson = ({ handshake: { input, output, config = {} } }: Drive) =>
  JSON.stringify({ protocol: '0.1', input_type: input, output_type: output, config })

function framesOf({ payload = '', frameBytes = 65_536 }: Drive): Buffer[] {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
  const frames: Buffer[] = []
  for (let at = 0; at < bytes.length; at += frameBytes) frames.push(frame(bytes.subarray(at, at + frameBytes)))
  return frames
}
