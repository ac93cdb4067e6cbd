import { describe, expect, it } from 'vitest'
import { RESERVED_PATHS, STUDIO_PATH } from '../../companion/protocol/routes.ts'
import { responseHeaders, styleHashes } from './headers.ts'
import { manifest } from './manifest.ts'

describe('headers', () => {
  const policyOf = (headers: Readonly<Record<string, string>>) =>
    new Map(
      headers['Content-Security-Policy']!.split('; ').map(line => {
        const [name, ...values] = line.split(' ')
        return [name, values]
      }),
    )
  const headers = responseHeaders()
  const policy = policyOf(headers)

  it('isolate the page', () => {
    expect(headers).toMatchObject({
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    })
  })

  it('allow no inline script, no eval, and only styles that are known', () => {
    expect(policy.get('script-src')).toEqual(["'self'", "'wasm-unsafe-eval'"])
    expect(policy.get('style-src')).toEqual(["'self'", ...styleHashes()])
    expect(headers['Content-Security-Policy']).not.toContain('unsafe-inline')
    for (const hash of styleHashes()) expect(hash).toMatch(/^'sha256-[\w+/]{43}='$/)
  })
})

describe('headers of a page that is not served by a companion', () => {
  it('differ in nothing but that it may connect to one on the same computer', () => {
    const [own, hosted] = [responseHeaders(), responseHeaders({ isHosted: true })]
    const ours = / (http|ws):\/\/(localhost|127\.0\.0\.1):\*/g
    expect(own['Content-Security-Policy']).not.toMatch(ours)
    expect(hosted['Content-Security-Policy']?.match(ours)).toHaveLength(4)
    const policy = hosted['Content-Security-Policy']?.replace(ours, '')
    expect({ ...hosted, 'Content-Security-Policy': policy }).toEqual(own)
  })
})

describe('the manifest', () => {
  it('points into the studio, never at the companion’s paths', () => {
    const targets = [
      manifest.start_url,
      manifest.share_target?.action,
      ...(manifest.file_handlers ?? []).map(({ action }) => action),
      ...(manifest.shortcuts ?? []).map(({ url }) => url),
    ]
    expect(targets.length).toBeGreaterThan(4)
    for (const target of targets) expect(target).toMatch(new RegExp(`^${STUDIO_PATH}/`))
    expect(RESERVED_PATHS.some(path => `/${path}` === STUDIO_PATH)).toBe(false)
  })
})
