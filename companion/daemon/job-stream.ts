import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { errorData, SeamError } from '#protocol/errors.ts'
import { isOver, type JobInfo } from '#protocol/jobs.ts'
import type { PluginHost } from '../core/plugins/host.ts'
import { parseRange } from './range.ts'

/** Milliseconds between two looks at a file that grows. */
const LOOK_EVERY = 100
const PIECE = 1 << 16

/**
 * A job's output. While it runs, what is there and then what comes; when it is over, the file with ranges. A job that
 * fails in mid-stream breaks the connection off, so that half a file is not taken for a whole one.
 */
export async function streamJob(request: FastifyRequest, reply: FastifyReply, job: JobInfo, host: PluginHost) {
  reply.header('content-type', contentType(job.outputType))
  // The headers alone: nobody would read what comes.
  const isHead = request.method === 'HEAD'
  if (!isOver(job.state)) {
    // A reader that leaves ends the looking at once, not with the next byte.
    const left = new AbortController()
    reply.raw.once('close', () => left.abort())
    const output = isHead ? [] : followJob(job.id, host, left.signal)
    return reply.send(Readable.from(output, { objectMode: false }))
  }
  const file = await host.files.found(job.id)
  if (!file) throw new SeamError('not-found', `The job made no output. ${job.message ?? ''}`.trim())
  // Of a job that failed, what there is, and the caller is told that it is not all.
  if (!file.isWhole) reply.header('x-voxloom-partial', 'true')
  reply.header('accept-ranges', 'bytes').header('etag', `"${job.id}"`)
  const { 'if-none-match': known, 'if-range': ifRange } = request.headers
  if (isKnown(known, `"${job.id}"`)) return reply.code(304).send()
  const useRange = ifRange === undefined || ifRange === `"${job.id}"`
  const range = useRange ? parseRange(request.headers.range, file.size) : undefined
  if (range === 'unsatisfiable') {
    return reply
      .code(416)
      .type('application/json')
      .header('content-range', `bytes */${file.size}`)
      .send(errorData(new SeamError('bad-input', 'The range lies behind the end of the output.')))
  }
  const { start, end } = range ?? { start: 0, end: file.size - 1 }
  if (range) reply.code(206).header('content-range', `bytes ${start}-${end}/${file.size}`)
  reply.header('content-length', Math.max(0, end - start + 1))
  return reply.send(file.size === 0 || isHead ? Readable.from([]) : createReadStream(file.path, { start, end }))
}

/** Whether `If-None-Match` names `etag`, or whatever there is (RFC 9110, 13.1.2). */
export function isKnown(header: string | undefined, etag: string): boolean {
  return (header ?? '').split(',').some(tag => ['*', etag].includes(tag.trim().replace(/^W\//, '')))
}

/** A browser plays what it knows; parameters of ours would only confuse it. */
function contentType(type: string): string {
  const [name = ''] = type.split(';')
  return name.startsWith('text/') ? `${name}; charset=utf-8` : name === 'audio/pcm' ? type : name
}

/**
 * Bytes of a growing output, until its job is over.
 * @param from first byte wanted
 * @throws SeamError engine, cancelled or not-found, when the job ends before its output does
 */
export async function* followJob(
  id: string,
  { jobs, files }: PluginHost,
  signal?: AbortSignal,
  from = 0,
): AsyncGenerator<Buffer> {
  let state = jobs.get(id)?.state
  let file = await files.found(id)
  while (!file && state !== undefined && !isOver(state) && !signal?.aborted) {
    await pause()
    state = jobs.get(id)?.state
    file = await files.found(id)
  }
  if (signal?.aborted) return
  if (!file) throw broken(jobs.get(id))
  // Renaming the file changes nothing for whoever has it open.
  const handle = await open(file.path, 'r')
  try {
    for (let at = from; !signal?.aborted;) {
      const before = jobs.get(id)
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(PIECE), 0, PIECE, at)
      at += bytesRead
      if (bytesRead > 0) {
        yield buffer.subarray(0, bytesRead)
        continue
      }
      // It may get its name between the two looks that one search takes.
      const now = (await files.found(id)) ?? (await files.found(id))
      // Another attempt makes it anew, perhaps in other words: what came and what is to come are not one output.
      if (before && now?.inode !== file.inode) throw begunAnew()
      if (before?.state === 'done') return
      if (!before || isOver(before.state)) throw broken(before)
      await pause()
    }
  } finally {
    await handle.close()
  }
}

const begunAnew = () =>
  new SeamError('engine', 'The job was begun anew while its output was read. Ask for it again.', { retryable: true })

/** Why a job's output ends before its end. */
function broken(job: JobInfo | undefined): SeamError {
  if (!job) return new SeamError('not-found', 'The job was removed.')
  return new SeamError(job.state === 'cancelled' ? 'cancelled' : 'engine', job.message ?? 'The job made no output.')
}

const pause = () => new Promise(resolve => setTimeout(resolve, LOOK_EVERY))
