import { confirm, isCancel } from '@clack/prompts'
import type { Config } from '../core/config/load.ts'
import type { Offer } from '../core/install/install.ts'
import { confinementOf, rulesOf } from '../core/sandbox/rules.ts'
import { sandboxOf } from '../core/sandbox/confine.ts'
import { table } from './output.ts'
import { plainLabel } from './plain.ts'

/** What a person should know before a plugin is installed. */
export function offerTable(offer: Offer, config: Config): string {
  const { manifest, before } = offer
  const { network, gpu, read } = manifest.permissions
  const asks = [network && 'the network', gpu && 'the GPU', ...read.map(folder => `reading ${folder}`)].filter(Boolean)
  const isConfined = sandboxOf(confinementOf(rulesOf(config), true)) !== 'none'
  return table(
    [
      ['plugin', `${offer.id} ${manifest.version}${manifest.description ? `: ${manifest.description}` : ''}`],
      ['licence', manifest.license || 'not given'],
      ['asks for', asks.join(', ') || 'nothing'],
      ['sees', manifest.env.join(', ')],
      ['runs', isConfined ? 'in a sandbox' : 'with all of your rights: there is no sandbox here'],
      ['from', offer.source],
      ['SHA-256', offer.sha256],
      ['trust', offer.key === undefined ? 'pinned: you named the hash' : `signed with the key “${offer.key}”`],
      ['replaces', before ? `${before.version} (${before.key ? `signed with “${before.key}”` : before.trust})` : ''],
    ]
      .filter(([, value]) => value !== '')
      .map(row => row.map(plainLabel)),
  )
}

export async function askWhether(message: string): Promise<boolean> {
  const answer = await confirm({ message, initialValue: false, output: process.stderr })
  return !isCancel(answer) && answer
}
