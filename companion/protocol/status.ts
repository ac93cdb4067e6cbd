/** `GET /status` of the companion. */
export interface CompanionStatus {
  readonly name: 'voxloom'
  readonly version: string
  /** Revision of the REST and WebSocket contract. */
  readonly protocol: string
  /** Seconds. */
  readonly uptime: number
  /** Where things lie on the companion's disk; absent where it does not tell. */
  readonly folders?: { readonly models: string }
  readonly models: readonly { readonly id: string; readonly complete: boolean }[]
}
