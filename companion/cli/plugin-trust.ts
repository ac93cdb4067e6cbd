import { defineCommand } from 'citty'
import { readLockFile } from '../core/install/lock-file.ts'
import { TrustedKeys } from '../core/install/trusted-keys.ts'
import { installedFolder } from '../core/plugins/folders.ts'
import { globalArgs, openContext } from './context.ts'
import { print, printJson, tell } from './output.ts'

const name = { type: 'positional', required: true, description: 'your name for the key', valueHint: 'NAME' } as const

export const trust = defineCommand({
  meta: { name: 'trust', description: 'trust what a key has signed' },
  args: {
    name,
    key: { type: 'positional', required: true, description: 'the public key, Ed25519 in base64', valueHint: 'KEY' },
    ...globalArgs,
  },
  async run({ args }) {
    const { config, json } = await openContext(args)
    const key = new TrustedKeys(config.folders.config).add(args.name, args.key)
    if (json) printJson({ name: args.name, key })
    else print(`${args.name}: trusted`)
  },
})

export const untrust = defineCommand({
  meta: { name: 'untrust', description: 'trust a key no more' },
  args: { name, ...globalArgs },
  async run({ args }) {
    const { config, json } = await openContext(args)
    new TrustedKeys(config.folders.config).remove(args.name)
    // What it has signed stays: whether it goes, too, is for the user to say.
    const installed = Object.entries(readLockFile(installedFolder(config)))
      .filter(([, { current }]) => current?.key === args.name)
      .map(([id]) => id)
    if (json) return printJson({ name: args.name, installed })
    print(`${args.name}: trusted no more`)
    if (installed.length > 0) tell(`Installed with it, and still there: ${installed.join(', ')}`)
  },
})
