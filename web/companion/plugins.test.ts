import { describe, expect, it } from 'vitest'
import { pipelineSource, runBody, validateBody } from '#protocol/api.ts'
import { SeamError, type Failure } from '#protocol/errors.ts'
import { createAbsentPlugins } from './absent.ts'
import { createPluginService } from './plugins.ts'
import type { PluginService } from './plugin-types.ts'

interface Asked {
  readonly path: string
  readonly method: string
  readonly headers: Headers
  readonly body: unknown
}

const answer = (body: unknown, status = 200) => Response.json(body, { status })

/** A service against one answer, and what it was asked. */
function service(reply: () => Response | Promise<Response> = () => answer([]), base = '') {
  const asked: Asked[] = []
  const plugins = createPluginService({
    base,
    fetch: async (path, init = {}) => {
      const { method = 'GET', headers, body } = init
      asked.push({ path: String(path), method, headers: new Headers(headers), body })
      return reply()
    },
  })
  return { plugins, asked }
}

const bodyOf = ({ body }: Asked) => JSON.parse(String(body)) as unknown
const pipeline = { name: 'a', nodes: [{ id: 'up', plugin: 'uppercase-python', options: { loud: true } }] }

async function failure(work: Promise<unknown>): Promise<SeamError> {
  const error = await work.then(
    () => expect.unreachable('It went well.'),
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(SeamError)
  return error as SeamError
}

describe('requests', () => {
  it.each<[string, (plugins: PluginService) => Promise<unknown>, string, string]>([
    ['plugins', plugins => plugins.plugins(), 'GET', '/plugins'],
    ['one to be tried', plugins => plugins.verify('a b'), 'POST', '/plugins/a%20b/verify'],
    ['pipelines', plugins => plugins.pipelines(), 'GET', '/pipelines'],
    ['a pipeline', plugins => plugins.openPipeline('x'), 'GET', '/pipelines/x'],
    ['jobs', plugins => plugins.jobs(), 'GET', '/jobs?limit=200'],
    ['a job', plugins => plugins.job('1'), 'GET', '/jobs/1/status'],
    ['its pipeline', plugins => plugins.jobPipeline('1'), 'GET', '/jobs/1/pipeline'],
    ['its end', plugins => plugins.cancelJob('1'), 'POST', '/jobs/1/cancel'],
    ['its output', plugins => plugins.stream('1'), 'GET', '/jobs/1/stream'],
  ])('for %s', async (_, call, method, path) => {
    const { plugins, asked } = service()
    await call(plugins)
    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatchObject({ method, path })
    expect(asked[0]!.headers.has('x-voxloom')).toBe(method !== 'GET')
  })

  it('go to the companion that the page was paired with', async () => {
    const { plugins, asked } = service(undefined, 'http://localhost:4747')
    await plugins.jobs()
    expect(asked[0]!.path).toBe('http://localhost:4747/jobs?limit=200')
    expect(plugins.url('1')).toBe('http://localhost:4747/jobs/1/stream')
  })

  it('that take away expect nothing back', async () => {
    const { plugins, asked } = service(() => new Response(null, { status: 204 }))
    await plugins.removeJob('1')
    await plugins.removePipeline('x')
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['DELETE /jobs/1', 'DELETE /pipelines/x'])
    for (const { headers } of asked) expect(headers.has('x-voxloom')).toBe(true)
  })

  it('have bodies that the companion takes', async () => {
    const { plugins, asked } = service()
    await plugins.validate(pipeline, 'text/plain')
    await plugins.validate({ toml: 'name = "a"' })
    await plugins.savePipeline('a', pipeline)
    await plugins.run({ pipeline, input: 'Hello.', type: 'text/plain' })
    await plugins.run({ pipeline, input: 'Hello.', split: 'chapters' })
    expect(validateBody.parse(bodyOf(asked[0]!))).toEqual({ pipeline, input_type: 'text/plain' })
    expect(validateBody.parse(bodyOf(asked[1]!))).toEqual({ pipeline: { toml: 'name = "a"' } })
    expect(pipelineSource.parse(bodyOf(asked[2]!))).toEqual(pipeline)
    expect(runBody.parse(bodyOf(asked[3]!))).toEqual({ pipeline, input: 'Hello.', input_type: 'text/plain' })
    expect(runBody.parse(bodyOf(asked[4]!))).toEqual({ pipeline, input: 'Hello.', split: 'chapters' })
  })

  it('with a file are the file itself, after a pipeline that is not saved', async () => {
    const { plugins, asked } = service(() => answer({ draft: 'd1' }))
    const file = new Blob(['RIFF'], { type: 'audio/wav' })
    await plugins.run({ pipeline: { saved: 'my book' }, input: file })
    expect(asked[0]).toMatchObject({ path: '/pipeline/run?pipeline=my+book', body: file })
    expect(asked[0]!.headers.get('content-type')).toBe('audio/wav')
    await plugins.run({ pipeline, input: file, type: 'audio/pcm', split: 'chapters' })
    expect(asked[1]!.path).toBe('/pipeline/draft')
    expect(pipelineSource.parse(bodyOf(asked[1]!))).toEqual(pipeline)
    expect(asked[2]).toMatchObject({ path: '/pipeline/run?draft=d1&split=chapters', body: file })
    expect(asked[2]!.headers.get('content-type')).toBe('audio/pcm')
  })
})

describe('answers', () => {
  it('of a log are its lines, without one that is still being written', async () => {
    const { plugins } = service(() => new Response('{"at":"t","node":"n","text":"a"}\n{"node":"","text":"b"}\n{"te'))
    expect(await plugins.log('1')).toEqual([
      { at: 't', node: 'n', text: 'a' },
      { at: '', node: '', text: 'b' },
    ])
  })

  it.each<[string, () => Response | Promise<Response>, Failure]>([
    ['nobody answers', () => Promise.reject(new TypeError('Failed to fetch')), 'offline'],
    [
      'a static host answers',
      () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }),
      'offline',
    ],
    ['a proxy has nobody behind it', () => new Response('Bad gateway', { status: 502 }), 'offline'],
    ['the page is a stranger', () => answer({}, 401), 'refused'],
    [
      'the companion says why',
      () => answer({ code: 'not-found', message: 'No.', retryable: false, details: {} }, 404),
      'not-found',
    ],
  ])('when %s', async (_, reply, code) => {
    expect((await failure(service(reply).plugins.plugins())).code).toBe(code)
  })

  it('that nobody waits for any more', async () => {
    const abort = new AbortController()
    const { plugins } = service(() => {
      abort.abort()
      throw new DOMException('', 'AbortError')
    })
    expect((await failure(plugins.plugins(abort.signal))).code).toBe('cancelled')
  })
})

it('without a companion every call says so', async () => {
  const plugins = createAbsentPlugins()
  for (const work of [plugins.plugins(), plugins.jobs(), plugins.run({ pipeline, input: '' }), plugins.stream('1')]) {
    const { code, message } = await failure(work)
    expect(code).toBe('offline')
    expect(message).toContain('npm start')
  }
})
