import { existsSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { CONTRACT_ERRORS, RPC_ERRORS } from '#protocol/contract-errors.ts'
import { CONTRACT_METHODS, LIFECYCLE } from '#protocol/contract-methods.ts'
import { CONTRACT_REVISION, PLUGIN_STATUSES } from '#protocol/contracts.ts'
import { MAX_MANIFEST } from '#protocol/plugins.ts'
import { MAX_CONFIG } from './config-schema.ts'
import { MAX_MANIFEST_DEPTH, parseContractManifest } from './manifest.ts'
import { contractSchemas } from './schemas.ts'
import { MOST_UNANSWERED } from './slot/calls.ts'
import { SUPERVISION } from './slot/rules.ts'
import { SESSION_IDLE } from './slot/sessions.ts'
import { MOST_WAITING } from './slot/slot.ts'
import { STALLED_AFTER } from './slot/unread.ts'
import {
  MAX_ATTACHMENT,
  MAX_ATTACHMENTS,
  MAX_DEPTH,
  MAX_LINE,
  MAX_STATE,
  MOST_FAULTS,
  MOST_UNREAD,
} from './wire/limits.ts'

const docs = new URL('../../../docs/', import.meta.url)
const page = readFileSync(new URL('contract-plugins.md', docs), 'utf8')

/** The paragraph of such a number. */
function part(number: number): string {
  const from = page.indexOf(`\n## ${number}. `)
  expect(from).toBeGreaterThan(0)
  const to = page.indexOf('\n## ', from + 1)
  return page.slice(from, to < 0 ? undefined : to)
}
/** Rows of the tables of a paragraph, cell by cell, without the marks of a code. */
const rows = (number: number): string[][] =>
  part(number)
    .split('\n')
    .filter(line => line.startsWith('| '))
    .map(line =>
      line
        .slice(1, -1)
        .split('|')
        .map(cell => cell.replaceAll('`', '').trim()),
    )
const examples = [...page.matchAll(/^([→←]) (\{.*\})$/gm)].map(([, way, json]) => ({
  way: way!,
  message: JSON.parse(json!) as Record<string, unknown> & { readonly method?: string },
}))

describe('docs/contract-plugins.md', () => {
  it('has the codes and the names of what can go wrong', () => {
    const codes = rows(11).filter(([code]) => /^-?\d+$/.test(code!))
    expect(codes.map(([code, name]) => [name, Number(code)])).toEqual([
      ...CONTRACT_ERRORS.map(({ name, code }) => [name, code]),
      ...Object.entries(RPC_ERRORS),
    ])
    for (const { code, text } of CONTRACT_ERRORS) {
      const [, , when, cure] = codes.find(row => row[0] === String(code))!
      expect(when).toBe(text)
      expect(cure).not.toBe('')
    }
    const source = readFileSync(new URL('../companion/protocol/contract-errors.ts', docs), 'utf8')
    const names = [...source.slice(source.indexOf('type ContractFailure')).matchAll(/'([A-Z_\d]+)'/g)].map(
      ([, name]) => name,
    )
    expect(
      rows(11)
        .map(([name]) => name)
        .filter(name => /^[A-Z_]{4,}$|^NOT_UTF8$/.test(name!)),
    ).toEqual(names)
  })

  it('has the methods, their parameters, and which are required and repeated', () => {
    const told = rows(12)
      .slice(1)
      .map(([, method, signature, items, retry]) => ({
        name: method!.replaceAll('*', ''),
        required: method!.startsWith('**'),
        params: [...signature!.split('→')[0]!.matchAll(/\b[a-z_]+\b(?:=[\d.]+)?/g)]
          .map(([name]) => name)
          .filter(name => name !== 'or')
          .sort(),
        streams: items !== '',
        retry: retry === 'yes',
      }))
    const specs = Object.values(CONTRACT_METHODS).flat()
    expect(told).toEqual(
      specs.map(({ name, required, params, streams, retry }) => {
        const { properties = {} } = z.toJSONSchema(params, { io: 'input' })
        const names = Object.entries(properties).map(([key, schema]) => {
          const { default: value } = schema as { readonly default?: unknown }
          return value === undefined ? key : `${key}=${JSON.stringify(value)}`
        })
        return { name, required, params: names.sort(), streams, retry }
      }),
    )
  })

  it('has the limits that hold', () => {
    const number = (value: number) => value.toLocaleString('en')
    const limits = Object.fromEntries(rows(14).map(([what, limit]) => [what, limit]))
    expect(limits).toMatchObject({
      line: `${number(MAX_LINE)} bytes`,
      'attachments of one message': `${number(MAX_ATTACHMENT)} bytes in ${MAX_ATTACHMENTS} parts`,
      'objects and lists within one another': String(MAX_DEPTH),
      'what nobody asked for': `${MOST_FAULTS} times`,
      'items that nobody has taken': `${number(MOST_UNREAD)} bytes`,
      state: `${number(MAX_STATE)} bytes`,
      settings: `${number(MAX_CONFIG)} characters of JSON`,
      health_check: `${SUPERVISION.healthPatience / 1000} s`,
      'while it does not read, without anything taken': `${STALLED_AFTER / 1000} s`,
      'calls at one time': String(SUPERVISION.maxInFlight),
      'calls that wait': number(MOST_WAITING),
    })
    const { manifest } = parseContractManifest(
      '{"name":"a","version":"1","contract":"tts","entry_point":"a.ts"}',
      '',
      'a',
    )
    expect(limits['initialize']).toMatch(`${manifest.initializeTimeout / 1000} s`)
    expect(limits['a call']).toMatch(`${manifest.callTimeout / 1000} s`)
    expect(part(2)).toContain(`at most ${MAX_MANIFEST / 1024} KiB, at most ${MAX_MANIFEST_DEPTH} levels deep`)
    const { healthEvery, missesAllowed, backoff, quarantineAfter, quarantineWindow, swapPatience } = SUPERVISION
    expect(part(7)).toContain(`taken for ${STALLED_AFTER / 1000} s`)
    expect(part(8)).toContain(`When ${MOST_UNANSWERED} calls`)
    expect(part(9)).toContain(`every ${healthEvery / 1000} s`)
    expect(part(9)).toContain(`after ${missesAllowed} misses in a row`)
    expect(part(10)).toContain(`at most ${swapPatience / 1000} s`)
    expect(part(10)).toContain(`fed for ${SESSION_IDLE / 1000} s`)
    expect(part(15)).toContain(`after ${backoff[0] / 1000} s, then 2, 4, 8, 16, and at most ${backoff[1] / 1000} s`)
    expect(part(15)).toContain(`After ${quarantineAfter} restarts within ${quarantineWindow / 60_000} minutes`)
    for (const status of PLUGIN_STATUSES) expect(part(4)).toContain(status)
    expect(page).toContain(`Revision **${CONTRACT_REVISION}**`)
  })

  it('gives a manifest that is one', () => {
    const [, json] = /```json\n(.*?)```/s.exec(part(2))!
    expect(parseContractManifest(json!, 'manifest.json', 'beep')).toMatchObject({
      manifest: { name: 'beep' },
      notes: [],
    })
    const known = Object.keys(contractSchemas()['contract-manifest.schema.json']!['properties'] as object)
    const told = rows(2)
      .slice(1)
      .flatMap(([keys]) => keys!.split(', '))
      .filter(key => /^[a-z_]+$/.test(key))
    expect(told.sort()).toEqual(known.sort())
  })

  it('gives messages that are such', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    const fits = ajv.compile(contractSchemas()['contract-message.schema.json']!)
    expect(examples.length).toBeGreaterThan(15)
    for (const { message } of examples) expect([message, fits(message)]).toEqual([message, true])
    const asked = examples.filter(({ way, message }) => way === '→' && message['id'] !== undefined)
    const specs = {
      ...LIFECYCLE,
      ...Object.fromEntries(
        Object.values(CONTRACT_METHODS)
          .flat()
          .map(spec => [spec.name, spec]),
      ),
    }
    for (const { message } of asked) {
      const { params, result } = specs[message.method as keyof typeof specs]
      const at = examples.findIndex(each => each.message === message)
      const answer = examples.slice(at + 1).find(each => each.message['id'] === message['id'])!.message
      expect([message.method, params.safeParse(message['params']).success]).toEqual([message.method, true])
      if (answer['error'] === undefined)
        expect([answer, result.safeParse(answer['result']).success]).toEqual([answer, true])
    }
  })

  it('leads to what is there', () => {
    for (const [, path] of page.matchAll(/\]\(([\w./-]+\.(?:md|json))/g))
      expect([path, existsSync(new URL(path!, docs))]).toEqual([path, true])
    const parts = [...page.matchAll(/^## (\d+)\. (.+)$/gm)]
    expect(parts.map(([, number]) => Number(number))).toEqual(parts.map((_, at) => at + 1))
    const anchors = parts.map(([, number, title]) => `${number}-${title!.toLowerCase().replaceAll(' ', '-')}`)
    for (const [, anchor] of page.matchAll(/\]\(#([\w-]+)\)/g)) expect(anchors).toContain(anchor)
  })
})

describe('schemas of contracts', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  const fits = ajv.compile(contractSchemas()['contract-tts.schema.json']!)

  it('take a request with keys that nobody knows, and no request of another contract', () => {
    expect(fits({ method: 'synthesize', params: { text: 'Hi', later: true }, later: 1 })).toBe(true)
    expect(fits({ method: 'synthesize', params: {} })).toBe(false)
    expect(fits({ method: 'transcribe', params: { audio: {} } })).toBe(false)
  })
})
