import { defineCommand } from 'citty'
import { setConfig } from '../core/config/edit.ts'
import { knownKey, loadConfig } from '../core/config/load.ts'
import { SETTING_KEYS, SETTINGS } from '../core/config/settings.ts'
import { globalArgs } from './context.ts'
import { print, printJson, table } from './output.ts'

const get = defineCommand({
  meta: { name: 'get', description: 'show one setting, or all with where they come from' },
  args: { key: { type: 'positional', required: false, description: 'for example server.port' }, ...globalArgs },
  run({ args }) {
    const { settings, sources, models } = loadConfig({ file: args['config-file'] })
    const value = (key: (typeof SETTING_KEYS)[number]) =>
      settings[key] ?? (key === 'models.folder' ? models : undefined)
    if (args.key) {
      const key = knownKey(args.key)
      return args.json
        ? printJson({ key, value: value(key) ?? null, source: sources[key] })
        : print(String(value(key) ?? ''))
    }
    const rows = SETTING_KEYS.map(key => ({
      key,
      value: value(key) ?? null,
      source: sources[key],
      env: SETTINGS[key].env,
      about: SETTINGS[key].about,
    }))
    if (args.json) return printJson(rows)
    print(table(rows.map(row => [row.key, String(row.value ?? '–'), row.source, row.env, row.about])))
  },
})

const set = defineCommand({
  meta: { name: 'set', description: 'write one setting into the configuration file' },
  args: {
    key: { type: 'positional', required: true, description: 'for example server.port' },
    value: { type: 'positional', required: true, description: 'its new value' },
    ...globalArgs,
  },
  run({ args }) {
    const key = knownKey(args.key)
    const { file } = loadConfig({
      ...(args['config-file'] !== undefined && { flags: {}, env: { ...process.env, VOXLOOM_CONFIG: undefined } }),
    })
    const target = args['config-file'] ?? file
    setConfig(target, key, args.value)
    if (args.json) printJson({ key, value: args.value, file: target })
  },
})

const path = defineCommand({
  meta: { name: 'path', description: 'show where the configuration file lies' },
  args: globalArgs,
  run({ args }) {
    const { file, folders, models } = loadConfig({ file: args['config-file'] })
    if (args.json) printJson({ file, folders, models })
    else print(file)
  },
})

export const config = defineCommand({
  meta: { name: 'config', description: 'show and change settings' },
  args: globalArgs,
  subCommands: { get, set, path },
})
