import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Plugin } from 'vite'

/** SharedArrayBuffer, and with it threads and the audio ring, exist only on isolated pages. */
export const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const

const require = createRequire(import.meta.url)

/** Components that put a fixed `<style>` element into the page, and how its text is found in their source. */
const STYLED = [
  { file: 'Viewport/Viewport.js', text: /createTextVNode\("( \/\* Hide scrollbars[^"]*)"\)/ },
  { file: 'ScrollArea/ScrollAreaViewport.js', text: /createTextVNode\("( \/\* Hide scrollbars[^"]*)"\)/ },
  { file: 'Select/SelectViewport.js', text: /createTextVNode\("( \/\* Hide scrollbars[^"]*)"\)/ },
  { file: 'Combobox/ComboboxViewport.js', text: /createTextVNode\("( \/\* Hide scrollbars[^"]*)"\)/ },
]

/** CSP hashes of the inline styles that reka-ui's parts insert. Throws when an update changed how they do it. */
export function styleHashes(): readonly string[] {
  const folder = dirname(require.resolve('reka-ui'))
  const hashes = STYLED.map(({ file, text }) => {
    const found = text.exec(readFileSync(join(folder, file), 'utf8'))?.[1]
    if (!found) throw new Error(`reka-ui's ${file} has no inline style any more: update STYLED in web/vite/headers.ts.`)
    return `'sha256-${createHash('sha256').update(found).digest('base64')}'`
  })
  return [...new Set(hashes)].sort()
}

/** Where weights come from when the user starts a download that the companion can't serve. */
const HUB = ['https://huggingface.co', 'https://*.huggingface.co', 'https://*.hf.co']

/** Where a companion answers that does not serve the page: any port, since its user chooses it. */
const COMPANION = ['http:', 'ws:'].flatMap(scheme => ['localhost', '127.0.0.1'].map(name => `${scheme}//${name}:*`))

/** @param isHosted whether the page's server is no companion: then it may connect to one on the visitor's computer */
function contentSecurityPolicy(isHosted: boolean): string {
  return [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    `style-src 'self' ${styleHashes().join(' ')}`,
    "worker-src 'self' blob:",
    `connect-src 'self' ${[...HUB, ...(isHosted ? COMPANION : [])].join(' ')}`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** Everything a server must send with every file of the build: header name → value. */
export function responseHeaders({ isHosted = false } = {}): Readonly<Record<string, string>> {
  return {
    ...isolation,
    'Content-Security-Policy': contentSecurityPolicy(isHosted),
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  }
}

/** Writes `headers.json`, with which the companion serves the page, and `headers-hosted.json`, for any other server. */
export function headersFile(): Plugin {
  return {
    name: 'voxloom:headers',
    apply: 'build',
    generateBundle() {
      const files = { 'headers.json': responseHeaders(), 'headers-hosted.json': responseHeaders({ isHosted: true }) }
      for (const [fileName, headers] of Object.entries(files)) {
        this.emitFile({ type: 'asset', fileName, source: `${JSON.stringify(headers, null, 2)}\n` })
      }
    },
  }
}
