import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { itsWords, pluginError } from './wire/failures.ts'

const root = new URL('../../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const guide = read('docs/how-to-write-a-contract-plugin.md')
/** The examples lie in the SDKs; readers put them into `plugins`. */
const moved = (text: string) => text.replaceAll("'../../contracts", "'../sdk/typescript/contracts")

it.each([
  'python/examples/my_tts_plugin/manifest.json',
  'python/examples/my_tts_plugin/__init__.py',
  'python/examples/my_tts_plugin/pytest.ini',
  'python/examples/my_tts_plugin/tests/test_plugin.py',
  'typescript/examples/morse/manifest.json',
  'typescript/examples/morse/main.ts',
  'typescript/examples/morse/codes.ts',
  'typescript/examples/morse/main.test.ts',
])('the guide has %s as it is tested', path => {
  const name = path.split('/').slice(3).join('/')
  const plugin = path.includes('python') ? 'my_tts_plugin' : 'morse'
  expect(guide).toContain(`plugins/${plugin}/${name}`)
  expect(guide).toContain(`\n${moved(read(`plugins/sdk/${path}`))}\`\`\`\n`)
})

it.each([
  ['plugins/sdk/python/plugins/_host/loading.py', 'Contract mismatch: manifest.json says “'],
  ['plugins/sdk/python/plugins/_host/loading.py', ' holds no plugin. Write a class that extends '],
  ['plugins/sdk/python/plugins/_host/loading.py', ' holds several plugins: '],
  ['plugins/sdk/python/plugins/_host/loading.py', ', which the contract “'],
  ['plugins/sdk/python/plugins/_host/loading.py', ' is not installed. '],
  ['plugins/sdk/python/plugins/_host/environment.py', 'Python’s venv is not whole on this machine.'],
  ['plugins/sdk/python/plugins/_host/environment.py', ' ended with '],
  ['plugins/sdk/python/plugins/_host/results.py', ' where sound is needed. Return bytes: '],
  ['plugins/sdk/python/plugins/_host/results.py', ' first and then '],
  ['plugins/sdk/python/plugins/_host/binding.py', ', which was not given.'],
  ['plugins/sdk/python/plugins/_host/health.py', ' holds the event loop.'],
  ['plugins/sdk/python/plugins/_host/values.py', 'The result can’t be sent: '],
  ['plugins/sdk/python/plugins/_host/values.py', '; a message may have '],
  ['companion/core/contracts/manifest.ts', ': both must be the same.'],
  ['companion/core/contracts/discovery.ts', 'Its program is missing: there is no '],
  ['companion/core/contracts/launch.ts', ' is not built yet: there is no '],
  ['companion/core/contracts/manifest.ts', 'No room uses the contract “'],
  ['companion/core/contracts/environments.ts', ' are not installed: '],
  ['companion/core/contracts/config-store.ts', 'are not complete'],
  ['companion/core/contracts/interpreter.ts', 'which is not on this machine.'],
  ['companion/core/contracts/installer.ts', ' could not be installed: '],
  ['companion/core/contracts/slot/initialize.ts', 'could not start. '],
  ['companion/core/contracts/slot/initialize.ts', 'said that it can’t start.'],
  ['companion/core/contracts/slot/initialize.ts', ' seconds after it was started.'],
])('messages of %s are found in the guide: %s', (path, words) => {
  expect(read(path)).toContain(words)
  expect(guide).toContain(words)
})

it('the guide quotes what a plugin says as it is told', () => {
  const said = pluginError({ code: 1, message: '…' }, { plugin: 'my_plugin' })
  expect(guide).toContain(`| The plugin “my_plugin” could not start. ${itsWords(said, 'my_plugin')} |`)
})
