import { describe, expect, it } from 'vitest'
import type { JsonSchema } from '#protocol/contracts.ts'
import { configRules, MAX_CONFIG, MAX_CONFIG_DEPTH, MAX_CONFIG_FAULTS, type ConfigValues } from './config-schema.ts'
import { MAX_PATTERN_SIZE } from './schema-compiler.ts'

const SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    voice: { type: 'string', default: 'af_heart' },
    speed: { type: 'number', minimum: 0.5, maximum: 2, default: 1 },
    steps: { type: 'integer' },
    mode: { enum: ['fast', 'good'] },
    server: { type: 'object', properties: { url: { type: 'string', format: 'uri' } }, required: ['url'] },
    api_key: { type: 'string', writeOnly: true, minLength: 4 },
  },
  required: ['voice', 'api_key'],
}
const RIGHT: ConfigValues = { api_key: 'secret' }
const check = (values: ConfigValues, schema = SCHEMA) => configRules(schema).check(values)
const messages = (values: ConfigValues, schema = SCHEMA) => check(values, schema).faults.map(({ message }) => message)
const only = (schema: JsonSchema): JsonSchema => ({ type: 'object', properties: { it: schema } })

describe('settings', () => {
  it('get the defaults that they leave out, and stay as they were given', () => {
    const given = { api_key: 'secret', mode: 'good' }
    expect(check(given)).toEqual({ values: { ...given, voice: 'af_heart', speed: 1 }, faults: [] })
    expect(given).toEqual({ api_key: 'secret', mode: 'good' })
  })

  it('are told all that is wrong with them, by their paths', () => {
    expect(check({ speed: 5, mode: 'slow', server: {}, voice: 7 })).toMatchObject({
      faults: expect.arrayContaining([
        { path: 'speed', message: '“speed” is 5, and must be a number from 0.5 to 2.' },
        { path: 'mode', message: '“mode” is "slow", and must be one of "fast", "good".' },
        { path: 'server.url', message: '“server.url” is missing.' },
        { path: 'voice', message: '“voice” is 7, and must be a text.' },
        { path: 'api_key', message: '“api_key” is missing.' },
      ]),
    })
  })

  it('may have the least and the most that the schema allows, and nothing past them', () => {
    for (const speed of [0.5, 2]) expect(messages({ ...RIGHT, speed })).toEqual([])
    expect(messages({ ...RIGHT, speed: 0.49 })).toEqual(['“speed” is 0.49, and must be a number from 0.5 to 2.'])
    expect(messages({ ...RIGHT, speed: 2.01 })).toEqual(['“speed” is 2.01, and must be a number from 0.5 to 2.'])
    expect(messages({ ...RIGHT, steps: 1.5 })).toEqual(['“steps” is 1.5, and must be a whole number.'])
  })

  it('that nobody knows are most likely mistyped', () => {
    expect(messages({ ...RIGHT, voise: 'x' })).toEqual(['There is no setting “voise”. Did you mean “voice”?'])
    expect(messages({ ...RIGHT, voise: 'x' }, { ...SCHEMA, additionalProperties: true })).toEqual([])
    expect(messages({ ...RIGHT, voise: 'x' }, { ...SCHEMA, additionalProperties: false })).toEqual([
      'There is no setting “voise”.',
    ])
    expect(messages({ anything: 1 }, { type: 'object' })).toEqual([])
  })

  it('are none where a plugin has no schema', () => {
    expect(configRules(undefined).check({})).toEqual({ values: {}, faults: [] })
    expect(configRules(undefined).check({ a: 1 }).faults).toHaveLength(1)
  })

  it('have a size and a depth', () => {
    const text = (length: number) => ({ it: 'x'.repeat(length) })
    const around = JSON.stringify(text(0)).length
    expect(messages(text(MAX_CONFIG - around), only({}))).toEqual([])
    expect(messages(text(MAX_CONFIG - around + 1), only({}))).toEqual([
      expect.stringContaining('have 262145 characters'),
    ])
    const nested = (levels: number): ConfigValues => (levels === 1 ? {} : { it: nested(levels - 1) })
    expect(messages(nested(MAX_CONFIG_DEPTH), only({}))).toEqual([])
    expect(messages(nested(MAX_CONFIG_DEPTH + 1), only({}))).toEqual([expect.stringContaining('32 levels')])
  })
})

it('of fifty faults all are told, and of one more as many', () => {
  const schema = only({ items: { type: 'string' } })
  const numbers = (count: number) => ({ it: Array.from({ length: count }, () => 1) })
  expect(messages(numbers(MAX_CONFIG_FAULTS), schema)).toHaveLength(50)
  expect(messages(numbers(MAX_CONFIG_FAULTS + 1), schema)).toHaveLength(50)
  expect(messages(numbers(MAX_CONFIG_FAULTS - 1), schema)).toHaveLength(49)
})

describe('secrets', () => {
  it('are what is written and not read, at whatever place of the schema that stands', () => {
    const schema: JsonSchema = {
      $defs: { key: { type: 'string', format: 'password' }, loop: { items: { $ref: '#/$defs/loop' } } },
      properties: {
        plain: { type: 'string' },
        direct: { writeOnly: true },
        referred: { $ref: '#/$defs/key' },
        inside: { properties: { token: { writeOnly: true } } },
        listed: { items: { $ref: '#/$defs/key' } },
        loop: { $ref: '#/$defs/loop' },
      },
      allOf: [{ properties: { more: { format: 'password' } } }],
      if: { required: ['plain'] },
      then: { properties: { then: { writeOnly: true } } },
    }
    expect([...configRules(schema).secrets].sort()).toEqual(['direct', 'inside', 'listed', 'more', 'referred', 'then'])
  })

  it('are found by whatever name a schema refers to them', () => {
    const secret = { type: 'string', writeOnly: true }
    const schema: JsonSchema = {
      $defs: {
        anchored: { ...secret, $anchor: 'key' },
        named: { ...secret, $id: 'https://example.org/key' },
        group: { $anchor: 'group', properties: { grouped: { format: 'password' } } },
        plain: { $anchor: 'plain', type: 'string' },
      },
      properties: {
        anchor: { $ref: '#key' },
        id: { $ref: 'https://example.org/key' },
        dynamic: { $dynamicRef: '#key' },
        plain: { $ref: '#plain' },
      },
      allOf: [{ $ref: '#group' }],
    }
    expect([...configRules(schema).secrets].sort()).toEqual(['anchor', 'dynamic', 'grouped', 'id'])
  })

  it('are texts that are called so, where the schema says nothing else', () => {
    const text = { type: 'string' }
    const named = ['api_key', 'apiKey', 'openai-api-key', 'password', 'client_secret', 'access_token', 'token']
    const others = ['key', 'max_tokens', 'stop_token', 'secretary', 'keyboard']
    const schema = {
      properties: {
        ...Object.fromEntries([...named, ...others].map(name => [name, text])),
        api_token: { type: 'integer' },
        auth_token: { ...text, writeOnly: false },
      },
    }
    expect(configRules(schema).secrets).toEqual(named)
  })

  it('need names of their own: a schema that gives them none is refused', () => {
    const secret = { type: 'string', writeOnly: true }
    for (const schema of [
      { patternProperties: { '^key_': secret } },
      { additionalProperties: secret },
      { allOf: [{ unevaluatedProperties: secret }] },
    ]) {
      expect(() => configRules(schema)).toThrow(/its secrets need names of their own, in “properties”/)
    }
    expect(configRules({ properties: { all: { additionalProperties: secret } } }).secrets).toEqual(['all'])
  })

  it('never stand in what is said of them', () => {
    expect(messages({ api_key: 'abc' })).toEqual(['“api_key” must be a text of at least 4 characters.'])
    expect(messages({ api_key: 12345 })).toEqual(['“api_key” must be a text of at least 4 characters.'])
  })
})

describe('a schema', () => {
  it('may be of draft-07, 2019-09 or 2020-12', () => {
    const tuple = { type: 'array', items: [{ type: 'string' }] }
    const old = { ...only(tuple), $schema: 'http://json-schema.org/draft-07/schema#' }
    expect(messages({ it: [1] }, old)).toEqual(['“it.0” is 1, and must be a text.'])
    expect(
      messages({ it: 1 }, { ...only({ type: 'string' }), $schema: 'https://json-schema.org/draft/2019-09/schema' }),
    ).toHaveLength(1)
    const prefix = only({ type: 'array', prefixItems: [{ type: 'string' }] })
    expect(messages({ it: [1] }, { ...prefix, $schema: 'https://json-schema.org/draft/2020-12/schema' })).toHaveLength(
      1,
    )
  })

  it('that gives a choice is told with all of it, once', () => {
    const choice = { anyOf: [{ type: 'string', maxLength: 2 }, { type: 'null' }] }
    expect(messages({ it: 5 }, only(choice))).toEqual([
      '“it” is 5, and must be a text of at most 2 characters or null.',
    ])
    const list = { type: 'array', items: { type: 'number', exclusiveMinimum: 0 }, maxItems: 3 }
    expect(messages({ it: {} }, only(list))).toEqual([
      '“it” is an object, and must be a list of at most 3 values, each a number above 0.',
    ])
  })

  it.each([
    ['of another kind', { $schema: 'http://json-schema.org/draft-04/schema#' }, 'draft-07, 2019-09 and 2020-12'],
    ['of a list', { type: 'array' }, 'settings are an “object”'],
    ['with a type that is none', only({ type: 'interger' }), '“properties.it.type” is "interger", and must'],
    ['with a type that is nearly one', only({ type: 'interger' }), 'Did you mean “integer”? See'],
    ['with a limit that is no number', only({ minimum: '1' }), 'minimum'],
    ['with a reference that leads nowhere', only({ $ref: '#/$defs/nothing' }), '#/$defs/nothing'],
    ['with a reference into the network', only({ $ref: 'https://example.org/schema.json' }), 'example.org'],
    ['with a pattern that is none', only({ pattern: '(' }), 'the pattern “(” can’t be used'],
    ['with look-around', only({ pattern: '^(?=a)b' }), 'look-around and references are not there'],
    ['that answers later', { $async: true }, '$async'],
  ] as const)('%s is refused', (_, schema, said) => {
    expect(() => configRules(schema)).toThrow(/^“config_schema” in manifest\.json can’t be used: /)
    expect(() => configRules(schema)).toThrow(said)
  })

  it('is compiled once for a manifest', () => {
    expect(configRules(SCHEMA)).toBe(configRules(SCHEMA))
  })

  it('keeps two patterns apart', () => {
    const schema = { properties: { a: { pattern: '^a+$' }, b: { pattern: '^b+$' } } }
    expect(messages({ a: 'aa', b: 'bb' }, schema)).toEqual([])
    expect(messages({ a: 'bb', b: 'aa' }, schema)).toHaveLength(2)
  })
})

describe('a schema that means harm', () => {
  it('does not stop anything by a pattern', () => {
    const schema = only({ type: 'string', pattern: '^(a+)+$' })
    expect(messages({ it: `${'a'.repeat(100_000)}!` }, schema)).toEqual([
      expect.stringContaining('must be a text that matches '),
    ])
  })

  it('may have a pattern of 2,000 instructions, and none that is larger', () => {
    expect(messages({ it: 'a'.repeat(900) }, only({ pattern: '^a{900}$' }))).toEqual([])
    expect(() => configRules(only({ pattern: `a{${MAX_PATTERN_SIZE / 2}}{10}` }))).toThrow(
      /pattern .* (too large|can’t be used)/,
    )
    expect(() => configRules(only({ pattern: 'a{500}'.repeat(5) }))).toThrow(/too large/)
  })

  it('does not stop anything by leading to itself', () => {
    const endless = { anyOf: [{ $ref: '#' }] }
    expect(messages({}, endless)).toEqual(['The settings can’t be checked by the plugin’s schema: it never ends.'])
  })

  it('does not stop anything by work that doubles', () => {
    const levels = 40
    const half = (level: number) => ({ $ref: `#/$defs/l${level + 1}` })
    const level = (at: number) => (at === levels ? { type: 'string' } : { anyOf: [half(at), half(at)] })
    const $defs = Object.fromEntries(Array.from({ length: levels + 1 }, (_, at) => [`l${at}`, level(at)]))
    const rules = configRules({ $defs, properties: { it: { $ref: '#/$defs/l0' } } })
    expect(rules.check({ it: 1 }).faults[0]!.message).toMatch(/can’t be checked by the plugin’s schema: .*timed out/)
  })

  it('does not stop anything by parts that name one another, though no setting ever needs them', () => {
    // “then” without “if” is nobody's, and still may hold a secret for those that read it otherwise.
    const rubbish = { then: { anyOf: Array.from({ length: 40_000 }, () => ({})) } }
    const names = Array.from({ length: 1_000 }, (_, at) => `p${at}`)
    const properties = Object.fromEntries(names.map(name => [name, { $ref: '#/$defs/rubbish' }]))
    expect(configRules({ $defs: { rubbish }, properties }).secrets).toEqual([])
    const ends = { ...rubbish, allOf: [{ $ref: '#/$defs/key' }] }
    const secret = { $defs: { rubbish: ends, key: { writeOnly: true } }, properties }
    expect(configRules(secret).secrets).toHaveLength(names.length)
  })

  it('changes nothing but the settings', () => {
    const schema = JSON.parse(
      '{"properties":{"__proto__":{"default":{"polluted":true}},"a":{"default":1}}}',
    ) as JsonSchema
    expect(check({}, schema).values).toMatchObject({ a: 1 })
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
