import { expect, test } from 'vitest';
import { hostKey } from '../../src/observe/host-key.ts';

test.for([
  { host: undefined, local: 'vm', key: 'vm', why: 'a record that names none is local' },
  { host: 'vm', local: 'vm', key: 'vm', why: 'the same name' },
  { host: 'vm', local: 'vm.example.org', key: 'vm.example.org', why: 'syslog writes the short name' },
  { host: 'vm.example.org', local: 'vm', key: 'vm', why: 'the other way round' },
  { host: 'vm.example.com', local: 'vm.example.org', key: 'vm.example.com', why: 'two domains are two hosts' },
  { host: 'web', local: 'vm', key: 'web', why: 'another host' },
])('$host at $local is $key: $why', ({ host, local, key }) => {
  expect(hostKey(host, local)).toBe(key);
});
