import { SocketPort } from '../rpc/socket-port.ts'
import type { CompanionLink } from './link.ts'
import { askJson } from './request.ts'

/** Opens the companion's socket. A browser sends no token there: a paired page shows a ticket, good once. */
export async function openSocket(link: CompanionLink): Promise<SocketPort> {
  const url = new URL('/ws', (link.address ?? location.origin).replace(/^http/, 'ws'))
  if (link.address !== undefined) {
    const { ticket } = await askJson<{ ticket: string }>(link, '/ws/ticket', { method: 'POST' })
    url.searchParams.set('ticket', ticket)
  }
  const port = new SocketPort(url)
  // Another companion is asked from now on: what is open ends as if this one had gone.
  port.addEventListener(
    'close',
    link.watch(() => port.close()),
  )
  return port
}
