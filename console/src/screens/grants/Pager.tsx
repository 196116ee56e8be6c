import { messages } from '../../messages/inventory.ts'
import { Button } from '../../parts/Button.tsx'
import { pageSize } from './inventory.ts'

interface PagerProps {
  start: number
  total: number
  onMove: (start: number) => void
}

/** Pages of a list whose length is known. */
export function Pager({ start, total, onMove }: PagerProps) {
  if (total <= pageSize) return null
  return (
    <>
      <Button onPress={() => onMove(Math.max(0, start - pageSize))} isDisabled={start === 0}>
        {messages.previous}
      </Button>
      <Button onPress={() => onMove(start + pageSize)} isDisabled={start + pageSize >= total}>
        {messages.next}
      </Button>
    </>
  )
}
