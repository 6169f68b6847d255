/**
 * Whose event a record is. One that names no host (dmesg, audit.log without `node=`) belongs to `local`: the host that the
 * observer stores its runs under, or the operator's word for a log from elsewhere. Syslog writes the first label of a name
 * that hostname(2) gives in full, or the other way round: those are one host, where one of both has no domain.
 */
export function hostKey(recordHost: string | undefined, local: string): string {
  if (recordHost === undefined || recordHost === local) return local;
  const oneIsShort = !recordHost.includes('.') || !local.includes('.');
  return oneIsShort && firstLabel(recordHost) === firstLabel(local) ? local : recordHost;
}

function firstLabel(host: string): string {
  return host.split('.', 1)[0] ?? host;
}
