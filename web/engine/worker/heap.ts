// Imported before ONNX Runtime: its memory is made inside, and this is the only place where it can be seen.

const memories: WebAssembly.Memory[] = []
const Original = WebAssembly.Memory

WebAssembly.Memory = new Proxy(Original, {
  construct(target, args: [WebAssembly.MemoryDescriptor]) {
    const memory = new target(...args)
    memories.push(memory)
    return memory
  },
})

/** Bytes of all WebAssembly memory made in this worker. */
export const heapBytes = () => memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0)
