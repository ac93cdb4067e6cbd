import type { ModelVariant } from '#protocol/models.ts'
import type { DeviceInfo } from '#protocol/speech.ts'

interface GpuAdapter {
  readonly features: ReadonlySet<string>
  readonly isFallbackAdapter?: boolean
  readonly info?: {
    readonly vendor?: string
    readonly architecture?: string
    readonly description?: string
    readonly isFallbackAdapter?: boolean
  }
}

export interface PageDevice extends DeviceInfo {
  /** Tells one graphics adapter from another, as far as the browser says; empty without WebGPU. */
  readonly adapter: string
  /** WebGPU is there but computed by the processor: correct and far too slow. */
  readonly software: boolean
}

let found: Promise<PageDevice> | undefined

/** What this browser offers, looked up once. Never fails: what can't be found is not there. */
export function detectDevice(): Promise<PageDevice> {
  return (found ??= detect())
}

async function detect(): Promise<PageDevice> {
  const adapter = await requestAdapter()
  const isolated = globalThis.crossOriginIsolated === true
  const info = adapter?.info
  return {
    webgpu: adapter !== null,
    shaderF16: adapter?.features.has('shader-f16') ?? false,
    crossOriginIsolated: isolated,
    // More than four threads gave nothing on the machines measured: the graph's kernels are small.
    threads: isolated ? Math.max(1, Math.min(4, navigator.hardwareConcurrency || 1)) : 1,
    adapter: info ? [info.vendor, info.architecture, info.description].filter(Boolean).join(' ') : '',
    software:
      (adapter?.isFallbackAdapter ?? info?.isFallbackAdapter ?? false) ||
      /swiftshader|llvmpipe/i.test(info?.description ?? info?.architecture ?? ''),
  }
}

async function requestAdapter(): Promise<GpuAdapter | null> {
  const gpu = (navigator as { gpu?: { requestAdapter(): Promise<GpuAdapter | null> } }).gpu
  try {
    return (await gpu?.requestAdapter()) ?? null
  } catch {
    return null
  }
}

/** Whether a device can use a variant. The processor's imitation of a graphics card is slower than the processor. */
export const suits = ({ device }: ModelVariant, { webgpu, software }: PageDevice): boolean =>
  device !== 'webgpu' || (webgpu && !software)
