// Before anything else: it keeps standard output for frames.
export { runPlugin, type Plugin } from './run.ts'
export { PluginError } from './errors.ts'
export { Options, type Handshake, type OptionValue } from './handshake.ts'
export { parseMediaType, pcmType, type MediaType, type PcmFormat, type PcmType } from './media-type.ts'
export { encodePcm, PcmDecoder, sampleBytes, silence } from './pcm.ts'
export { paragraphs } from './paragraphs.ts'
