import { describe, expect, it } from 'vitest'
import { findProgram, runProgram } from './external.ts'

const node = process.execPath
const COPY = 'process.stdin.pipe(process.stdout)'

async function* pieces(count: number, bytes = 65_536) {
  for (let at = 0; at < count; at++) yield Buffer.alloc(bytes, at)
}

describe('a program of its own', () => {
  it('gets all of the input and gives all of its output, at the reader’s pace', async () => {
    let size = 0
    await runProgram({
      program: node,
      args: ['-e', COPY],
      input: pieces(40),
      output: async bytes => {
        await new Promise(resolve => setImmediate(resolve))
        size += bytes.length
      },
    })
    expect(size).toBe(40 * 65_536)
  })

  it('that fails is told with its last words', async () => {
    const failing = runProgram({
      program: node,
      args: ['-e', 'console.error("bad rate"); process.exit(3)'],
      input: pieces(1000),
    })
    await expect(failing).rejects.toMatchObject({
      code: 'PROGRAM_FAILED',
      message: expect.stringMatching(/ended with exit code 3: bad rate$/),
    })
  })

  it('that can’t be started is told', async () => {
    const failing = runProgram({ program: '/nowhere/at/all', args: [], input: pieces(3) })
    await expect(failing).rejects.toMatchObject({
      code: 'PROGRAM_FAILED',
      message: expect.stringContaining('can’t be started'),
    })
  })

  it('that stops reading early is no failure', async () => {
    await runProgram({ program: node, args: ['-e', 'process.exit(0)'], input: pieces(1000) })
  })

  it('ends with what feeds it, with what reads it, and with the run', async () => {
    const run = { program: node, args: ['-e', COPY] }
    const broken = async function* () {
      yield Buffer.alloc(10)
      throw new Error('no more')
    }
    await expect(runProgram({ ...run, input: broken() })).rejects.toThrow('no more')
    const refusing = () => Promise.reject(new Error('no room'))
    await expect(runProgram({ ...run, input: pieces(1000), output: refusing })).rejects.toThrow('no room')
    const signal = AbortSignal.timeout(300)
    await expect(runProgram({ program: node, args: ['-e', 'setInterval(() => {}, 1000)'], signal })).rejects.toThrow(
      'SIGKILL',
    )
  })

  it('is found by PATH', () => {
    expect(findProgram('sh')).toMatch(/\/sh$/)
    expect(findProgram('no-such-program-at-all')).toBeUndefined()
  })
})
