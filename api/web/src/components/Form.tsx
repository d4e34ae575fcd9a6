import { type ButtonHTMLAttributes, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, type TextareaHTMLAttributes, useId } from 'react';
import styles from './Form.module.css';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: 'solid' | 'plain' | 'quiet';
  small?: boolean;
  wide?: boolean;
}

export function Button({ look = 'plain', small = false, wide = false, type = 'button', ...rest }: ButtonProps) {
  return <button {...rest} type={type} className={styles.button} data-look={look} data-small={small || undefined} data-wide={wide || undefined} />;
}

interface FieldProps {
  label: string;
  /** What to write, or why. */
  hint?: ReactNode;
  error?: string | null | undefined;
}

function Field({ label, hint, error, id, children }: FieldProps & { id: string; children: ReactNode }) {
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      {children}
      {error ? (
        <p id={`${id}-hint`} className={styles.error} role="alert">
          {error}
        </p>
      ) : (
        hint && (
          <p id={`${id}-hint`} className={styles.hint}>
            {hint}
          </p>
        )
      )}
    </div>
  );
}

type Own<T> = Omit<T, 'onChange' | 'id'> & FieldProps & { onChange: (value: string) => void };

function described(id: string, { hint, error }: { hint?: ReactNode; error?: string | null | undefined }) {
  return { 'aria-invalid': error ? true : undefined, 'aria-describedby': error || hint ? `${id}-hint` : undefined };
}

/** A labelled line of text. `unit` stands at its end. */
export function TextField({ label, hint, error, onChange, unit, ...rest }: Own<InputHTMLAttributes<HTMLInputElement>> & { unit?: string | undefined }) {
  const id = useId();
  return (
    <Field label={label} hint={hint} error={error} id={id}>
      <span className={styles.box} data-bad={error ? true : undefined}>
        <input {...rest} {...described(id, { hint, error })} id={id} className={styles.input} autoComplete="off" onChange={(event) => onChange(event.target.value)} />
        {unit && <span className={styles.unit}>{unit}</span>}
      </span>
    </Field>
  );
}

export function TextArea({ label, hint, error, onChange, ...rest }: Own<TextareaHTMLAttributes<HTMLTextAreaElement>>) {
  const id = useId();
  return (
    <Field label={label} hint={hint} error={error} id={id}>
      <span className={styles.box} data-bad={error ? true : undefined}>
        <textarea {...rest} {...described(id, { hint, error })} id={id} className={styles.area} onChange={(event) => onChange(event.target.value)} />
      </span>
    </Field>
  );
}

export function SelectField({ label, hint, error, onChange, ...rest }: Own<SelectHTMLAttributes<HTMLSelectElement>>) {
  const id = useId();
  return (
    <Field label={label} hint={hint} error={error} id={id}>
      <span className={styles.box}>
        <select {...rest} {...described(id, { hint, error })} id={id} className={styles.input} onChange={(event) => onChange(event.target.value)} />
      </span>
    </Field>
  );
}

export function CheckField({ label, checked, onChange, hint }: { label: ReactNode; checked: boolean; onChange: (checked: boolean) => void; hint?: ReactNode }) {
  return (
    <label className={styles.check}>
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      <span>
        {label}
        {hint && <span className={styles.hint}>{hint}</span>}
      </span>
    </label>
  );
}
