import { expect, it } from 'vitest'
import { median, SPARK, sparkline } from './sparkline.ts'

const { width, height, margin } = SPARK
const right = width - margin

it('the highest value touches the top, and the newest stands at the right', () => {
  const { last, lines } = sparkline([0, 5, 10], 3)
  expect(last).toEqual({ x: right, y: margin })
  expect(lines).toEqual([`${margin},${height - margin} ${width / 2},${height / 2} ${right},${margin}`])
})

it('few values stand at the right, and more than there is room for lose the oldest', () => {
  expect(
    sparkline([1, 1], 60)
      .lines[0]!.split(' ')
      .map(point => Number(point.split(',')[0])),
  ).toEqual([expect.closeTo(right - (right - margin) / 59, 0), right])
  expect(sparkline([100, 1, 2, 2], 3).lines[0]!.split(' ')).toHaveLength(3)
  expect(sparkline([100, 1, 2, 2], 3).last).toEqual({ x: right, y: margin })
})

it('a health check that nobody answered breaks the line and is marked', () => {
  const { lines, gaps, last } = sparkline([1, 'missed', 2, 'missed'], 4)
  expect([lines.length, gaps, last]).toEqual([2, [expect.closeTo(40.7, 1), right], undefined])
})

it('what nobody told breaks the line, and is no fault', () => {
  expect(sparkline([1, undefined, 2], 3)).toMatchObject({ lines: { length: 2 }, gaps: [], last: { x: right } })
  expect(sparkline([undefined, undefined], 2)).toEqual({ lines: [], areas: [], last: undefined, gaps: [] })
})

it('draws a flat line of nothing but zeros, and none of no values', () => {
  expect(sparkline([0, 0], 2).last).toEqual({ x: right, y: height - margin })
  expect(sparkline([], 60)).toEqual({ lines: [], areas: [], last: undefined, gaps: [] })
})

it('the median is a value that was measured', () => {
  expect([median([]), median([3]), median([9, 1, 4]), median([4, 3, 2, 1])]).toEqual([undefined, 3, 4, 2])
})
