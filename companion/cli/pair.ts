import { defineCommand } from 'citty'
import { SeamError } from '#protocol/errors.ts'
import type { PairingInfo } from '../core/pairing.ts'
import { openCompanion, type Companion } from './companion.ts'
import { globalArgs, openContext, type Context } from './context.ts'
import { print, printJson, table, tell } from './output.ts'

type Asked = Context & { readonly companion: Companion }

/** A new code. The code alone is data: the rest is for the person who types it into the page. */
async function show({ companion, config, json }: Asked): Promise<void> {
  const { code, expires } = await companion.json<{ code: string; expires: string }>('POST', '/pair/code')
  const address = `http://localhost:${config.settings['server.port']}`
  if (json) return printJson({ code, expires, address })
  tell(`In the page that another server sent, open “Companion” and connect to ${address} with this code.`)
  print(code)
  const until = new Date(expires).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  tell(`It is good once, until ${until}. Give it to no page that you did not open yourself.`)
}

async function list({ companion, json }: Asked): Promise<void> {
  const pairings = await companion.json<PairingInfo[]>('GET', '/pair')
  if (json) return printJson(pairings)
  if (pairings.length === 0) return print('No page is paired.')
  print(
    table([
      ['ORIGIN', 'PAIRED', 'LAST USED'],
      ...pairings.map(({ origin, paired, used }) => [origin, paired, used ?? 'never']),
    ]),
  )
}

async function revoke({ companion, json }: Asked, origin: string | undefined): Promise<void> {
  const path = origin === undefined ? '/pair' : `/pair/${encodeURIComponent(origin)}`
  const gone = await companion.json<PairingInfo[]>('DELETE', path)
  if (json) return printJson(gone)
  if (gone.length === 0) return print('No page was paired.')
  for (const each of new Set(gone.map(pairing => pairing.origin))) print(`${each}: revoked`)
}

/** `https://Studio.example/` is the origin `https://studio.example`. */
function originOf(text: string): string {
  return URL.canParse(text) && new URL(text).origin !== 'null' ? new URL(text).origin : text
}

/** Exactly one of the two says what goes: nothing is revoked by leaving something out. */
function whatGoes(origin: string | undefined, all: boolean): string | undefined {
  if (all === (origin !== undefined)) {
    throw new SeamError(
      'bad-input',
      all
        ? 'Give an origin or --all, not both. Nothing was revoked.'
        : 'Say whose pairing ends: an origin, as “voxloom pair list” shows it, or --all. Nothing was revoked.',
    )
  }
  return origin === undefined ? undefined : originOf(origin)
}

export const pair = defineCommand({
  meta: { name: 'pair', description: 'pair a page that another server sent: shows a code; or list, or revoke ORIGIN' },
  args: {
    action: {
      type: 'positional',
      required: false,
      description: 'nothing for a new code; list shows paired pages, revoke ends pairings',
      valueHint: 'list|revoke',
    },
    origin: { type: 'positional', required: false, description: 'whose pairing to revoke', valueHint: 'ORIGIN' },
    all: { type: 'boolean', description: 'revoke all pairings' },
    port: { type: 'string', description: 'port of the companion', valueHint: 'N' },
    ...globalArgs,
  },
  async run({ args }) {
    const { action } = args
    const all = args.all === true
    if (action !== undefined && action !== 'list' && action !== 'revoke') {
      throw new SeamError('bad-input', `“${action}” is neither list nor revoke. See voxloom pair --help.`)
    }
    if (action !== 'revoke' && (all || args.origin !== undefined)) {
      throw new SeamError('bad-input', 'An origin and --all are for voxloom pair revoke. Nothing was done.')
    }
    const goes = action === 'revoke' ? whatGoes(args.origin, all) : undefined
    const context = await openContext(args, { port: 'server.port' })
    const asked = { ...context, companion: await openCompanion(context) }
    if (action === 'list') return list(asked)
    return action === 'revoke' ? revoke(asked, goes) : show(asked)
  },
})
