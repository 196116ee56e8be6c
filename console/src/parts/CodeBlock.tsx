import { useEffect, useRef, useState } from 'react'
import { messages } from '../messages/app.ts'
import { Button } from './Button.tsx'
import styles from './CodeBlock.module.css'
import { Icon } from './Icon.tsx'

const shownMilliseconds = 2_000

/** Copies a text. It is said when that was done. */
export function CopyButton({ text, label = messages.copy }: { text: string; label?: string }) {
  const [isCopied, setCopied] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])

  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setCopied(false), shownMilliseconds)
  }
  return (
    <>
      <Button size="small" onPress={() => void copy()} aria-label={label}>
        <Icon name={isCopied ? 'check' : 'copy'} />
        {isCopied ? messages.copied : messages.copy}
      </Button>
      <span className="visually-hidden" role="status">
        {isCopied ? messages.copied : ''}
      </span>
    </>
  )
}

interface CodeBlockProps {
  /** What the code is, for screen readers. */
  label: string
  code: string
}

/** Code to read and to copy. */
export function CodeBlock({ label, code }: CodeBlockProps) {
  return (
    <figure className={styles['block']} aria-label={label}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <pre tabIndex={0}>
        <code>{code}</code>
      </pre>
      <div className={styles['copy']}>
        <CopyButton text={code} />
      </div>
    </figure>
  )
}

interface SecretProps {
  label: string
  /** The name of the button that copies it. */
  copy: string
  value: string
}

/** A value to copy, such as one that is shown once. It is in this page only, and never stored. */
export const Secret = ({ label, copy, value }: SecretProps) => (
  <div className={styles['secret']}>
    <p className={styles['secretLabel']}>{label}</p>
    <div className={styles['value']}>
      <code>{value}</code>
      <CopyButton text={value} label={copy} />
    </div>
  </div>
)
