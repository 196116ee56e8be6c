/** The targets as bars: what each reached, as a part of what it should. */
import type { Target } from '../report.ts'

const rowHeight = 22
const labelWidth = 520
const barWidth = 300
const margin = 12
/** A bar ends here, however far the target is exceeded. */
const mostShare = 2

const escaped = (text: string) =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

export function chart(targets: Target[], title: string): string {
  const shown = targets.filter(({ figure }) => !Number.isNaN(figure))
  const width = labelWidth + barWidth + 120
  const top = 40
  const height = top + shown.length * rowHeight + margin
  const goal = labelWidth + barWidth / mostShare
  const bars = shown.map(({ says, figure, print, share, reached }, at) => {
    const y = top + at * rowHeight
    const length = Math.max(1, (Math.min(share(figure), mostShare) / mostShare) * barWidth)
    const colour = reached(figure) ? '#2f8f5b' : '#c2542d'
    return [
      `<text x="${labelWidth - 8}" y="${y + 14}" text-anchor="end">${escaped(says)}</text>`,
      `<rect x="${labelWidth}" y="${y + 3}" width="${length.toFixed(1)}" height="15" fill="${colour}"/>`,
      `<text x="${(labelWidth + length + 6).toFixed(1)}" y="${y + 14}">${escaped(print(figure))}</text>`,
    ].join('\n')
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    '<style>text { font: 12px sans-serif; fill: #333 }</style>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${margin}" y="18">${escaped(title)}</text>`,
    `<text x="${goal}" y="32" text-anchor="middle">target</text>`,
    ...bars,
    `<line x1="${goal}" y1="36" x2="${goal}" y2="${height - margin}" stroke="#333"/>`,
    '</svg>',
    '',
  ].join('\n')
}
