import { readFile, stat } from 'node:fs/promises'
import { defineCommand } from 'citty'
import { SeamError } from '#protocol/errors.ts'
import { installPlugin, type Offer } from '../core/install/install.ts'
import { TrustedKeys } from '../core/install/trusted-keys.ts'
import { acceptPlugin, removePlugin } from '../core/install/upkeep.ts'
import { fileError } from '../core/models/files.ts'
import { installedFolder } from '../core/plugins/folders.ts'
import { globalArgs, openContext, type Context } from './context.ts'
import { print, printJson, progressLine, tell } from './output.ts'
import { askWhether, offerTable } from './plugin-offer.ts'
import { openPlugins } from './plugin-context.ts'

const plugin = {
  type: 'positional',
  required: true,
  description: 'a plugin that was installed',
  valueHint: 'PLUGIN',
} as const

export const install = defineCommand({
  meta: { name: 'install', description: 'install a plugin from an archive, by its hash or a signature' },
  args: {
    source: { type: 'positional', required: true, description: 'an https address or a file', valueHint: 'ARCHIVE' },
    sha256: { type: 'string', description: 'SHA-256 that the archive must have', valueHint: 'HEX' },
    statement: { type: 'string', description: 'what the author signed about the archive', valueHint: 'FILE' },
    signature: { type: 'string', description: 'its Ed25519 signature', valueHint: 'BASE64' },
    key: { type: 'string', description: 'name of the trusted key that made it', valueHint: 'NAME' },
    'allow-downgrade': { type: 'boolean', description: 'take the place of a newer version' },
    force: { type: 'boolean', description: 'replace what has the same version or came otherwise' },
    yes: { type: 'boolean', alias: 'y', description: 'do not ask' },
    ...globalArgs,
  },
  async run({ args }) {
    const context = await openContext(args)
    const folder = installedFolder(context.config)
    const statement = await readSigned(args)
    const line = progressLine('Fetching the archive')
    try {
      const { state, record, id, ...rest } = await installPlugin(
        {
          source: args.source,
          sha256: args.sha256,
          statement,
          allowDowngrade: args['allow-downgrade'],
          force: args.force,
        },
        { folder, keys: new TrustedKeys(context.config.folders.config), hides: id => otherFolder(context, id, folder) },
        {
          signal: context.signal,
          onProgress: line.update,
          onWaiting: () => tell('Another installation is under way; this one waits for it.'),
          confirm: async offer => {
            line.end()
            await ask(offer, args.yes === true, context)
          },
        },
      )
      if (context.json) return printJson({ id, state, folder: rest.folder, ...record })
      print(
        `${id} ${record.version}: ${state === 'installed' ? 'installed' : 'was installed already'} (${record.trust})`,
      )
    } finally {
      line.end()
    }
  },
})

interface Signed {
  readonly statement?: string | undefined
  readonly signature?: string | undefined
  readonly key?: string | undefined
}

/** The three belong together. @throws SeamError bad-input, not-found, refused */
async function readSigned(args: Signed) {
  const { statement, signature, key } = args
  if (statement === undefined && signature === undefined && key === undefined) return undefined
  if (statement === undefined || signature === undefined || key === undefined) {
    throw new SeamError(
      'bad-input',
      'A signed archive needs all three: --statement FILE, --signature BASE64 and --key NAME.',
    )
  }
  try {
    const { size } = await stat(statement)
    if (size > 65_536) throw new SeamError('bad-input', `${statement} has ${size} bytes: too many for a statement.`)
    return { text: await readFile(statement, 'utf8'), signature, key }
  } catch (error) {
    throw fileError(error, statement, 'read')
  }
}

/** Where a plugin of this name lies that would not be found any more. */
function otherFolder(context: Context, id: string, installed: string): string | undefined {
  const { plugins } = openPlugins(context, [])
  return plugins.find(found => found.id === id && !found.folder.startsWith(installed))?.folder
}

/** @throws SeamError refused, cancelled */
async function ask(offer: Offer, yes: boolean, { config }: Context): Promise<void> {
  // Whoever named the hash or a signature has said what is meant: only a person at a terminal is asked again.
  if (yes || !process.stdin.isTTY || !process.stderr.isTTY) return
  tell(offerTable(offer, config))
  if (!(await askWhether(`Install ${offer.id}?`))) throw new SeamError('refused', 'Nothing was installed.')
}

export const remove = defineCommand({
  meta: { name: 'remove', description: 'delete an installed plugin' },
  args: { plugin, ...globalArgs },
  async run({ args }) {
    const { config, json, signal } = await openContext(args)
    const record = await removePlugin(installedFolder(config), args.plugin, signal)
    if (json) printJson({ id: args.plugin, ...record })
    else print(`${args.plugin} ${record.version}: removed`)
  },
})

export const accept = defineCommand({
  meta: { name: 'accept', description: 'take over what has changed in an installed plugin’s folder' },
  args: { plugin, ...globalArgs },
  async run({ args }) {
    const { config, json, signal } = await openContext(args)
    const record = await acceptPlugin(installedFolder(config), args.plugin, signal)
    if (json) printJson({ id: args.plugin, ...record })
    else if (record.acceptedAt === undefined) print(`${args.plugin}: is as it was installed`)
    else print(`${args.plugin} ${record.version}: accepted as it is now; it counts as local`)
  },
})
