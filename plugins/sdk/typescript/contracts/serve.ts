// Before anything else: it keeps standard output for messages.
import { openFrameStream } from '../stdio.ts'
import { MessageReader, WireFault } from './reader.ts'
import { ContractSession } from './session.ts'
import type { ContractPlugin } from './types.ts'
import { MessageWriter } from './writer.ts'

/** Milliseconds after the end of the input in which calls that still run may be answered. */
const LAST_ANSWERS = 1000
/** Milliseconds that a plugin has in all for ending what it has begun, before it is ended. */
const FAREWELL = 1500

/** Serves a plugin on standard input and output until its host leaves, and exits: 0, or 1 when the input is damaged. */
export function serveContract(plugin: ContractPlugin): void {
  const writer = new MessageWriter(openFrameStream())
  const reader = new MessageReader()
  const session = new ContractSession(plugin, (json, attachments) => writer.send(json, attachments))
  let leaving = false

  const leave = async (code: number, patience = 0) => {
    if (leaving) return
    leaving = true
    setTimeout(() => process.exit(code), FAREWELL)
    await Promise.race([session.settled(), new Promise(resolve => setTimeout(resolve, patience))])
    await session.close()
    await writer.end()
    process.exit(code)
  }

  process.stdin.on('data', (slice: Buffer) => {
    try {
      for (const message of reader.feed(slice)) void session.take(message)
    } catch (error) {
      if (!(error instanceof WireFault)) throw error
      process.stderr.write(`The host’s messages can’t be read any more: ${error.message}\n`)
      void leave(1)
    }
  })
  process.stdin.on('error', () => void leave(1))
  process.stdin.on('end', () => void (reader.isInside ? leave(1) : leave(0, LAST_ANSWERS)))
  process.on('SIGTERM', () => void leave(0))
}
