import type { ByteSource } from '#protocol/lines.ts'

/** What is sent with a request. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal
}

/** The part of a `Response` that is needed here. */
export interface HttpResponse {
  readonly ok: boolean
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: ByteSource | null
}

/** `fetch` of the page, of a worker or of Node, or one that allows less. */
export type HttpFetch = (url: string, request: HttpRequest) => Promise<HttpResponse>

/** A server of language models, and how it is asked. */
export interface ModelServer {
  /** What people call it: “Ollama”. It stands in sentences. */
  readonly name: string
  /** Address of the API, without a slash at its end. */
  readonly base: string
  readonly fetch: HttpFetch
  /** Sent as a bearer token. */
  readonly key?: string
  /** Is told what was passed over, as a sentence. */
  readonly warn?: (message: string) => void
}

export function jsonHeaders({ key }: ModelServer): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream, application/x-ndjson',
    ...(key ? { authorization: `Bearer ${key}` } : {}),
  }
}
