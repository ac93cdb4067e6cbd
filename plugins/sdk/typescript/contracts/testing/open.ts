import { ContractError, type WireError } from '../errors.ts'
import { REVISION } from '../lifecycle.ts'
import { ContractSession } from '../session.ts'
import type { ContractPlugin, Value } from '../types.ts'
import { fromWire, toWire } from '../values.ts'

export interface OpenOptions {
  readonly config?: { readonly [key: string]: Value }
  /** Where the plugin may write. */
  readonly dataFolder?: string
}

/** A plugin as its host sees it. */
export interface OpenContract {
  /** @throws ContractError with the code that the host would get */
  call(method: string, params?: object, signal?: AbortSignal): Promise<Value>
  /** Items as they come. Leaving the loop cancels the call. @throws ContractError */
  stream(method: string, params?: object): AsyncGenerator<Value, void>
  close(): Promise<void>
}

interface Waiting {
  resolve(result: Value): void
  reject(error: Error): void
  item(value: Value): void
}
interface Told {
  readonly id?: number
  readonly result?: unknown
  readonly error?: WireError
  readonly params?: { readonly token: number; readonly value: unknown }
}

/**
 * Opens a plugin in this process, for unit tests: everything goes through the wire's forms, nothing through a pipe.
 * @throws ContractError when it can't be initialised
 */
export async function openContract(plugin: ContractPlugin, options: OpenOptions = {}): Promise<OpenContract> {
  const waiting = new Map<number, Waiting>()
  let last = 0
  const session = new ContractSession(plugin, async (json, attachments) => {
    const { id, result, error, params } = JSON.parse(JSON.stringify(json)) as Told
    if (params) return waiting.get(params.token)?.item(fromWire(params.value, attachments))
    if (error) waiting.get(id!)?.reject(new ContractError(error.code, error.message, error.data))
    else waiting.get(id!)?.resolve(fromWire(result, attachments))
  })

  function take(message: object): void {
    const attachments: Uint8Array[] = []
    const json = JSON.parse(JSON.stringify(toWire({ jsonrpc: '2.0', ...message }, attachments))) as unknown
    void session.take({ json, attachments: attachments.map(bytes => Buffer.from(bytes)) })
  }

  /** @param item takes the items of a stream */
  function ask(method: string, params: object, item?: (value: Value) => void) {
    const id = ++last
    const { promise, resolve, reject } = Promise.withResolvers<Value>()
    waiting.set(id, { resolve, reject, item: item ?? (() => undefined) })
    take({ id, method, params: item ? { ...params, partialResultToken: id } : params })
    return {
      answer: promise.finally(() => waiting.delete(id)),
      cancel: () => take({ method: '$/cancelRequest', params: { id } }),
    }
  }

  async function call(method: string, params: object = {}, signal?: AbortSignal): Promise<Value> {
    const { answer, cancel } = ask(method, params)
    if (signal?.aborted) cancel()
    else signal?.addEventListener('abort', cancel, { once: true })
    return answer.finally(() => signal?.removeEventListener('abort', cancel))
  }

  async function* stream(method: string, params: object = {}): AsyncGenerator<Value, void> {
    const items: Value[] = []
    let wake = Promise.withResolvers<void>()
    const { answer, cancel } = ask(method, params, value => {
      items.push(value)
      wake.resolve()
    })
    let isOver = false
    const ended = answer.finally(() => {
      isOver = true
      wake.resolve()
    })
    ended.catch(() => undefined)
    try {
      for (;;) {
        while (items.length > 0) yield items.shift()!
        if (isOver) break
        await wake.promise
        wake = Promise.withResolvers()
      }
      const result = await ended
      if (result !== null) yield result
    } finally {
      if (!isOver) cancel()
    }
  }

  await call('initialize', {
    revision: REVISION,
    host: { name: 'test', version: '0' },
    name: 'test',
    contract: plugin.contract,
    config: options.config ?? {},
    features: ['attachments'],
    data_folder: options.dataFolder ?? '',
  })
  return { call, stream, close: () => session.close() }
}
