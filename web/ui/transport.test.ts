import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { useTransport, type TransportControls } from './transport.ts'

function controls() {
  return {
    play: vi.fn(),
    pause: vi.fn(),
    seek: vi.fn(),
    previous: vi.fn(),
    next: vi.fn(),
    setRate: vi.fn(),
    setVolume: vi.fn(),
  } satisfies TransportControls
}

beforeEach(() => setActivePinia(createPinia()))

describe('the transport', () => {
  it('is nobody’s at first, and asking it does nothing', () => {
    const transport = useTransport()
    expect(transport.attached).toBe(false)
    transport.toggle()
    transport.seek(3)
    transport.update({ title: 'Nobody’s' })
    expect(transport.title).toBe('')
  })

  it('plays when paused, and pauses when playing or about to', () => {
    const transport = useTransport()
    const room = controls()
    transport.attach(room, { title: 'Book' })
    expect(transport.state).toBe('paused')
    transport.toggle()
    expect(room.play).toHaveBeenCalledOnce()
    for (const state of ['loading', 'playing'] as const) {
      transport.update({ state })
      transport.toggle()
    }
    expect(room.pause).toHaveBeenCalledTimes(2)
  })

  it('seeks within the length, and freely while there is none', () => {
    const transport = useTransport()
    const room = controls()
    transport.attach(room)
    transport.seek(500)
    transport.update({ duration: 60, position: 58 })
    transport.skip(5)
    transport.skip(-100)
    expect(room.seek.mock.calls).toEqual([[500], [60], [0]])
  })

  it('goes to the neighbours only where there are some', () => {
    const transport = useTransport()
    const room = controls()
    transport.attach(room, { canNext: true })
    transport.next()
    transport.previous()
    expect(room.next).toHaveBeenCalledOnce()
    expect(room.previous).not.toHaveBeenCalled()
  })

  it.each([
    [3, 3],
    [3.01, 3],
    [0.5, 0.5],
    [0.49, 0.5],
  ])('takes a rate of %d as %d, and keeps it for the next room', (wanted, given) => {
    const transport = useTransport()
    const room = controls()
    transport.attach(room)
    transport.setRate(wanted)
    transport.setRate(NaN)
    expect(room.setRate.mock.calls).toEqual([[given]])
    transport.attach(controls())
    expect(transport.rate).toBe(given)
  })

  it('changes hands: the room before is paused, and its leaving disturbs nobody', () => {
    const transport = useTransport()
    const first = controls()
    const second = controls()
    const leaveFirst = transport.attach(first, { title: 'First' })
    const leaveSecond = transport.attach(second, { title: 'Second' })
    expect(first.pause).toHaveBeenCalledOnce()
    leaveFirst()
    expect(transport.title).toBe('Second')
    leaveSecond()
    expect(transport.attached).toBe(false)
    expect(transport.state).toBe('idle')
  })
})
