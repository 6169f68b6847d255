import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** JSON lines to `write`. What a log or another program said is in them: no control or bidi character goes out as it is. */
export function newLog(write: (line: string) => void, level: string): Logger {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, { write: (line: string) => write(`${line.trimEnd().replace(UNSEEN, escaped)}\n`) });
}

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** As JSON itself has it, in units of UTF-16. */
function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
