import { describe, expect, it } from 'vitest'
import { browserKind, insecure, refusal } from './refusal.ts'

const agents = {
  chromium: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  firefox: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0',
  safari:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
  ios: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
} as const

const error = (name: string, message = '') => new DOMException(message, name)

describe('what the browser refuses', () => {
  it.each([
    ['NotFoundError', '', 'prompt', 'not-found', 'none', false],
    ['OverconstrainedError', '', 'granted', 'not-found', 'gone', false],
    ['NotReadableError', '', 'granted', 'conflict', 'busy', true],
    ['AbortError', '', 'granted', 'conflict', 'busy', true],
    ['NotAllowedError', 'Permission denied', 'denied', 'refused', 'denied', false],
    ['NotAllowedError', 'Permission denied', 'unknown', 'refused', 'denied', false],
    ['NotAllowedError', 'Permission dismissed', 'prompt', 'refused', 'dismissed', true],
    ['NotAllowedError', 'Permission denied by system', 'granted', 'refused', 'system', false],
    ['SecurityError', '', 'unknown', 'refused', 'policy', false],
    ['TypeError', '', 'unknown', 'unsupported', 'unknown', false],
  ] as const)('%s “%s” with permission %s is %s, %s', (name, message, permission, code, reason, retryable) => {
    const found = refusal(error(name, message), permission, agents.chromium)
    expect(found).toMatchObject({ code, retryable, details: { reason } })
    expect(found.message).toMatch(/\.$/)
  })

  it('says where to allow it again in each browser', () => {
    const said = Object.entries(agents).map(([kind, agent]) => {
      expect(browserKind(agent)).toBe(kind)
      return refusal(error('NotAllowedError'), 'denied', agent).message
    })
    expect(new Set(said).size).toBe(4)
  })
})

it('explains a page that came over http', () => {
  expect(insecure('studio.local')).toMatchObject({ code: 'unsupported', details: { reason: 'insecure' } })
  expect(insecure('studio.local').message).toContain('studio.local')
})
