import { createServer, type AddressInfo } from 'node:net';
import { GuardedLookup } from './guarded-lookup';

const NAMES: Readonly<Record<string, string[]>> = {
  'mixed.example': ['93.184.215.14', '10.0.0.1'],
  'inside.example': ['127.0.0.1'],
  'v6.example': ['::ffff:169.254.169.254'],
};
const guard = new GuardedLookup('localhost, *.allowed.example', (name) => Promise.resolve(NAMES[name] ?? []));

const faultOf = (host: string) =>
  new Promise<string>((resolve) => {
    guard.connect({ host, port: 9 }, null, () => resolve('connected')).once('error', ({ name }) => resolve(name));
  });

describe('GuardedLookup', () => {
  it.each(['mixed.example', 'inside.example', 'v6.example', 'unknown.example', '127.0.0.1', '10.0.0.1', '::1'])(
    'connects to nothing at %s',
    async (host) => {
      expect(await faultOf(host)).toBe('EgressFault');
    },
  );

  it('connects inside where the operator allows the host by name', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => {
      server.listen(0, 'localhost', resolve);
    });
    const { port } = server.address() as AddressInfo;
    await new Promise<void>((resolve, reject) => {
      const socket = guard.connect({ host: 'localhost', port }, null, resolve);
      socket.once('error', reject).once('close', () => server.close());
    });
    expect([guard.allows('kafka.allowed.example'), guard.allows('allowed.example')]).toEqual([true, false]);
  });

  it('looks at addresses in digits without a look-up', () => {
    expect(() => guard.checkDigits('169.254.169.254')).toThrow('public Internet');
    expect(() => guard.checkDigits('93.184.215.14')).not.toThrow();
    expect(() => guard.checkDigits('kafka.example')).not.toThrow();
  });
});
