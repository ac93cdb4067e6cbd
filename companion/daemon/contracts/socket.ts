import { z } from 'zod'
import type { ContractEvent, Json } from '#protocol/contracts.ts'
import { streamPlugin } from '../../core/contracts/calls.ts'
import type { ContractHost } from '../../core/contracts/host.ts'
import { noInput, offerCall, offerStream, type SocketCalls, type SocketOffers } from '../socket-offers.ts'
import { callInput, contractEvent, contractSchema, installLine, nameInput, streamLine } from './schemas.ts'

/** What REST offers, over the socket. */
export function contractCalls(host: ContractHost): SocketCalls {
  return {
    'contracts.list': offerCall({
      about: 'Every contract plugin',
      input: noInput,
      output: z.array(contractSchema),
      answer: () => host.list(),
    }),
    'contracts.get': offerCall({
      about: 'One contract plugin',
      input: nameInput,
      output: contractSchema,
      answer: ({ name }) => host.get(name),
    }),
  }
}

/** Live: what becomes of plugins, what they answer as they make it, and what is installed for them. */
export function contractStreams(host: ContractHost): SocketOffers {
  return {
    'contracts.watch': offerStream({
      about: 'Each plugin as it is now, and then whatever becomes of any, with what it logs',
      input: noInput,
      item: contractEvent,
      open: (_, signal) => watch(host, signal),
    }),
    'contracts.stream': offerStream({
      about: 'Calls a method: its items as they come, and a report last',
      input: callInput,
      item: streamLine,
      open: ({ name, method, params }, signal) =>
        streamPlugin(host.slot(name), { name, method, params: params as Readonly<Record<string, Json>> }, signal),
    }),
    'contracts.install': offerStream({
      about: 'Installs the packages of a plugin: progress, what the tool says, and what was installed',
      input: nameInput,
      item: installLine,
      async *open({ name }, signal) {
        for await (const line of host.install(name, signal)) yield { ...line }
      },
    }),
  }
}

/** Events that wait for a reader; older log lines go first when it is too slow. */
const MOST_WAITING = 1000

async function* watch(host: ContractHost, signal: AbortSignal) {
  const waiting: ContractEvent[] = host.list().map(info => ({ kind: 'info', info }))
  let wake = () => {}
  const unwatch = host.watch(event => {
    if (waiting.length >= MOST_WAITING) {
      const oldest = waiting.findIndex(({ kind }) => kind === 'log')
      waiting.splice(Math.max(0, oldest), 1)
    }
    waiting.push(event)
    wake()
  })
  signal.addEventListener('abort', () => wake(), { once: true })
  try {
    while (!signal.aborted) {
      const event = waiting.shift()
      if (event) yield { ...event }
      else await new Promise<void>(resolve => (wake = resolve))
    }
  } finally {
    unwatch()
  }
}
