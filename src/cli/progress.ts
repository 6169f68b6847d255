import type { Terminal } from './command.ts';

const REDRAW_MS = 100;
const BAR = 24;

export interface Progress {
  readonly show: (taken: number, size: number | undefined) => void;
  /** Takes the bar away. */
  readonly clear: () => void;
}

/** A bar on a terminal, nothing elsewhere. Of a pipe, whose end nobody knows, only the bytes are shown. */
export function progress(label: string, terminal: Terminal, nowMs: () => number): Progress {
  let drawnMs = Number.NEGATIVE_INFINITY;
  if (!terminal.isTTY) return { show: () => undefined, clear: () => undefined };
  return {
    show: (taken, size) => {
      if (nowMs() - drawnMs < REDRAW_MS) return;
      drawnMs = nowMs();
      terminal.write(`\r${line(label, taken, size).slice(0, (terminal.columns ?? 80) - 1)}\x1b[K`);
    },
    clear: () => {
      if (drawnMs !== Number.NEGATIVE_INFINITY) terminal.write('\r\x1b[K');
    },
  };
}

function line(label: string, taken: number, size: number | undefined): string {
  const mebibytes = `${(taken / 1_048_576).toFixed(1)} MiB`;
  if (size === undefined || size === 0) return `${label}: ${mebibytes}`;
  const part = Math.min(1, taken / size);
  const full = Math.round(part * BAR);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${String(Math.floor(part * 100)).padStart(3)} % ${mebibytes}  ${label}`;
}
