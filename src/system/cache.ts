/** Caches that hold at most so many values; the one that was used least recently goes first. */
import { LRUCache } from 'lru-cache'

const one = () => 1

/** Its memory grows with what it holds. With `max`, it would be taken at once, for all values. */
export const createCache = <K extends string | number, V extends object | string | number>(
  most: number,
): LRUCache<K, V> => new LRUCache({ maxSize: most, sizeCalculation: one })
