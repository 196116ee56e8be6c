/**
 * English texts, one object for each screen. With `?locale=pseudo` each is put into brackets, so
 * that a test finds texts that are not in these files.
 */
const isPseudo = new URLSearchParams(location.search).get('locale') === 'pseudo'

type Text = string | ((...values: never[]) => string)
export interface Messages {
  readonly [name: string]: Text | Messages
}

const marked = (text: string) => (text === '' ? text : `⟦${text}⟧`)

function mark(value: Text | Messages): unknown {
  if (typeof value === 'string') return marked(value)
  if (typeof value === 'function') return (...values: never[]) => marked(value(...values))
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mark(each)]))
}

export const defineMessages = <const M extends Messages>(messages: M): M =>
  isPseudo ? (mark(messages) as M) : messages

const language = 'en'

const numbers = new Intl.NumberFormat(language)
export const number = (value: number): string => numbers.format(value)

const plurals = new Intl.PluralRules(language)
/** `1 service`, `2 services`. */
export const counted = (count: number, one: string, other: string): string =>
  `${number(count)} ${plurals.select(count) === 'one' ? one : other}`

const dateTimes = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' })
export const dateTime = (at: number): string => dateTimes.format(at)

const relatives = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]
/** `3 hours ago`, `in 2 days`. */
export function relative(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1_000)
  const [unit, size] = units.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1]
  return relatives.format(Math.trunc(seconds / size), unit)
}

const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
export function bytes(count: number): string {
  const power = Math.min(4, Math.floor(Math.log(Math.max(1, count)) / Math.log(1_000)))
  const unit = byteUnits[power] ?? 'byte'
  const style = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 } as const
  return new Intl.NumberFormat(language, style).format(count / 1_000 ** power)
}
