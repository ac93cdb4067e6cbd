import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checkConfig } from '../core/config/load.ts'
import { SETTING_KEYS, SETTINGS } from '../core/config/settings.ts'
import { productRoot } from '../core/paths.ts'
import { parsePipeline } from '../core/pipelines/cr.ts'
import { planPipeline } from '../core/pipelines/plan.ts'
import { discoverPlugins } from '../core/plugins/discovery.ts'

const folder = join(productRoot, 'docs', 'examples')
const read = (name: string) => readFileSync(join(folder, name), 'utf8')

it('shows every setting, with its default where it has one', () => {
  const text = read('config.toml')
  for (const [key, value] of checkConfig(text, 'config.toml'))
    expect([key, value]).toEqual([key, SETTINGS[key].fallback])
  const all = checkConfig(text.replace(/^#(?=[a-z-]+ = )/gm, ''), 'config.toml')
  expect([...all.keys()].sort()).toEqual([...SETTING_KEYS].sort())
  for (const key of SETTING_KEYS) expect(text).toContain(SETTINGS[key].env)
})

const pipelines = readdirSync(folder).filter(name => name.endsWith('.cr'))

it('has a small pipeline and a long one', () => {
  const chain = (name: string) => parsePipeline(read(name), name).nodes.map(({ plugin }) => plugin)
  expect(chain('shout.cr')).toEqual(['uppercase-python'])
  expect(chain('audiobook.cr')).toEqual(['text-normalize', 'kokoro-tts', 'encode-mp3'])
})

it.each(pipelines)('%s fits the plugins that come with Voxloom', name => {
  const plugins = discoverPlugins([{ path: join(productRoot, 'plugins'), trust: 'local' }])
  const { problems } = planPipeline({ pipeline: parsePipeline(read(name), name), plugins, models: '/nowhere' })
  // A plugin of which only the source is here is as good for this.
  expect(problems.filter(({ message }) => !message.includes('Build it with'))).toEqual([])
})
