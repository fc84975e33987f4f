import { dispositionOf, extensionOf, safeFilename } from './attachment-name';

describe('safeFilename', () => {
  it.each([
    ['invoice.pdf', 'invoice.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\ada\\photo.png', 'photo.png'],
    ['invoice\u202Egpj.exe', 'invoicegpj.exe'],
    ['a\u0000b\r\nc\u200b.txt', 'abc.txt'],
    ['Résumé – «final».pdf', 'Résumé – «final».pdf'],
    ['e\u0301t\u00e9.txt', 'été.txt'],
    ['a:b*c?"d".txt', 'a_b_c__d_.txt'],
    ['evil.exe. . ', 'evil.exe'],
    ['.htaccess', 'htaccess'],
    ['..', 'file'],
    ['', 'file'],
    ['\u200b\u2066', 'file'],
  ])('makes %j to %j', (given, safe) => {
    expect(safeFilename(given)).toBe(safe);
  });

  it('cuts a long name to 200 characters, keeps its extension and halves no character', () => {
    const name = safeFilename(`${'😀'.repeat(300)}.pdf`);

    expect([...name]).toHaveLength(200);
    expect(name.endsWith('😀.pdf')).toBe(true);
    expect(name.isWellFormed()).toBe(true);
  });
});

describe('extensionOf', () => {
  it.each([
    ['a.tar.GZ', 'gz'],
    ['none', ''],
  ])('reads %s as %j', (name, extension) => {
    expect(extensionOf(name)).toBe(extension);
  });
});

describe('dispositionOf', () => {
  it('names the file in ASCII and in UTF-8, with nothing that could end the header early', () => {
    expect(dispositionOf(`Über "uns" 'x'.pdf`)).toBe(
      `attachment; filename="_ber _uns_ _x_.pdf"; filename*=UTF-8''%C3%9Cber%20%22uns%22%20%27x%27.pdf`,
    );
  });
});
