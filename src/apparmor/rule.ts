import type { AppArmorVerdict } from '../record/record.ts';
import type { Pattern } from './pattern.ts';

/** How a program goes on that another one starts: apparmor.d(5), Execute mode. */
export type Transition = 'ix' | 'Px' | 'Cx' | 'Ux';

/** One rule of a profile (apparmor.d(5)). Words are checked to be words before they come here; the rest are patterns. */
export type Rule =
  | { readonly kind: 'file'; readonly path: Pattern; readonly mask: string; readonly owner: boolean }
  | { readonly kind: 'link'; readonly path: Pattern; readonly target: Pattern; readonly owner: boolean }
  | {
      readonly kind: 'exec';
      readonly path: Pattern;
      readonly owner: boolean;
      readonly transition: Transition;
      readonly target: Pattern | undefined;
    }
  | { readonly kind: 'capability'; readonly name: string }
  | {
      readonly kind: 'network';
      readonly family: string;
      readonly type: string;
      /** With an address: newer than AppArmor 3. */
      readonly mask: readonly string[];
      readonly local: Place | undefined;
      readonly remote: Place | undefined;
    }
  | {
      readonly kind: 'unix';
      readonly mask: readonly string[];
      readonly type: string;
      readonly addr: Pattern | undefined;
      readonly peerAddr: Pattern | undefined;
      readonly peer: Pattern | undefined;
    }
  | {
      readonly kind: 'signal';
      readonly mask: readonly string[];
      readonly signals: readonly string[];
      readonly peer: Pattern;
    }
  | { readonly kind: 'ptrace'; readonly mask: readonly string[]; readonly peer: Pattern }
  | {
      readonly kind: 'mount';
      readonly flags: readonly string[];
      readonly fstype: Pattern | undefined;
      readonly source: Pattern | undefined;
      readonly target: Pattern;
    }
  | { readonly kind: 'umount'; readonly target: Pattern }
  | { readonly kind: 'pivot_root'; readonly newRoot: Pattern; readonly oldRoot: Pattern | undefined }
  | {
      readonly kind: 'dbus';
      readonly mask: readonly string[];
      readonly bus: string;
      readonly path: Pattern | undefined;
      readonly interface: Pattern | undefined;
      readonly member: Pattern | undefined;
      readonly name: Pattern | undefined;
      readonly peer: Pattern | undefined;
    }
  | { readonly kind: 'userns' }
  | { readonly kind: 'io_uring'; readonly mask: readonly string[]; readonly label: Pattern | undefined }
  | {
      readonly kind: 'mqueue';
      readonly mask: readonly string[];
      readonly type: 'posix' | 'sysv';
      readonly name: Pattern;
    }
  | { readonly kind: 'change_profile'; readonly target: Pattern }
  | { readonly kind: 'rlimit'; readonly name: string; readonly value: string }
  | { readonly kind: 'include'; readonly name: string; readonly instead: number };

export interface Place {
  readonly addr: string | undefined;
  readonly port: number | undefined;
}

/** Why a rule is there. */
export interface Evidence {
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** That of the first record. */
  readonly sampleSerial: number;
  readonly verdicts: readonly AppArmorVerdict[];
  readonly hosts: readonly string[];
}

/** 0 harmless to 10 as good as unconfined. */
export interface Danger {
  readonly score: number;
  readonly reason: string;
}

export interface RatedRule {
  readonly rule: Rule;
  readonly evidence: Evidence;
  readonly danger: Danger;
}
