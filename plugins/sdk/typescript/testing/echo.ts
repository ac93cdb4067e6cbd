import { PluginError, runPlugin } from '../index.ts'

console.log('a stray line')
process.stdout.write('and another\n')

runPlugin(async plugin => {
  const how = plugin.options.text('how', 'bytes')
  if (how === 'refuse') throw new PluginError('BAD_INPUT', 'This can’t be done. Do something else.')
  if (how === 'defect') throw new TypeError('x is not a function')
  if (how === 'late') setTimeout(() => throwLate(), 20)
  if (how === 'hang' || how === 'late') await new Promise(() => undefined)
  if (how === 'early') return
  if (how === 'slow') await new Promise(resolve => setTimeout(resolve, 60_000))
  await plugin.warn('ODD', 'This is odd.')
  if (how === 'text') for await (const text of plugin.text()) await plugin.write(text.toUpperCase())
  else for await (const bytes of plugin.payload()) await plugin.write(bytes)
})

function throwLate(): never {
  throw new Error('from a timer')
}
