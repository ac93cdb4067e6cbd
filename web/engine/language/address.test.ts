import { describe, expect, it } from 'vitest'
import type { LanguagePreset } from '#protocol/language.ts'
import { readBase } from './address.ts'

describe('the address of a server', () => {
  it.each<[string, LanguagePreset, string]>([
    ['http://localhost:11434', 'ollama', 'http://localhost:11434'],
    ['localhost:11434/', 'ollama', 'http://localhost:11434'],
    ['http://localhost:11434/v1/', 'ollama', 'http://localhost:11434'],
    ['http://localhost:11434/api/chat', 'ollama', 'http://localhost:11434'],
    ['192.168.1.7:8080', 'llama-cpp', 'http://192.168.1.7:8080/v1'],
    ['box.local:1234', 'lm-studio', 'http://box.local:1234/v1'],
    ['api.example.com', 'other', 'https://api.example.com/v1'],
    ['https://api.example.com/v1/chat/completions', 'other', 'https://api.example.com/v1'],
    [' https://example.com/proxy/openai/ ', 'other', 'https://example.com/proxy/openai'],
    ['HTTPS://API.Example.COM/V2', 'other', 'https://api.example.com/V2'],
  ])('“%s” of %s is kept as %s', (typed, preset, kept) => {
    expect(readBase(typed, preset)).toBe(kept)
    expect(readBase(kept, preset)).toBe(kept)
  })

  it.each([
    ['', 'no address'],
    ['http://', 'no address'],
    ['what is this', 'no address'],
    ['ftp://example.com', 'http://'],
    ['file:///etc/passwd', 'http://'],
    ['https://user:word@example.com', 'name or password'],
    ['https://example.com/v1?key=1', '?'],
    ['https://example.com/v1#x', '#'],
    ['http://169.254.169.254/latest/meta-data', 'no server'],
    ['http://[fe80::1]:8080', 'no server'],
    ['http://[::ffff:169.254.169.254]', 'no server'],
    // Other ways to write the same address.
    ['http://0xa9fea9fe/', 'no server'],
    ['http://2852039166/', 'no server'],
  ])('“%s” is refused in words', (typed, word) => {
    expect(() => readBase(typed, 'other')).toThrow(word)
  })

  it.each(['http://api.example.com/v1', 'http://10.example.com/v1', 'http://8.8.8.8/v1', 'http://127.evil.example/v1'])(
    'a key is not sent unencrypted to %s',
    typed => {
      expect(() => readBase(typed, 'other', true)).toThrow('https://')
      expect(readBase(typed, 'other')).toBe(typed)
    },
  )

  it.each([
    'http://127.0.0.1:1',
    'http://[::1]:1',
    'http://10.0.0.9',
    'http://172.16.0.1',
    'http://box',
    'http://box.lan',
  ])('a key may go to %s', typed => expect(readBase(typed, 'other', true)).toBe(`${typed}/v1`))
})
