/** Chromium's own Vulkan in software; with a real card, GPU_FLAGS names what that needs. */
export const FLAGS = process.env['GPU_FLAGS']?.split(' ') ?? [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
]
