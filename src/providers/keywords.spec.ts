import { consentOf } from './keywords';

it.each(['STOP', 'stop', ' Stop \n', 'StopAll', 'UNSUBSCRIBE', 'opt-out', 'revoke', 'ARRET'])(
  'takes %j as an opt-out',
  (text) => {
    expect(consentOf(text)).toEqual({ action: 'OPTED_OUT', keyword: text.trim().toUpperCase() });
  },
);

it.each(['START', 'yes', ' unstop'])('takes %j as an opt-in', (text) => {
  expect(consentOf(text)?.action).toBe('OPTED_IN');
});

it.each(['please stop', 'stop it', 'STOP.', '', ' ', 'help', 'INFO', 'no'])('takes %j as nothing', (text) => {
  expect(consentOf(text)).toBeUndefined();
});

it.each(['Arrêt', 'ARRÊTE', ' arret '])('knows the French word however it is written: %s', (text) => {
  expect(consentOf(text)?.action).toBe('OPTED_OUT');
});
