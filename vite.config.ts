import { fileURLToPath } from 'node:url'
import ui from '@nuxt/ui/vite'
import vue from '@vitejs/plugin-vue'
import { playwright } from '@vitest/browser-playwright'
import { defaultClientConditions } from 'vite'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** SharedArrayBuffer, and with it threads and the audio ring, exist only on isolated pages. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

// The wasm of ONNX Runtime comes as a file of its own and only once.
const conditions = ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions]

const chromium = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--autoplay-policy=no-user-gesture-required',
  ],
}

export default defineConfig({
  root: here('./web'),
  publicDir: here('./public'),
  cacheDir: here('./.cache/vite'),
  resolve: { conditions },
  plugins: [vue(), ui({ autoImport: false, components: false })],
  worker: { format: 'es' },
  build: { outDir: here('./dist'), emptyOutDir: true, assetsInlineLimit: 0, target: 'es2023' },
  server: { headers: isolation },
  preview: { headers: isolation },
  optimizeDeps: { exclude: ['onnxruntime-web', '@ffmpeg/ffmpeg'] },
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          root: here('.'),
          environment: 'node',
          include: ['web/**/*.test.ts', 'companion/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts', '**/node_modules/**'],
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        root: here('.'),
        test: {
          name: 'browser',
          include: ['web/**/*.browser.test.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: chromium }),
            instances: [{ browser: 'chromium' }],
          },
          testTimeout: 60_000,
        },
      },
    ],
  },
})
