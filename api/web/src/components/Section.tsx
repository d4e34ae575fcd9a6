import { type ReactNode, useId } from 'react';
import styles from './Section.module.css';

interface SectionProps {
  title: string;
  /** Short words or a count at the right of the title. */
  note?: ReactNode;
  children: ReactNode;
}

/** A titled part of a page, its content in a panel. */
export function Section({ title, note, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={styles.section}>
      <header className={styles.header}>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        {note && <span className={styles.note}>{note}</span>}
      </header>
      <div className={styles.panel}>{children}</div>
    </section>
  );
}
