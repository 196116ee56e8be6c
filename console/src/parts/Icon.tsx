/** Drawings of 16 × 16, which are decoration only: what they stand for is said in text. */
const paths = {
  search: 'M7 12.5a5.5 5.5 0 1 1 0-11 5.5 5.5 0 0 1 0 11Zm4-1.5 3.5 3.5',
  cross: 'm4 4 8 8m0-8-8 8',
  chevron: 'm4 6 4 4 4-4',
  check: 'm3.5 8.5 3 3 6-7',
  dash: 'M4 8h8',
  dot: 'M8 5.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5Z',
  more: 'M3 8h.01M8 8h.01M13 8h.01',
  copy: 'M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8Z',
  plus: 'M8 3v10M3 8h10',
  menu: 'M2.5 4.5h11m-11 3.5h11m-11 3.5h11',
  gate: 'M3 14V7.5a5 5 0 0 1 10 0V14M6.5 14V8.5a1.5 1.5 0 0 1 3 0V14',
  sun: 'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6Zm0-3.5v1m0 11v1m6.5-6.5h-1m-11 0h-1m10.6-4.6-.7.7m-7.8 7.8-.7.7m0-9.2.7.7m7.8 7.8.7.7',
  moon: 'M13.5 9.8A6 6 0 0 1 6.2 2.5a6 6 0 1 0 7.3 7.3Z',
  screen: 'M2 3h12v8H2Zm4 11h4m-2-3v3',
  good: 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM5 8.3l2.1 2.2L11 6',
  bad: 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM8 4.5v4.2m0 2.3v.01',
  warn: 'M8 2 14.5 13.5h-13ZM8 6.5v3.2m0 1.8v.01',
  info: 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM8 7.3v4m0-6.3v.01',
  out: 'M6.5 2.5h-4v11h4m3.5-9 3.5 3.5-3.5 3.5M13 8H6',
} as const

export type IconName = keyof typeof paths

export function Icon({ name }: { name: IconName }) {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
