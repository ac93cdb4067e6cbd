/** `GET /status` of the companion. */
export interface CompanionStatus {
  readonly name: 'voxloom'
  readonly version: string
  /** Revision of the REST and WebSocket contract. */
  readonly protocol: string
  /** Seconds. */
  readonly uptime: number
  readonly models: readonly { readonly id: string; readonly complete: boolean }[]
}
