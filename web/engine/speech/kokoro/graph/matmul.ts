import { findProduct, floatWeight } from './dequantise.ts'
import type { GraphEdit } from './edit.ts'

/**
 * MatMulInteger → MatMul on float weights. These products are small (one row a token or a style) and decide how long
 * each sound lasts: float keeps durations as the float model has them, and costs no more.
 */
export function floatProducts(edit: GraphEdit): number {
  let count = 0
  for (const node of edit.all('MatMulInteger')) {
    const product = findProduct(edit, node)
    const rank = product?.weight.q.dims.length ?? 0
    if (!product || rank < 2 || product.bias !== undefined) continue
    const weight = floatWeight(edit, product.weight, rank - 1)
    edit.remove(...product.chain)
    edit.replace(product.node, { op: 'MatMul', inputs: [product.source, weight], outputs: [product.result] })
    count++
  }
  return count
}
