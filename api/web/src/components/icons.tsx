import type { ReactNode } from 'react';
import type { Kind } from '../api/types';

function Icon({ size = 16, children }: { size?: number; children: ReactNode }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

const KIND_SHAPES: Record<Kind, ReactNode> = {
  // Layers of weights, joined.
  model: (
    <>
      <circle cx="5" cy="7" r="2" />
      <circle cx="5" cy="17" r="2" />
      <circle cx="19" cy="12" r="2" />
      <circle cx="12" cy="12" r="2" />
      <path d="m6.7 8.2 3.7 2.6M6.7 15.8l3.7-2.6M14 12h3" />
    </>
  ),
  // Stacked records.
  dataset: (
    <>
      <ellipse cx="12" cy="5.5" rx="7.5" ry="2.75" />
      <path d="M4.5 5.5v13c0 1.5 3.4 2.75 7.5 2.75s7.5-1.25 7.5-2.75v-13" />
      <path d="M4.5 12c0 1.5 3.4 2.75 7.5 2.75s7.5-1.25 7.5-2.75" />
    </>
  ),
  // A chip with its pins.
  compute: (
    <>
      <rect x="6" y="6" width="12" height="12" rx="2" />
      <path d="M10 10h4v4h-4zM9 3v3M15 3v3M9 18v3M15 18v3M3 9h3M3 15h3M18 9h3M18 15h3" />
    </>
  ),
  // A speaking head that acts.
  agent: (
    <>
      <rect x="4" y="8" width="16" height="12" rx="3" />
      <path d="M12 8V4.5M9 13v1.5M15 13v1.5M2 13v3M22 13v3" />
      <circle cx="12" cy="3.5" r="1" />
    </>
  ),
  // A request goes out, an answer comes back.
  service: <path d="M4 9h14.5m0 0L14 4.5M18.5 9 14 13.5M20 17H5.5m0 0 3-3m-3 3 3 3" />,
};

export function KindIcon({ kind, size = 18 }: { kind: Kind; size?: number }) {
  return <Icon size={size}>{KIND_SHAPES[kind]}</Icon>;
}

export function SunIcon() {
  return (
    <Icon size={18}>
      <circle cx="12" cy="12" r="4" />
      <path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4" />
    </Icon>
  );
}

export function MoonIcon() {
  return (
    <Icon size={18}>
      <path d="M20 14.2A8.2 8.2 0 0 1 9.8 4a8.2 8.2 0 1 0 10.2 10.2Z" />
    </Icon>
  );
}

export function CopyIcon() {
  return (
    <Icon size={14}>
      <rect x="9" y="9" width="11" height="11" rx="2" />
      <path d="M5 15V6a2 2 0 0 1 2-2h8" />
    </Icon>
  );
}

export function CheckIcon() {
  return (
    <Icon size={14}>
      <path d="m5 12.5 4.5 4.5L19 7.5" />
    </Icon>
  );
}

export function ChevronIcon() {
  return (
    <Icon size={14}>
      <path d="m6 9 6 6 6-6" />
    </Icon>
  );
}

export function BackIcon() {
  return (
    <Icon size={16}>
      <path d="M19 12H5m0 0 6-6m-6 6 6 6" />
    </Icon>
  );
}

export function PauseIcon() {
  return (
    <Icon size={14}>
      <path d="M8 5v14M16 5v14" />
    </Icon>
  );
}

export function PlayIcon() {
  return (
    <Icon size={14}>
      <path d="M7 5v14l11-7z" />
    </Icon>
  );
}

/** The mark: a portico of three columns. */
export function Mark() {
  return (
    <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--brand-solid)" />
      <path d="M7 12 16 6l9 6v2H7zM9 15h3v8H9zm5.5 0h3v8h-3zM20 15h3v8h-3zM7 24h18v2H7z" fill="#fff" />
    </svg>
  );
}

export function CloseIcon() {
  return (
    <Icon size={18}>
      <path d="m6 6 12 12M18 6 6 18" />
    </Icon>
  );
}

export function WalletIcon() {
  return (
    <Icon size={16}>
      <path d="M4 7.5A2.5 2.5 0 0 1 6.5 5H17v3M4 7.5V17a2.5 2.5 0 0 0 2.5 2.5H20V8H6.5" />
      <circle cx="16" cy="13.75" r="1" />
    </Icon>
  );
}

export function DownloadIcon() {
  return (
    <Icon size={14}>
      <path d="M12 4v11m0 0-4.5-4.5M12 15l4.5-4.5M5 20h14" />
    </Icon>
  );
}
