import { MAX_CONTROL } from '#protocol/plugins.ts'
import { endingOf } from '../../../companion/core/frames/ending.ts'
import { mayBeError, parseErrorFrame, type PluginError } from '../../../companion/core/frames/error-frame.ts'
import { frame, HEADER_BYTES, isWithinLimit, readHeader } from '../../../companion/core/frames/frame.ts'
import { FrameFault, FrameScanner } from '../../../companion/core/frames/scanner.ts'
import * as sdk from '../../../plugins/sdk/typescript/frames.ts'
import { judged, must, same } from '../judge.ts'
import { cutAt } from '../slices.ts'

// Input: a byte whose lower half says how many lengths of slices follow and whose highest bit says whether the process
// ended well; those lengths; then what the process wrote.

/** What a host makes of a plugin's output. */
interface Heard {
  /** Payload that was passed on, in pieces without meaning. */
  readonly payload: Buffer[]
  /** Errors in order; null for a control frame that nobody knows. */
  readonly said: (PluginError | null)[]
  end: string
}

const isFault = (error: Error) => error instanceof FrameFault || error instanceof sdk.FrameFault
const payloadOf = ({ payload }: Heard) => Buffer.concat(payload)

function hear(slices: readonly Buffer[], succeeded: boolean): Heard {
  const scanner = new FrameScanner()
  const heard: Heard = { payload: [], said: [], end: '' }
  const read = judged(() => {
    for (const slice of slices) {
      for (const item of scanner.feed(slice)) {
        if (item.kind === 'payload') {
          must(item.bytes.length <= Math.max(slice.length, MAX_CONTROL), 'More came out than may be collected.')
          heard.payload.push(Buffer.from(item.bytes))
        } else heard.said.push(item.kind === 'error' ? item.error : null)
      }
    }
    return true
  }, isFault)
  if (!read) return { ...heard, end: 'fault' }
  const ending = endingOf(scanner, succeeded)
  if (ending.kind === 'complete' && ending.payload) heard.payload.push(ending.payload)
  if (ending.kind === 'reported') heard.said.push(ending.error)
  return { ...heard, end: ending.kind }
}

interface Sent {
  readonly frames: readonly { readonly control: boolean; readonly content: Buffer }[]
  /** What is there of a frame that did not come to its end, from its header on. */
  readonly rest: Buffer
  readonly isFaulty: boolean
}

/** The same bytes, taken apart the simplest way. */
function takeApart(bytes: Buffer): Sent {
  const frames = []
  let at = 0
  while (at + HEADER_BYTES <= bytes.length) {
    const header = readHeader(bytes, at)
    if (!isWithinLimit(header)) return { frames, rest: bytes.subarray(at), isFaulty: true }
    const end = at + HEADER_BYTES + header.length
    if (end > bytes.length) break
    frames.push({ control: header.control, content: bytes.subarray(at + HEADER_BYTES, end) })
    at = end
  }
  return { frames, rest: bytes.subarray(at), isFaulty: false }
}

/** docs/plugin-protocol.md, 4 and 5, read word by word. */
function expected({ frames, rest, isFaulty }: Sent, succeeded: boolean): Heard {
  const heard: Heard = { payload: [], said: [], end: isFaulty ? 'fault' : succeeded ? 'complete' : 'unexplained' }
  if (succeeded && !isFaulty && rest.length > 0) heard.end = 'partial'
  const last = frames.at(-1)
  for (const { control, content } of frames) {
    const error = content.length <= MAX_CONTROL ? parseErrorFrame(content) : undefined
    if (control) heard.said.push(error ?? null)
    else if (!error || content !== last?.content || (rest.length >= HEADER_BYTES && !isFaulty))
      heard.payload.push(content)
    // The last frame, of the first draft's kind. What was held back is of no use any more when the end is a failure.
    else if (heard.end === 'complete') heard.payload.push(content)
    else if (heard.end === 'unexplained') {
      heard.said.push(error)
      heard.end = 'reported'
    }
  }
  // The beginning of a frame is passed on as it comes, unless it may yet be an error.
  const begun = rest.subarray(HEADER_BYTES)
  if (isFaulty || begun.length === 0) return heard
  const { control, length } = readHeader(rest)
  if (!control && !(length <= MAX_CONTROL && mayBeError(begun[0]!))) heard.payload.push(begun)
  return heard
}

function sameHeard(what: string, one: Heard, other: Heard): void {
  same(what, [one.said, one.end], [other.said, other.end])
  must(payloadOf(one).equals(payloadOf(other)), `${what}: the payload differs.`)
}

/** What the SDK, at the other end of the pipe, makes of the same bytes. */
function sdkReads(slices: readonly Buffer[], sent: Sent): void {
  const parser = new sdk.FrameParser()
  const frames: { control: boolean; content: Buffer }[] = []
  let pieces: Buffer[] = []
  const read = judged(() => {
    for (const slice of slices) {
      for (const { control, bytes, last } of parser.feed(slice)) {
        pieces.push(bytes)
        if (!last) continue
        frames.push({ control, content: Buffer.concat(pieces) })
        pieces = []
      }
    }
    return true
  }, isFault)
  must((read === undefined) === sent.isFaulty, 'Only one side refuses a header.')
  must(frames.length === sent.frames.length, 'The SDK reads another number of frames.')
  for (const [at, { control, content }] of sent.frames.entries()) {
    must(frames[at]!.control === control && frames[at]!.content.equals(content), `The SDK reads frame ${at} otherwise.`)
    must(sdk.frame(content, control).equals(frame(content, control)), `The SDK writes frame ${at} otherwise.`)
  }
}

export function fuzz(data: Buffer): void {
  const first = data[0] ?? 0
  const lengths = [...data.subarray(1, 1 + (first & 0x0f))]
  const bytes = data.subarray(1 + lengths.length)
  const succeeded = first < 0x80
  const sent = takeApart(bytes)
  const again = Buffer.concat(sent.frames.map(({ control, content }) => frame(content, control)))
  must(Buffer.concat([again, sent.rest]).equals(bytes), 'Frames written again are not what was sent.')

  const slices = cutAt(bytes, lengths)
  const heard = hear(slices, succeeded)
  sameHeard('Against the rules', heard, expected(sent, succeeded))
  sameHeard('In one piece', heard, hear([Buffer.from(bytes)], succeeded))
  if (bytes.length <= 512) sameHeard('Byte by byte', heard, hear(cutAt(bytes, [1]), succeeded))
  sdkReads(slices, sent)

  // What was heard, said once more: each piece of payload as a frame, then what was said, marked.
  const payload = heard.payload.map(piece => frame(piece))
  const said = heard.said.map(error => frame(JSON.stringify({ type: error ? 'error' : '', ...error }), true))
  const echo = hear(cutAt(Buffer.concat([...payload, ...said]), lengths), true)
  sameHeard('Said once more', { ...heard, end: 'complete' }, echo)
}
