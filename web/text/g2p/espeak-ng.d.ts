/** Has no types of its own; see espeak-module.ts for what is used. */
declare module '@echogarden/espeak-ng-emscripten' {
  export default function create(options?: {
    /** Bytes of `espeak-ng.data`, which else is fetched beside the script. */
    getPreloadedPackage?(name: string, bytes: number): ArrayBuffer
  }): Promise<unknown>
}
