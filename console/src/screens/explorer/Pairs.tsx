import type { ReactNode } from 'react'
import styles from './explorer.module.css'

interface PairsProps {
  pairs: readonly (readonly [name: ReactNode, value: ReactNode, key: string])[]
}

/** Names with their values, one below the other, so that values can be compared. */
export const Pairs = ({ pairs }: PairsProps) => (
  <dl className={styles['evidence']}>
    {pairs.map(([name, value, key]) => (
      <div key={key}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)
