import { testSpeechEngine } from '../../tests/conformance/speech.ts'
import { modelsFolder } from '../../tests/support/models.ts'
import { openSpeech } from './speech.ts'

testSpeechEngine('Kokoro on onnxruntime-node', async () => openSpeech({ models: modelsFolder, threads: 2 }))
