import { fstatSync, type BigIntStats } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { confirm, isCancel } from '@clack/prompts'
import { SeamError } from '#protocol/errors.ts'
import { errorCode, fileError } from '../core/models/files.ts'
import { stopWith } from './context.ts'
import { EXIT } from './exit.ts'

/** @throws SeamError conflict, refused */
export async function mayReplace(path: string, force: boolean): Promise<void> {
  const there = await stat(path).catch(() => undefined)
  if (!there) return
  if (there.isDirectory()) throw new SeamError('bad-input', `${path} is a folder. Name a file in it.`)
  if (force || !there.isFile()) return
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new SeamError('conflict', `${path} is there already, and was left as it is. Use --force to replace it.`)
  }
  const answer = await confirm({
    message: `${path} is there already. Replace it?`,
    initialValue: false,
    output: process.stderr,
  })
  if (isCancel(answer) || !answer) throw new SeamError('refused', `${path} was left as it is.`)
}

/** @throws SeamError bad-input, when the output would take the place of the input, by whatever path */
export async function keepInput(input: string, output: string): Promise<void> {
  const from = input === '-' ? fstatSync(0, { bigint: true }) : await stat(input, { bigint: true })
  if (!from.isFile()) return
  for (const path of [output, partOf(output)]) {
    const to: BigIntStats | undefined = await stat(path, { bigint: true }).catch(() => undefined)
    if (to?.dev !== from.dev || to.ino !== from.ino) continue
    const where = path === output ? '' : `, as ${path}`
    throw new SeamError(
      'bad-input',
      `The output ${output} would be written over the input${where}. Nothing was changed; choose another place with --output.`,
    )
  }
}

/** Where a file grows until it is whole. */
const partOf = (path: string) => `${path}.part`

/** Whether a device or a named pipe stands there, which is written to as it is: nothing may take its place. */
export async function isSpecialFile(path: string): Promise<boolean> {
  const there = await stat(path).catch(() => undefined)
  return there !== undefined && !there.isFile()
}

/** Where the output of a run goes, piece by piece. */
export interface OutputSink {
  write(piece: Uint8Array): Promise<void>
  /** All was written: the file takes its name. */
  finish(): Promise<void>
  /** It was not: what is there stays as `<path>.part`. @returns its name, when there is one */
  keep(): Promise<string | undefined>
}

/**
 * Written as `<path>.part`, which takes the name when it is whole; a special file as it is. When whoever reads a named
 * pipe has had enough, the command stops, and nothing went wrong. @throws SeamError refused, not-found, quota
 */
export async function fileOutput(path: string): Promise<OutputSink> {
  const isSpecial = await isSpecialFile(path)
  const part = isSpecial ? path : partOf(path)
  let written = 0
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (isSpecial && errorCode(error) === 'EPIPE') stopWith(EXIT.ok)
      throw explain(error, path, isSpecial || written === 0 ? undefined : part)
    }
  }
  const file = await guarded(() => open(part, 'w'))
  return {
    write: piece =>
      guarded(async () => {
        for (let at = 0; at < piece.length;) {
          const { bytesWritten } = await file.write(piece, at)
          at += bytesWritten
          written += bytesWritten
        }
      }),
    finish: () =>
      guarded(async () => {
        if (!isSpecial) await file.sync()
        await file.close()
        if (!isSpecial) await rename(part, path)
      }),
    async keep() {
      await file.close().catch(() => undefined)
      if (isSpecial) return undefined
      if (written > 0) return part
      // Nobody misses a file without content.
      await rm(part, { force: true }).catch(() => undefined)
      return undefined
    },
  }
}

function explain(error: unknown, path: string, part: string | undefined): SeamError {
  const failure = fileError(error, path, 'write')
  switch (failure.code) {
    case 'quota':
      if (part === undefined) return failure
      return new SeamError(
        'quota',
        `There is no room left to write ${path}. What was made so far is kept as ${part}; free some space and run it again.`,
        { cause: error },
      )
    case 'refused':
      return new SeamError('refused', `This account may not write ${path}. Choose another place with --output.`, {
        cause: error,
      })
    case 'not-found':
      return new SeamError(
        'not-found',
        `The folder of ${path} does not exist. Make it first, or choose another place with --output.`,
        { cause: error },
      )
    default:
      return failure
  }
}

/** Standard output: a reader that is slow slows the run down. */
export function pipeOutput(): OutputSink {
  // Not through the descriptor: Node has made it non-blocking, and writes into a full pipe would fail.
  const { stdout } = process
  return {
    write: piece =>
      new Promise((resolve, reject) =>
        stdout.write(piece, error => (error ? reject(fileError(error, 'the output', 'write')) : resolve())),
      ),
    finish: async () => undefined,
    keep: async () => undefined,
  }
}
