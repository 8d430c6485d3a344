import { expect, test } from 'vitest'
import { Interruption } from './interruption.js'

test('work that does not end is left once what runs on hosts was ended', async () => {
  const controller = new AbortController()
  const steps: string[] = []
  const interruption = new Interruption(controller.signal, async () => void steps.push('ended'))
  const work = interruption.orEnd(new Promise<string>(() => {}))
  controller.abort()
  expect(await work).toBeUndefined()
  expect(steps).toEqual(['ended'])
})

test('work that ends gives its value or its error', async () => {
  const interruption = new Interruption(new AbortController().signal, async () => {})
  expect(await interruption.orEnd(Promise.resolve(1))).toBe(1)
  await expect(interruption.orEnd(Promise.reject(new Error('broken')))).rejects.toThrow('broken')
})
