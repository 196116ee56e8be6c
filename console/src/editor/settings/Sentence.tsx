/** A sentence of a description, in which names are in backticks. */
export function Sentence({ text }: { text: string }) {
  const parts = text.split('`')
  return (
    <span lang="en" translate="no">
      {parts.map((part, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of a constant text
        index % 2 === 1 ? <code key={index}>{part}</code> : part,
      )}
    </span>
  )
}
